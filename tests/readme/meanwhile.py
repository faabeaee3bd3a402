"""Examples that do not end by themselves: what a person does meanwhile, and what is shown then.

A board's prompt stands on a real terminal, where keys are typed; what goes on until Ctrl-C has a
second terminal beside it, where a command is given.
"""

import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.foreground import Foreground
from tests.support.terminal import CTRL_D, ENTER, Terminal

ROOT = Path(__file__).resolve().parents[2]
_WIDE = (400, 60)  # no line is broken by the terminal's edge


@dataclass(frozen=True)
class Typed:
    """Keys at a prompt: a text that is waited for, and what is typed then."""

    keys: tuple[tuple[str, str], ...]

    def shown(self, words: Sequence[str], environment: Mapping[str, str]) -> str:
        """The screen in the end."""
        with Terminal([sys.executable, "-m", "toolkit", *words], dict(environment), _WIDE) as it:
            for text, keys in self.keys:
                it.expect(text)
                it.type(keys)
            assert it.end() == 0, it.text
            return f"{it.text}\n"


@dataclass(frozen=True)
class Beside:
    """A command in a second terminal once a text has come; Ctrl-C once another one has."""

    first: str
    command: str = ""
    then: str = ""

    def shown(self, words: Sequence[str], environment: Mapping[str, str]) -> str:
        """What is printed, and in its midst the command of the second terminal."""
        with Foreground(environment, *words) as it:
            it.expect(self.first)
            before, beside = it.text, ""
            if self.command:
                real = self.command.replace("user_data", environment["MICROS_USER_DATA"])
                real = real.replace("./devToolKit.py", f"{shlex.quote(sys.executable)} -m toolkit")
                subprocess.run(
                    ["sh", "-c", real],
                    cwd=ROOT,
                    env=dict(environment),
                    stdout=subprocess.DEVNULL,
                    check=True,
                )
                it.expect(self.then)
                beside = f"$ {self.command}  # in a second terminal\n"
            assert it.end() == 0, it.text
            after = it.text.removeprefix(before)
            return before + beside + "\n".join(line for line in after.splitlines() if line)


# By the name of the option whose example it is.
DONE: Mapping[str, Typed | Beside] = {
    "connect_via_usb": Typed(((">>>", f"print(6 * 7){ENTER}"), ("\n42", CTRL_D))),
    "every": Beside("node01"),
    "simulate": Beside(
        "ready at", "./devToolKit.py -c -p '--dev lamp light toggle'", "loaded LM_light"
    ),
    "watch": Beside("watching", "touch user_data/LM_fan.py", "LM_fan.py runs"),
}

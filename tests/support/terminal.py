"""A program on a real pseudo-terminal, and the screen a person would see."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import pyte

COLUMNS, ROWS = 110, 40
PATIENCE = 60.0  # a bound against hanging, not a measure

_ANOTHER = ("COLUMNS", "LINES")  # exported, they are of somebody else's terminal
UP, TAB, CTRL_C, CTRL_D, ENTER = "\x1b[A", "\t", "\x03", "\x04", "\r"


class Terminal:
    """`with Terminal([...]) as screen: screen.type(...); screen.expect(...)`."""

    def __init__(
        self,
        command: Sequence[str],
        environment: dict[str, str],
        size: tuple[int, int] = (COLUMNS, ROWS),
    ) -> None:
        columns, rows = size
        self._screen = pyte.HistoryScreen(columns, rows, history=2000)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = os.openpty()
        # A real terminal answers when it is asked where its cursor is.
        self._screen.write_process_input = self.type  # type: ignore[method-assign]
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._before = termios.tcgetattr(self._master)

        def take_the_terminal() -> None:
            for number in (signal.SIGINT, signal.SIGHUP):  # ignored where the tests run aside
                signal.signal(number, signal.SIG_DFL)
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        own = {it: text for it, text in os.environ.items() if it not in _ANOTHER}
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**own, "TERM": "xterm", **environment},
            cwd=Path(__file__).parents[2],
            start_new_session=True,
            preexec_fn=take_the_terminal,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def text(self) -> str:
        """All that is on the screen, and what has scrolled out of it."""
        above = [
            "".join(row[column].data for column in range(self._screen.columns))
            for row in self._screen.history.top
        ]
        return "\n".join(line.rstrip() for line in [*above, *self._screen.display]).rstrip()

    @property
    def as_before(self) -> bool:
        """Whether the terminal is as it was found: echo, lines, a cursor that is seen."""
        return termios.tcgetattr(self._master) == self._before and not self._screen.cursor.hidden

    @property
    def colours(self) -> set[str]:
        """The colours on the screen; `default` is none."""
        cells = [cell for row in self._screen.buffer.values() for cell in row.values()]
        return {colour for cell in cells for colour in (cell.fg, cell.bg)}

    def colour(self, text: str) -> str:
        """The colour of the first of these characters that is on the screen now."""
        for number, line in enumerate(self._screen.display):
            if text in line:
                return str(self._screen.buffer[number][line.index(text)].fg)
        raise AssertionError(f"expected {text!r} on the screen, which shows:\n{self.text}")

    def type(self, keys: str) -> None:
        """Press these keys."""
        os.write(self._master, keys.encode())

    def expect(self, text: str) -> None:
        """Wait until that is on the screen; fail with the screen when the program ends first."""
        end = time.monotonic() + PATIENCE
        while text not in self.text:
            if not self._read(end):
                raise AssertionError(f"expected {text!r} on the screen, which shows:\n{self.text}")

    def at(self, prompt: str) -> "Terminal":
        """Wait until the cursor stands behind this prompt, with nothing typed yet."""
        end = time.monotonic() + PATIENCE
        while self._screen.display[self._screen.cursor.y].strip() != prompt:
            if not self._read(end):
                raise AssertionError(f"expected the prompt {prompt!r}, screen:\n{self.text}")
        return self

    def answer(self, question: str, typed: str = "") -> None:
        """Wait for a question, type the answer, press Enter."""
        self.expect(question)
        self.type(typed + ENTER)

    def say(self, prompt: str, line: str) -> None:
        """Wait until nothing is typed behind this prompt, type a line there, press Enter."""
        self.at(prompt).type(line + ENTER)

    def clear(self) -> None:
        """Forget what was on the screen, so that `expect` waits for what comes now."""
        self._screen.reset()
        self._screen.history.top.clear()

    def attributes(self) -> list[object]:
        """How the terminal treats keys and lines, as `stty` tells it."""
        return termios.tcgetattr(self._master)

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)

    def end(self) -> int:
        """The exit code, once the program has ended."""
        end = time.monotonic() + PATIENCE
        while self._read(end):
            pass
        return self.process.wait(PATIENCE)

    def _read(self, end: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0, end - time.monotonic()))
        data = b""
        with suppress(OSError):  # EIO: nobody has the terminal open any more
            data = os.read(self._master, 65536) if ready else b""
        self._stream.feed(data)
        return bool(data)


def toolkit(arguments: Sequence[str], environment: dict[str, str] | None = None) -> Terminal:
    """The toolkit with these arguments, in the environment the tests run in."""
    program = "import sys; from toolkit.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return Terminal([sys.executable, "-c", program, *arguments], environment or {})

"""The toolkit while it runs: what it has said so far, a signal to it, what it leaves behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.support.boards import eventually

_ROOT = Path(__file__).parents[2]


def _takes_signals() -> None:
    """They are ignored where the tests run aside, as with nohup."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Running:
    """`with Running(environment, "-i", "--virtual") as it:`, in a session of its own."""

    def __init__(self, environment: Mapping[str, str], *arguments: str) -> None:
        self._said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "toolkit", *arguments],
            cwd=_ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_takes_signals,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()

    @property
    def said(self) -> str:
        """What it has printed, on either stream."""
        return "".join(self._said)

    @property
    def sentence(self) -> str:
        """The last line."""
        return (self.said.strip().splitlines() or [""])[-1]

    def until(self, text: str) -> None:
        """Wait until it has said that, or has ended."""
        eventually(lambda: text in self.said or self.process.poll() is not None, text, 120)

    def send(self, number: int) -> None:
        """Send a signal to the toolkit alone."""
        self.process.send_signal(number)

    def end(self) -> int:
        """Its exit code."""
        code = self.process.wait(120)
        self._reader.join(30)  # a child that has its output open would keep it waiting
        return code

    def left_behind(self) -> list[str]:
        """The command lines of what runs in its session still; virtual boards have their own."""
        return [line for line in map(self._in_session, Path("/proc").glob("[0-9]*")) if line]

    def _in_session(self, process: Path) -> str:
        try:
            if os.getsid(int(process.name)) != self.process.pid:
                return ""
            return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""  # it has ended

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._said.append(line)

"""The toolkit while it runs: what it has said so far, a signal to it, what it leaves behind."""

import errno
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from tests.support.boards import eventually
from tests.support.foreground import started


class Running:
    """`with Running(environment, "-i", "--virtual") as it:`, in a session of its own.

    Its progress goes to a terminal, where each stage is shown when it begins, and its answer, which
    comes last, to a file.
    """

    def __init__(self, environment: Mapping[str, str], *arguments: str) -> None:
        self._heard = bytearray()
        self._answer = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the rest
        self._screen, slave = os.openpty()
        self.process = started(
            {**environment, "PYTHONUNBUFFERED": "1", "TERM": "xterm"},
            *arguments,
            stdout=self._answer,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        os.close(self._screen)
        self._answer.close()

    @property
    def answer(self) -> str:
        """What it has answered, which is the last that it does."""
        return os.pread(self._answer.fileno(), 1 << 20, 0).decode(errors="replace")

    @property
    def said(self) -> str:
        """What it has said, on either stream."""
        return self._heard.decode(errors="replace") + self.answer

    @property
    def sentence(self) -> str:
        """The last line that is not its answer."""
        lines = self._heard.decode(errors="replace").replace("\x1b[K", "").split("\r")
        return ([line.strip() for line in lines if line.strip()] or [""])[-1]

    def until(self, text: str) -> None:
        """Wait until it has said that, or has ended."""
        eventually(lambda: text in self.said or self.process.poll() is not None, text, 120)

    def send(self, number: int) -> bool:
        """Send a signal to the toolkit alone; False, and none, where it has done its work."""
        return self.meanwhile(lambda: self.process.send_signal(number))

    def meanwhile(self, happens: Callable[[], None]) -> bool:
        """Let it happen while this stands still at its work; False, and it does not, after that."""
        self.process.send_signal(signal.SIGSTOP)
        eventually(self._stands, "it to stand still")
        done = self.process.poll() is not None or bool(self.answer)
        if not done:
            happens()
        self.process.send_signal(signal.SIGCONT)
        return not done

    def end(self) -> int:
        """Its exit code."""
        code = self.process.wait(120)
        self._reader.join(30)  # a child that has its terminal open would keep it waiting
        return code

    def left_behind(self) -> list[str]:
        """The command lines of what runs in its session still; virtual boards have their own."""
        return [line for line in map(self._in_session, Path("/proc").glob("[0-9]*")) if line]

    def _stands(self) -> bool:
        if self.process.poll() is not None:
            return True
        status = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        return status.rpartition(")")[2].split()[0] in "TZ"

    def _in_session(self, process: Path) -> str:
        try:
            if os.getsid(int(process.name)) != self.process.pid:
                return ""
            return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""  # it has ended

    def _read(self) -> None:
        try:
            while data := os.read(self._screen, 65536):
                self._heard += data
        except OSError as error:
            if error.errno != errno.EIO:  # nobody has the terminal open any more
                raise

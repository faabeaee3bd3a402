"""What was said to nodes and what they answered, with times, in a file of the person's choice."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from toolkit.model.errors import InputError
from toolkit.model.secrecy import masked, may_carry_a_secret

_MODE = 0o600
LEFT_OUT = "(what carries a secret is left out, and its answer)"


def _now() -> datetime:
    return datetime.now().astimezone()


class Transcript:
    """Appends to a file, whole entries at a time; without a path it keeps nothing."""

    def __init__(self, path: Path | None, now: Callable[[], datetime] = _now) -> None:
        self._path = path
        self._now = now
        self._hidden = False  # the answer to come may repeat a secret

    def begin(self, who: str) -> None:
        """Tell whom the talk is with; InputError when the file cannot be written."""
        self.append(f"--- {who}\n")

    def note(self, text: str) -> None:
        """What became of the connection: words of ours, which hold no secret."""
        self.append(f"--- {text}\n")

    def line(self, prompt: str, line: str) -> None:
        """A line that leaves for a node, behind the prompt at which it was typed."""
        self._hidden = may_carry_a_secret(line)
        self.append(f"{prompt}{masked(line)}\n" + (f"  {LEFT_OUT}\n" if self._hidden else ""))

    def answer(self, text: str) -> None:
        """What came back, or why nothing did."""
        if text and not self._hidden:
            lines = masked(text).splitlines()
            self.append("".join(f"  {line}\n" for line in lines), timed=False)

    def append(self, text: str, *, timed: bool = True) -> None:
        """Whole lines, which hold no secret any more."""
        if self._path is None:
            return
        if timed:
            text = f"{self._now().isoformat(' ', 'seconds')} {text}"
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _MODE)
            try:
                os.write(file, text.encode(errors="replace"))
            finally:
                os.close(file)
        except OSError as error:
            raise InputError(f"{self._path} cannot be written: {error.strerror}") from error

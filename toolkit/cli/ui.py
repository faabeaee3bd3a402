"""All that the toolkit prints and asks: the only file that does.

Facts go to standard output; progress, warnings and errors to standard error, so that output can be
piped. On a terminal, progress is one line that is redrawn; elsewhere it is one line a stage.
"""

import getpass
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any, TypeVar

from toolkit.model.errors import InputError, ToolkitError
from toolkit.model.progress import Progress
from toolkit.model.text import clean
from toolkit.model.toolbar import cut

_BAR = 24  # columns
_COLOURS = (36, 33, 32, 35, 34, 31)
_CLEAR = "\r\x1b[K"
_LONGEST = 2000  # characters of a warning or an error
_END = 400  # of them, where it is cut, from its end: what to do next stands there

Result = TypeVar("Result")
Answer = TypeVar("Answer")


def say(text: str = "") -> None:
    """Print a fact."""
    print(text, flush=True)


def note(text: str) -> None:
    """Print what a person may want to know while something is done."""
    print(text, file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """Print what a person should look at, though the work goes on."""
    print(f"warning: {_told(text)}", file=sys.stderr, flush=True)


def tagged(tag: str, number: int, text: str) -> None:
    """Print a fact behind the name of where it comes from, on a terminal in a colour of its own."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if sys.stdout.isatty() and not plain:
        tag = f"\x1b[{_COLOURS[number % len(_COLOURS)]}m{tag}\x1b[0m"
    say(f"{tag} {text}".rstrip())


def error(text: str) -> None:
    """Print the sentence that the work ended with."""
    print(f"devToolKit: {_told(text)}", file=sys.stderr, flush=True)


def _told(text: str) -> str:
    """A sentence that may quote what a stranger wrote: it moves no cursor and fills no screen."""
    safe = clean(text)
    return safe if len(safe) <= _LONGEST else f"{safe[: _LONGEST - _END]} … {safe[-_END:]}"


def table(rows: Iterable[Sequence[object]], headers: Sequence[str]) -> None:
    """Print rows under headers."""
    say(tabulated(rows, headers))


def tabulated(rows: Iterable[Sequence[object]], headers: Sequence[str]) -> str:
    """Rows under headers, as `table` prints them."""
    from tabulate import tabulate

    safe = [[clean(it) if isinstance(it, str) else it for it in row] for row in rows]
    return tabulate(safe, headers=list(headers), disable_numparse=True)


def redraws() -> bool:
    """Whether what was printed can be drawn over."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("dumb", "unknown")


def columns() -> int:
    """How many characters fit beside each other."""
    return shutil.get_terminal_size().columns


class Redrawn:
    """Facts that are drawn over those before; the last ones stay on the screen."""

    def __init__(self) -> None:
        self._lines = 0

    def show(self, text: str) -> None:
        """Draw them; what does not fit on the screen is cut off, and that is told."""
        columns, rows = shutil.get_terminal_size()
        lines = text.splitlines()
        if len(lines) >= rows:
            left = len(lines) - (rows - 2)
            lines = [*lines[: rows - 2], f"and {left} more lines, on a larger screen"]
        back = f"\x1b[{self._lines}A" if self._lines else ""
        shown = "".join(f"{cut(line, columns - 1)}\n" for line in lines)
        print(f"{back}\r\x1b[J{shown}", end="", flush=True)
        self._lines = len(lines)


def as_json(value: Any) -> None:
    """Print a value for programs."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def interactive() -> bool:
    """Whether a person sits at a terminal and can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextmanager
def unechoed() -> Generator[None]:
    """Keys that are pressed do not stand in the middle of what is drawn, and go to nobody."""
    try:
        import termios
    except ImportError:  # a Windows has no such terminal
        yield
        return
    keyboard = sys.stdin.fileno()
    if not sys.stdin.isatty() or os.tcgetpgrp(keyboard) != os.getpgrp():  # it is not ours
        yield
        return
    before = termios.tcgetattr(keyboard)
    silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(keyboard, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        with suppress(termios.error):  # somebody has closed it
            termios.tcsetattr(keyboard, termios.TCSAFLUSH, before)


def forget_typed() -> None:
    """What was typed and nobody has read is not read by whoever asks next."""
    if not sys.stdin.isatty():
        return
    from prompt_toolkit.input import create_input
    from prompt_toolkit.input.typeahead import clear_typeahead

    clear_typeahead(create_input())  # what the prompt before had read already
    with suppress(ImportError, OSError):  # a Windows has no such terminal
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def ask(
    question: str, default: Answer, check: Callable[[str], Answer], *, secret: bool = False
) -> Answer:
    """Ask until the answer passes `check` (which raises InputError); Enter takes the default."""
    shown = "****" if secret and default else default
    prompt = f"  {question} [{shown}]: "
    while True:
        try:
            text = getpass.getpass(prompt) if secret else input(prompt)
        except EOFError as end:
            if sys.stdin.isatty():
                note("")  # the question has no end of its own
            raise ToolkitError("the input ended before all questions were answered") from end
        if not text.strip():
            return default
        try:
            return check(text if secret else text.strip())
        except InputError as refusal:
            note(f"    {refusal}")


def agreed(question: str, *, default: bool) -> bool:
    """Ask for a yes or a no; Enter takes the default."""

    def check(text: str) -> str:
        if text.lower() not in ("y", "yes", "n", "no"):
            raise InputError(f"expected yes or no, got {text!r}")
        return "yes" if text.lower()[0] == "y" else "no"

    return ask(f"{question} yes or no", "yes" if default else "no", check) == "yes"


def follow(work: Generator[Progress, None, Result]) -> Result:
    """Show the progress of an operation; return its result."""
    line = _Line()
    try:
        with closing(work):  # whatever ends us early ends at once what it has begun
            while True:
                line.show(next(work))
    except StopIteration as end:
        return end.value
    finally:
        line.end()


class _Line:
    """The progress line of the stage at hand."""

    def __init__(self) -> None:
        self._stage = ""
        self._started = 0.0
        self._open = False
        self._terminal = sys.stderr.isatty()

    def show(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self._clear()
            self._stage, self._started = progress.stage, time.monotonic()
        if progress.finished:
            self._finish(progress)
        elif self._terminal:
            note_ = self._amount(progress)
            sys.stderr.write(f"{_CLEAR}  {progress.stage:<11}{_bar(progress)} {note_}")
            sys.stderr.flush()
            self._open = True

    def _clear(self) -> None:
        """A stage that ends without a word of its own leaves no trace."""
        if self._open:
            sys.stderr.write(_CLEAR)
            self._open = False

    def end(self) -> None:
        if self._open:
            sys.stderr.write("\n")
            self._open = False

    def _finish(self, progress: Progress) -> None:
        clear = _CLEAR if self._open else ""
        unit = progress.unit.removesuffix("s") if progress.total == 1 else progress.unit
        count = f"{progress.total} {unit}" if unit not in ("", "%") else ""
        detail = ", ".join(filter(None, (count, progress.note)))
        detail = f" ({detail})" if detail else ""
        sys.stderr.write(f"{clear}  {progress.stage:<11}done{detail}\n")
        sys.stderr.flush()
        self._open = False

    def _amount(self, progress: Progress) -> str:
        """Done and total, rate and remaining time, as far as they are known."""
        if not progress.total:
            return progress.note
        seconds = time.monotonic() - self._started
        amount = f"{progress.done}/{progress.total} {progress.unit}"
        if progress.done and seconds > 1:
            rate = progress.done / seconds
            remaining = (progress.total - progress.done) / rate
            amount += f", {rate:.0f} {progress.unit}/s, {remaining:.0f} s left"
        return f"{amount} {progress.note}".rstrip()


def _bar(progress: Progress) -> str:
    if not progress.total:
        return "…"
    filled = _BAR * progress.done // progress.total
    return "[" + "#" * filled + "." * (_BAR - filled) + "]"

"""A board drawn again and again on a screen of its own, as large as the terminal is by now."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from types import FrameType

from toolkit.virtual.control import Control
from toolkit.virtual.view import drawn, fitted

_FRAME = 0.2  # seconds
_TERMINATED = 143
_COLUMNS, _LINES = 80, 24  # of a terminal that does not say
_BEGIN = "\x1b[?1049h\x1b[?25l\x1b[?7l"  # another screen, no cursor, no line goes on below
_END = "\x1b[?7h\x1b[?25h\x1b[?1049l"


def redraws() -> bool:
    """Whether the output is a terminal on which the cursor can be moved."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def once(control: Control, names: Mapping[int, str]) -> list[str]:
    """One picture: as wide as the terminal, or as it comes where the output is none."""
    width = _size()[0] if sys.stdout.isatty() else 0
    return drawn(control.view(), names, width, colours=_colours())


def follow(control: Control, names: Mapping[int, str]) -> None:
    """Draw until Ctrl-C; the terminal is left as it was."""
    signal.signal(signal.SIGTERM, _end)
    sys.stdout.write(_BEGIN)
    try:
        while True:
            columns, height = _size()
            whole = drawn(control.view(), names, columns, colours=_colours())
            lines = [f"{line}\x1b[K" for line in fitted(whole, height)]
            sys.stdout.write("\x1b[H" + "\r\n".join(lines) + "\x1b[J")
            sys.stdout.flush()
            time.sleep(_FRAME)
    except KeyboardInterrupt:
        pass
    finally:
        sys.stdout.write(_END)


def _size() -> tuple[int, int]:
    """What the terminal says itself: LINES and COLUMNS do not follow its window."""
    columns, height = os.get_terminal_size(sys.stdout.fileno())
    return columns or _COLUMNS, height or _LINES


def _colours() -> bool:
    return redraws() and not os.environ.get("NO_COLOR")


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(_TERMINATED)

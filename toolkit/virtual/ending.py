"""When the boards of a home are nobody's any more: the folder was deleted, or none is left.

Whoever starts boards holds the lock `start.lock` from the look for a supervisor to their start. One
that nobody has asked for boards, or whose last board went with its holder, ends while it has that
lock itself: so nobody meets one that is about to end.
"""

import asyncio
import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import IO

STARTS = "start.lock"
_LOOK_SECONDS = 2.0


async def home_is_gone(lock: Path) -> None:
    """Return when the folder was deleted: nobody could find these boards any more."""
    own = lock.stat().st_ino
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            if lock.stat().st_ino != own:
                return
        except OSError:
            return


async def nobody_wants(starts: IO[str], idle: Callable[[], bool]) -> None:
    """Return when there are no boards, with the lock that whoever starts some must have first."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        if not idle():
            continue
        try:
            fcntl.flock(starts, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        if idle():
            return
        fcntl.flock(starts, fcntl.LOCK_UN)

"""Locks on open files: the system lets go of one when its holder dies, however it dies."""

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    # The byte that is locked can be read by nobody else, so it is one that nobody writes.
    _BYTE = 1 << 20

    def taken(handle: int) -> bool:
        """Whether an open file is ours from now on; False: somebody else has it."""
        os.lseek(handle, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

    def hand_down(handle: int) -> None:
        """No process there needs it: a port is open for one program only."""
        del handle

    def taken_away(path: Path, handle: int) -> None:
        """Let go of a lock, and take its file away, unless somebody has it open by now."""
        os.close(handle)  # an open file cannot be taken away, neither ours nor another's
        with suppress(OSError):
            path.unlink()

else:
    import fcntl

    def taken(handle: int) -> bool:
        """Whether an open file is ours from now on; False: somebody else has it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def hand_down(handle: int) -> None:
        """Processes that get our open files have the lock as well, also when we are gone."""
        os.set_inheritable(handle, True)

    def taken_away(path: Path, handle: int) -> None:
        """Take the file of a lock away, and let go of it: whoever opens it then has another."""
        with suppress(OSError):
            path.unlink()
        os.close(handle)

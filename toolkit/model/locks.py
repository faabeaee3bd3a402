"""Locks on open files: the system lets go of one when its holder dies, however it dies."""

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    # The bytes that are locked can be read by nobody else, so they are some that nobody writes.
    _BYTE = 1 << 20
    _SHARES = 64  # who shares a file has one of them, who has it alone has all

    def taken(handle: int) -> bool:
        """Whether an open file is ours from now on; False: somebody else has it."""
        return _locked(handle, _BYTE, _SHARES)

    def shared(handle: int) -> bool:
        """Whether we share an open file from now on; False: somebody has it alone."""
        return any(_locked(handle, _BYTE + share, 1) for share in range(_SHARES))

    def _locked(handle: int, first: int, count: int) -> bool:
        os.lseek(handle, first, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, count)
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
        return _flocked(handle, fcntl.LOCK_EX)

    def shared(handle: int) -> bool:
        """Whether we share an open file from now on; False: somebody has it alone."""
        return _flocked(handle, fcntl.LOCK_SH)

    def _flocked(handle: int, how: int) -> bool:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
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

"""One toolkit at a time on one board, and who it is that has a port.

One command opens and closes a port many times, and so does esptool for it: between two of them
nobody else may get in, or the board has half of what each of them wrote.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from toolkit.model.errors import PortError

_OURS = "toolkit.virtual.supervisor"  # has both ends of a virtual board's line


@contextmanager
def alone(device: str, locks: Path) -> Generator[None]:
    """Hold a board for this process; PortError, at once, that says which toolkit has it.

    `locks` is the folder of the locks; the system lets go of one when its holder dies, however.
    Where none can be written there is no lock: the port is still open for one program only.
    """
    path = locks / f"{quote(os.path.abspath(device), safe='')[-200:]}.lock"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        lock = _taken(path, device)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        path.unlink(missing_ok=True)  # before it is let go of: what comes then is another's
        os.close(lock)


def _taken(path: Path, device: str) -> int:
    """The open lock, with our number in it; OSError where none can be written."""
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked(lock):
                raise PortError(_in_use(device, os.read(lock, 20)))
            if _is(path, lock):  # else its holder has just let go of it, and taken it away
                os.truncate(lock, 0)
                os.write(lock, b"%d\n" % os.getpid())
                return lock
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)


def _is(path: Path, lock: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(lock).st_ino
    except FileNotFoundError:
        return False


def _in_use(device: str, said: bytes) -> str:
    number = said.decode(errors="replace").strip()
    who = f" (process {number})" if number.isdecimal() else ""
    return (
        f"{device} is in use by another toolkit{who}: wait for its end, or end it; nothing was "
        "touched"
    )


def users(device: str) -> str:
    """Which programs of ours have a port open: `screen (process 12)`; empty where none is seen."""
    return ", ".join(_users(os.path.realpath(device)))


def _users(device: str) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int(process.name) == os.getpid():
                continue
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if _OURS in words or not _has(process, device):
                continue
        except OSError:
            continue  # it is somebody else's, or has ended
        yield f"{_program(words)} (process {process.name})"


def _has(process: Path, device: str) -> bool:
    return any(os.readlink(file) == device for file in (process / "fd").iterdir())


def _program(words: list[str]) -> str:
    """What a person calls it: a program that Python runs is not called Python."""
    named = [os.path.basename(word) for word in words if word and not word.startswith("-")]
    python = len(named) > 1 and named[0].startswith("python")
    return (named[1] if python else named[0])[:40] if named else "a program"


if os.name == "posix":
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

else:

    def _locked(handle: int) -> bool:
        return handle >= 0  # a port there is open for one program only, and esptool is none other

"""One toolkit at a time on one board, by its cable or by the air; who it is that has a port.

One command opens and closes a port many times, and so does esptool for it: between two of them
nobody else may get in, or the board has half of what each of them wrote.
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from toolkit.model import locks
from toolkit.model.errors import PortError
from toolkit.transport import naming

_OURS = "toolkit.virtual.supervisor"  # has both ends of a virtual board's line


@contextmanager
def alone(device: str, folder: Path) -> Generator[None]:
    """Hold a board for this process; PortError, at once, that says who has it.

    `folder` is that of the locks, one for each key of the port. A process that we start with our
    open files, a flasher, has them too: it may outlive us, and goes on writing. The system lets go
    of one when nobody has it any more. Where none can be written there is no lock: the port is
    still open for one program only.
    """
    with ExitStack() as held:
        for key in naming.keys(device):
            with suppress(OSError):
                path = folder / f"{quote(key, safe='')[-200:]}.lock"
                lock = _taken(path, locks.taken, lambda said, at=path: _in_use(device, at, said))
                held.callback(locks.taken_away, path, lock)
        yield


@contextmanager
def on_the_cable(uid: str, who: str, folder: Path) -> Generator[None]:
    """Hold the node with that uid for a cable; PortError where it is just treated over the air."""

    def air(said: bytes) -> str:
        what = "something, over the air or another cable,"
        return f"{who} is just given {what} by {_other(said)}"

    with ExitStack() as held:
        with suppress(OSError):
            path = _of_node(uid, folder)
            held.callback(locks.taken_away, path, _taken(path, locks.taken, air))
        yield


@contextmanager
def in_the_air(uid: str, who: str, folder: Path) -> Generator[None]:
    """Keep the cable of a node from others, who may talk to it over the air as we do.

    PortError where somebody works on it over its cable. The lock's file stays: others may have it.
    """

    def cable(said: bytes) -> str:
        return f"{who} is just worked on over its cable by {_other(said)}"

    with ExitStack() as held:
        with suppress(OSError):
            lock = _taken(_of_node(uid, folder), locks.shared, cable)
            held.callback(os.close, lock)
        yield


def _of_node(uid: str, folder: Path) -> Path:
    return folder / f"{quote(f'node {uid}', safe='')[-200:]}.lock"


def _other(said: bytes) -> str:
    number = said.decode(errors="replace").strip()
    who = "another toolkit" + (f" (process {number})" if number.isdecimal() else "")
    return f"{who}: wait for its end, or end it; nothing was changed"


def _taken(path: Path, take: Callable[[int], bool], refusal: Callable[[bytes], str]) -> int:
    """The open lock, with our number in it; OSError where none can be written.

    PortError with the refusal, which is told what stands in it, where it cannot be taken.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with ExitStack() as unless_ours:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            unless_ours.callback(os.close, lock)
            if not take(lock):
                raise PortError(refusal(os.read(lock, 20)))
            if not _is(path, lock):
                continue  # its holder has just let go of it, and taken it away
            os.truncate(lock, 0)
            os.write(lock, b"%d\n" % os.getpid())
            locks.hand_down(lock)
            unless_ours.pop_all()
            return lock


def _is(path: Path, lock: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(lock).st_ino
    except FileNotFoundError:
        return False


def _in_use(device: str, path: Path, said: bytes) -> str:
    number = said.decode(errors="replace").strip()
    there = dict(_holders(os.path.realpath(path)))
    if there and number.isdecimal() and _has_ended(number):  # killed, and its flasher was not
        names = ", ".join(f"{program} (process {each})" for each, program in there.items())
        who = f"{names}, which a toolkit that was killed has left"
    else:
        who = "another toolkit" + (f" (process {number})" if number.isdecimal() else "")
    return f"{device} is in use by {who}: wait for its end, or end it; nothing was touched"


def _has_ended(number: str) -> bool:
    """Whether there is no such process; one that only waits to be collected has no words left."""
    try:
        return not Path("/proc", number, "cmdline").read_bytes()
    except OSError:
        return True


def users(device: str) -> str:
    """Which programs of ours have a port open: `screen (process 12)`; empty where none is seen."""
    there = _holders(os.path.realpath(device))
    return ", ".join(f"{program} (process {number})" for number, program in there)


def _holders(file: str) -> Iterator[tuple[str, str]]:
    """Number and name of the others that have a file open, as far as the system shows them."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int(process.name) == os.getpid():
                continue
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if _OURS in words or not _has(process, file):
                continue
        except OSError:
            continue  # it is somebody else's, or has ended
        yield process.name, _program(words)


def _has(process: Path, device: str) -> bool:
    return any(os.readlink(file) == device for file in (process / "fd").iterdir())


def _program(words: list[str]) -> str:
    """What a person calls it: a program that Python runs is not called Python."""
    named = [os.path.basename(word) for word in words if word and not word.startswith("-")]
    python = len(named) > 1 and named[0].startswith("python")
    return (named[1] if python else named[0])[:40] if named else "a program"


def is_own_client(port: int) -> bool:
    """Whether who comes from that port of this computer is of our own user, if that is told."""
    try:
        text = Path("/proc/net/tcp").read_text(encoding="ascii")
    except OSError:  # no Linux
        return True
    rows = [row.split() for row in text.splitlines()[1:]]
    here = f"0100007F:{port:04X}"
    return any(row[1] == here and int(row[7]) == os.getuid() for row in rows)

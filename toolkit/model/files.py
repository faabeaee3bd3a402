"""Files that several toolkits may write: replaced whole, one writer at a time."""

import os
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from toolkit.model import locks
from toolkit.model.errors import InputError

LOCK_PATIENCE = 10.0  # seconds another toolkit may hold a file before we give up
LOCK_PAUSE = 0.02

Report = Callable[[str], None]


def silent(text: str) -> None:
    """A report that goes nowhere."""
    del text


def replace(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Give `path` a new content; whoever reads it sees the old or the new, never a part."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            beside.chmod(mode)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)  # there no longer, once it has taken the place
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def content(path: Path, most: int) -> bytes:
    """What lies in a file that a person has named; InputError for more than `most` bytes.

    A FileNotFoundError comes out as it is; other troubles are InputErrors.
    """
    try:
        with open(path, "rb") as file:  # it may be a pipe, or a device that never ends
            found = file.read(most + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    if len(found) > most:
        raise InputError(f"{path} is too large: expected at most {most} B")
    return found


def settle(part: Path, path: Path) -> None:
    """Give `path` the content of the file `part`, which lies on the disk before it has the name."""
    try:
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def give(path: Path, content: str | bytes) -> str:
    """Write a file that a person has named, and say so; InputError where its folder is none."""
    if not path.parent.is_dir():
        raise InputError(f"{path} cannot be written: there is no folder {path.parent}")
    replace(path, content)
    return f"{path}: {path.stat().st_size} B"


def move_aside(path: Path) -> Path:
    """Rename an unusable file to the first free `<name>.bad`, `<name>.bad2`, … and return that."""
    number = 1
    while (aside := path.with_name(f"{path.name}.bad{number if number > 1 else ''}")).exists():
        number += 1
    path.rename(aside)
    return aside


@contextmanager
def only_writer(path: Path) -> Generator[None, None, None]:
    """Hold the right to write `path`; a second toolkit waits, for a bounded time.

    The lock lies on a file beside it, because `path` itself is replaced by every write.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    try:
        give_up = time.monotonic() + LOCK_PATIENCE
        while not locks.taken(lock):
            if time.monotonic() > give_up:
                raise InputError(f"{path} is being written by another toolkit; try again later")
            time.sleep(LOCK_PAUSE)
        yield
    finally:
        os.close(lock)  # which also unlocks

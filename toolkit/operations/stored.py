"""A backup as a file: read to the last byte, or its head alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from toolkit.model import backup, backup_head, files, old_backup
from toolkit.model.backup import Backup, Damaged
from toolkit.model.backup_head import Head

SUFFIXES = (backup.SUFFIX, old_backup.SUFFIX)
_LARGEST = 32 * 1024 * 1024  # bytes of a file
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    """What a backup tells of itself, and its file."""

    path: Path
    head: Head

    @property
    def name(self) -> str:
        """What a person calls it by."""
        return self.path.stem

    @property
    def time(self) -> datetime:
        """When it was made, in the zone of this computer; the file's own time if it tells none."""
        if self.head.time:
            return self.head.time.astimezone()
        try:
            return datetime.fromtimestamp(self.path.stat().st_mtime, UTC).astimezone()
        except OSError:
            return OLDEST


@dataclass(frozen=True)
class Stored:
    """A backup and its file."""

    path: Path
    backup: Backup

    @property
    def listed(self) -> Listed:
        """The same as it stands in a list."""
        return Listed(self.path, self.backup.head)

    @property
    def name(self) -> str:
        """What a person calls it by."""
        return self.listed.name


def read(path: Path) -> Stored:
    """Read one file; Damaged says which, and what is wrong with it."""
    try:
        _check_file(path)
        content = path.read_bytes()
        if path.suffix == old_backup.SUFFIX:
            return Stored(path, old_backup.unpack(path.name, content))
        return Stored(path, backup.unpack(content))
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
    except Damaged as error:
        raise Damaged(f"{path} cannot be used: {error}") from error


def heads(found: Iterable[Path], report: files.Report = files.silent) -> list[Listed]:
    """The heads of those that are backups, the oldest first; others are reported."""
    good: list[Listed] = []
    for path in sorted(found):
        if path.name.startswith(".") or path.suffix not in SUFFIXES:
            continue
        try:
            good.append(_glance(path))
        except Damaged as error:
            report(str(error))
    return sorted(good, key=lambda it: (it.time, it.name))


def _glance(path: Path) -> Listed:
    """Read the head of one file; Damaged says which, and what is wrong with it."""
    if path.suffix == old_backup.SUFFIX:
        return read(path).listed  # a head is all of it
    try:
        _check_file(path)
        with open(path, "rb") as file:
            return Listed(path, backup_head.read(file))
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
    except Damaged as error:
        raise Damaged(f"{path} cannot be used: {error}") from error


def _check_file(path: Path) -> None:
    size = path.stat().st_size
    if not path.is_file():  # a pipe would keep us waiting
        raise Damaged("it is not a file")
    if size > _LARGEST:
        raise Damaged("it is larger than any board")

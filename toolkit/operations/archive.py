"""The backups of all nodes: files in one folder, written whole, the newest automatic ones kept."""

import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from toolkit.model import backup, files, old_backup, paths
from toolkit.model.backup import Backup, Damaged
from toolkit.model.errors import InputError

AUTOMATIC = 10  # backups of one node that the toolkit made by itself; those by hand all stay
REPLACED = "before --restore"  # what made one of a node that was to be another
MODE = 0o600  # modules of one's own may have what nobody else should read
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_LARGEST = 32 * 1024 * 1024  # bytes of a file
_OLDEST = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Stored:
    """A backup and its file."""

    path: Path
    backup: Backup

    @property
    def name(self) -> str:
        """What a person calls it by."""
        return self.path.stem

    @property
    def time(self) -> datetime:
        """When it was made; the file's own time where it does not tell."""
        if self.backup.time:
            return self.backup.time
        try:
            return datetime.fromtimestamp(self.path.stat().st_mtime)
        except OSError:
            return _OLDEST


def folder() -> Path:
    """Where the backups lie."""
    return paths.user_data() / "node_config_archive"


def keep(found: Backup, spare: Path | None = None) -> Stored:
    """Write a backup; the same as before is not written twice where it was made automatically.

    `spare` is being restored, and does not make room for it; nor is this one removed again where
    the clock of this computer was set back.
    """
    with files.only_writer(folder()):
        if found.automatic and (before := latest(found.uid)) and before.backup.same(found):
            return before
        found = found if found.time else replace(found, time=datetime.now().replace(microsecond=0))
        path = _free(found)
        files.replace(path, backup.pack(found), MODE)
        if found.automatic:
            _prune(found.uid, (path, spare))
        return Stored(path, found)


def every(report: files.Report = files.silent) -> list[Stored]:
    """All that can be read, the oldest first; each other file is reported in a sentence."""
    return _read_all(sorted(folder().glob("*")), report)


def latest(uid: str) -> Stored | None:
    """The newest backup of that board: what an interrupted --make goes on from."""
    return (_read_all(_of(uid), files.silent) or [None])[-1]


def erasing(uid: str) -> None:
    """Note that the flash of a board is about to be erased: what was kept last is what it was."""
    files.replace(_mark(uid), "")


def whole(uid: str) -> None:
    """A board is a node again."""
    _mark(uid).unlink(missing_ok=True)


def was_erased(uid: str) -> bool:
    """Whether this toolkit has erased the board, or begun to, and no node was put there since."""
    return _mark(uid).exists()


def with_settings(uid: str) -> Stored | None:
    """The newest backup of that board in which there are settings."""
    found = [it for it in _read_all(_of(uid), files.silent) if it.backup.settings]
    return (found or [None])[-1]


def find(name: str, report: files.Report = files.silent) -> Stored:
    """The backup of that name, file or beginning of a name, or the newest of that node.

    What a node was before a restore is meant by its own name alone. InputError when there is
    none, or several that may be meant.
    """
    there = (Path(name), *(folder() / f"{name}{end}" for end in ("", *_SUFFIXES)))
    for path in there:
        with suppress(OSError):  # a name that can be none, such as one that is too long
            if path.is_file():
                return read(path)
    all_of_them = every(lambda text: report(text) if name in text else None)
    of_node = [it for it in all_of_them if name in (it.backup.name, it.backup.uid)]
    boards = sorted({it.backup.uid for it in of_node})
    if len(boards) > 1:
        raise InputError(
            f"the backups of {name} are of several boards ({', '.join(boards)}): say which uid, or "
            "which backup (-b list)"
        )
    if of_node:  # a command that is repeated finds the same one again
        return ([it for it in of_node if it.backup.made != REPLACED] or of_node)[-1]
    begun = [it for it in all_of_them if name and it.name.startswith(name)]
    if len(begun) == 1:
        return begun[0]
    raise InputError(f"expected a backup, a node that has one, or a file, got {name[:80]!r}"
                     f"{_hint(name, begun or all_of_them, bool(begun))}")  # fmt: skip


def read(path: Path) -> Stored:
    """Read one file; Damaged says which, and what is wrong with it."""
    try:
        if path.stat().st_size > _LARGEST:
            raise Damaged("it is larger than any board")
        content = path.read_bytes()
        if path.suffix == old_backup.SUFFIX:
            return Stored(path, old_backup.unpack(path.name, content))
        return Stored(path, backup.unpack(content))
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
    except Damaged as error:
        raise Damaged(f"{path} cannot be used: {error}") from error


_SUFFIXES = (backup.SUFFIX, old_backup.SUFFIX)


def _read_all(found: Iterable[Path], report: files.Report) -> list[Stored]:
    good: list[Stored] = []
    for path in found:
        if path.name.startswith(".") or path.suffix not in _SUFFIXES:
            continue
        try:
            good.append(read(path))
        except Damaged as error:
            report(str(error))
    return sorted(good, key=lambda it: (it.time, it.name))


def _of(uid: str) -> list[Path]:
    return sorted(path for end in _SUFFIXES for path in folder().glob(f"*-{uid}-*{end}"))


def _mark(uid: str) -> Path:
    return folder() / f"{uid}.erased"


def _free(found: Backup) -> Path:
    """A name that no other has: there may be two in a second."""
    stamp = (found.time or _OLDEST).strftime("%Y%m%d-%H%M%S")
    stem = f"{_UNSAFE.sub('_', found.name)[:24]}-{found.uid}-{stamp}"
    number, path = 1, folder() / f"{stem}{backup.SUFFIX}"
    while path.exists():
        number += 1
        path = folder() / f"{stem}-{number}{backup.SUFFIX}"
    return path


def _prune(uid: str, spare: Collection[Path | None]) -> None:
    """Remove the oldest that were made automatically; never one that cannot be read."""
    made = [it for it in _read_all(_of(uid), files.silent) if it.path.suffix == backup.SUFFIX]
    for old in [it for it in made if it.backup.automatic][:-AUTOMATIC]:
        if old.path not in spare:
            old.path.unlink(missing_ok=True)


def _hint(name: str, near: Sequence[Stored], begun: bool) -> str:
    if begun:
        return f": {len(near)} begin so, {near[-1].name} is the newest"
    names = {it.name for it in near} | {it.backup.name for it in near}
    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]}?" if close else "; -b list shows all"

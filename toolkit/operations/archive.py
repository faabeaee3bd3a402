"""The backups of all nodes: files in one folder, written whole, the newest automatic ones kept."""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from toolkit.model import backup, files, paths
from toolkit.model.backup import Backup, Damaged
from toolkit.model.cache import FILE, Cache
from toolkit.model.errors import InputError
from toolkit.operations.stored import OLDEST, SUFFIXES, Listed, Stored, heads, read

AUTOMATIC = 10  # backups of one node that the toolkit made by itself; those by hand all stay
REPLACED = "before --restore"  # what made one of a node that was to be another
MODE = 0o600  # modules of one's own may have what nobody else should read
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def folder() -> Path:
    """Where the backups lie."""
    return paths.user_data() / "node_config_archive"


def keep(found: Backup, spare: Path | None = None) -> Stored:
    """Write a backup; the same as before is not written twice where it was made automatically.

    `spare` is being restored, and does not make room for it; nor is this one removed again where
    the clock of this computer was set back.
    """
    with files.only_writer(folder()):
        if found.automatic and (before := _newest(found.uid)) and before.backup.same(found):
            return before
        now = datetime.now(UTC).astimezone().replace(microsecond=0)
        found = found if found.time else replace(found, time=now)
        path = _free(found)
        files.replace(path, backup.pack(found), MODE)
        if found.automatic:
            _prune(found.uid, (path, spare))
        return Stored(path, found)


def every(report: files.Report = files.silent) -> list[Listed]:
    """All that there are, the oldest first; each file that is none is reported in a sentence.

    Of each the head is read: whether its files are right is seen when it is used.
    """
    return heads(folder().glob("*"), report)


def latest(uid: str) -> Stored | None:
    """The newest backup of that board, completed: what an interrupted --make goes on from."""
    newest = _newest(uid)
    return completed(newest) if newest else None


def erasing(uid: str) -> None:
    """Note that the flash of a board is about to be erased: what was kept last is what it was."""
    files.replace(_mark(uid), "")


def whole(uid: str) -> None:
    """A board is a node again."""
    _mark(uid).unlink(missing_ok=True)


def was_erased(uid: str) -> bool:
    """Whether this toolkit has erased the board, or begun to, and no node was put there since."""
    return _mark(uid).exists()


def with_settings(uid: str) -> Listed | None:
    """The newest backup of that board in which there are settings."""
    return ([it for it in heads(_of(uid)) if it.head.settings] or [None])[-1]


def find(name: str, report: files.Report = files.silent) -> Stored:
    """The backup of that name, file or beginning of a name, or the newest of that node.

    What a node was before a restore is meant by its own name alone. InputError when there is
    none, or several that may be meant.
    """
    there = (Path(name), *(folder() / f"{name}{end}" for end in ("", *SUFFIXES)))
    for path in there:
        with suppress(OSError):  # a name that can be none, such as one that is too long
            if path.is_file():
                return read(path)
    all_of_them = every(lambda text: report(text) if name in text else None)
    of_node = _living([it for it in all_of_them if name in (it.head.name, it.head.uid)], name)
    boards = sorted({it.head.uid for it in of_node})
    if len(boards) > 1:
        raise InputError(
            f"the backups of {name} are of several boards ({', '.join(boards)}): say which uid, or "
            "which backup (-b list)"
        )
    # A command that is repeated finds the same one again.
    meant = [it for it in of_node if it.head.made != REPLACED] or of_node
    found = _last_whole(meant, report)
    if found:
        return found
    begun = [it for it in all_of_them if name and it.name.startswith(name)]
    if len(begun) == 1:
        return read(begun[0].path)
    raise InputError(f"expected a backup, a node that has one, or a file, got {name[:80]!r}"
                     f"{_hint(name, begun or all_of_them, bool(begun))}")  # fmt: skip


def _living(found: list[Listed], name: str) -> list[Listed]:
    """Those of the one board of that name that is known; all where none is, or several are.

    The board that a node was on before it died is not known any more.
    """
    known = {it.uid for it in Cache(paths.user_data() / FILE).nodes() if it.name == name}
    of_known = [it for it in found if it.head.uid in known]
    return of_known if len({it.head.uid for it in of_known}) == 1 else found


def completed(stored: Stored) -> Stored:
    """The same with the files that were left out, as far as other backups of that board have them.

    Of several the one that is nearest in time lends it (decision 0052).
    """
    whole = stored.backup
    sizes, made = dict(whole.left_out), stored.listed.time
    lent: dict[str, str] = {}
    own = dict(whole.files)
    others = [it for it in heads(_of(whole.uid) if sizes else ()) if it.head.uid == whole.uid]
    for other in sorted(others, key=lambda it: abs(it.time - made)):
        wanted = (sizes.keys() & other.head.files.keys()) - lent.keys()
        with suppress(Damaged):
            if wanted:
                found = read(other.path).backup.files
                own |= {name: found[name] for name in wanted}
                lent |= dict.fromkeys(sorted(wanted), other.name)
    left_out = tuple(it for it in whole.left_out if it[0] not in lent)
    return replace(stored, backup=replace(whole, files=own, left_out=left_out, lent=lent))


def _last_whole(found: Sequence[Listed], report: files.Report = files.silent) -> Stored | None:
    """The newest that can be read to the last byte; the others are reported."""
    for listed in reversed(found):
        try:
            return read(listed.path)
        except Damaged as error:
            report(str(error))
    return None


def _newest(uid: str) -> Stored | None:
    return _last_whole(heads(_of(uid)))


def _of(uid: str) -> list[Path]:
    return [it for it in folder().glob("*") if uid and f"-{uid}-" in it.name]


def _mark(uid: str) -> Path:
    return folder() / f"{uid}.erased"


def _free(found: Backup) -> Path:
    """A name that no other has: there may be two in a second."""
    stamp = (found.time or OLDEST).strftime("%Y%m%d-%H%M%S")
    stem = f"{_UNSAFE.sub('_', found.name)[:24]}-{found.uid}-{stamp}"
    number, path = 1, folder() / f"{stem}{backup.SUFFIX}"
    while path.exists():
        number += 1
        path = folder() / f"{stem}-{number}{backup.SUFFIX}"
    return path


def _prune(uid: str, spare: Collection[Path | None]) -> None:
    """Remove the oldest that were made automatically, but for the newest that has all files.

    One that cannot be read is never removed.
    """
    found = [it for it in heads(_of(uid)) if it.path.suffix == backup.SUFFIX]
    made = [it for it in found if it.head.automatic]
    whole = [it.path for it in made if not it.head.left_out][-1:]
    for old in made[:-AUTOMATIC]:
        if old.path not in (*spare, *whole):
            old.path.unlink(missing_ok=True)


def _hint(name: str, near: Sequence[Listed], begun: bool) -> str:
    if begun:
        return f": {len(near)} begin so, {near[-1].name} is the newest"
    names = {it.name for it in near} | {it.head.name for it in near}
    close = get_close_matches(name, names, 1)
    return f"; did you mean {close[0]}?" if close else "; -b list shows all"

"""A backup of a node: settings, what it keeps, the user's own files. One zip file, no secrets.

In it lie `manifest.json` (who, when, a SHA-256 of each other piece), `settings.json`, `kept.json`
and the files below `files/`.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from toolkit.model import backup_head, node_files, settings
from toolkit.model.backup_head import BY_HAND, FILES, KEPT, MANIFEST, SETTINGS, Damaged, Head

__all__ = ["BY_HAND", "Backup", "Damaged", "pack", "plain", "unpack"]
SUFFIX = ".zip"


@dataclass(frozen=True)
class Backup:
    """What a node was: who, when (with an offset), why it was kept, and what it consisted of.

    `settings` are those that differ from a new node's, by name. `files` are the user's own, by
    their names on the node; `left_out` are those that were too large or not readable, with their
    sizes in bytes. Never written are `notes` and `secrets`: archives of micrOS have secrets in
    them, and settings that mean something else here; and `lent`: of files that were left out and
    come from another backup, the name of that one.
    """

    name: str
    uid: str
    settings: Mapping[str, Any]
    board: str = ""
    version: str = ""
    time: datetime | None = None
    made: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes], repr=False)
    kept: Mapping[str, Any] | None = None
    left_out: Sequence[tuple[str, int]] = ()
    notes: Sequence[str] = ()
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    lent: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def head(self) -> Head:
        """What a list of backups tells of it."""
        sizes = {name: len(content) for name, content in self.files.items()}
        about = (self.board, self.version, self.time, self.made, len(self.settings))
        return Head(self.name, self.uid, *about, sizes, self.left_out)

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return self.head.size

    def gaps(self, *, stays: bool = False) -> list[str]:
        """What somebody must know who makes a node of it: a sentence for each file it lacked.

        `stays`: on the board that it goes onto, what it lacks is left alone.
        """
        why = "is not in this backup, too large or not readable then"
        lent = [f"{name} {why}: it is taken from {other}" for name, other in self.lent.items()]
        end = "on the board it stays as it is" if stays else "no other one of that board has it"
        return [*lent, *(f"{name} ({size} B) {why}: {end}" for name, size in self.left_out)]

    @property
    def empty(self) -> bool:
        """Whether a new node would be the same."""
        return not (self.settings or self.files or self.kept or self.left_out)

    @property
    def automatic(self) -> bool:
        """Whether the toolkit made it by itself: of these only the newest are kept."""
        return self.head.automatic

    def same(self, other: "Backup") -> bool:
        """Whether both say the same of the same node."""
        mine, its = ((it.name, it.uid, it.settings, it.board, it.version) for it in (self, other))
        lacking = sorted(self.left_out) == sorted(other.left_out)
        return mine == its and lacking and (self.files, self.kept) == (other.files, other.kept)


def pack(backup: Backup) -> bytes:
    """The bytes of its file."""
    pieces = {SETTINGS: _json(plain(backup.settings))}
    if backup.kept is not None:
        pieces[KEPT] = _json(backup.kept)
    pieces |= {FILES + name: content for name, content in sorted(backup.files.items())}
    manifest = {
        "format": backup_head.FORMAT,
        "node": backup.name,
        "uid": backup.uid,
        "board": backup.board,
        "version": backup.version,
        "time": backup.time.isoformat(timespec="seconds") if backup.time else None,
        "made": backup.made,
        "left_out": [list(it) for it in backup.left_out],
        "pieces": {name: list(backup_head.measured(it)) for name, it in pieces.items()},
    }
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {MANIFEST: _json(manifest), **pieces}.items():
            archive.writestr(name, content)
    return into.getvalue()


def unpack(content: bytes) -> Backup:
    """Read a backup; Damaged, with what is wrong, unless it is exactly what was written."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            pieces = {name: archive.read(name) for name in backup_head.sizes_of(archive)}
        said = backup_head.manifest(pieces.pop(MANIFEST))
        if {name: backup_head.measured(it) for name, it in pieces.items()} != said.pieces:
            raise Damaged("what is in it is not what its manifest says")
        return _read(said.head, pieces)
    except Damaged:
        raise
    except backup_head.TORN as error:
        raise Damaged("it is torn, or no backup") from error


def plain(found: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a node that belong into a backup: no secrets, nothing that a node only shows.

    What a later or an older release knows stays.
    """
    table = settings.table()
    rows = {name: table.get(name) for name in found}
    return {
        name: value
        for name, value in found.items()
        if not ((row := rows[name]) and (row.secret or row.read_only or value == row.default))
    }


def _read(head: Head, pieces: Mapping[str, bytes]) -> Backup:
    files = {name.removeprefix(FILES): it for name, it in pieces.items() if name.startswith(FILES)}
    strange = [name for name in files if not node_files.is_own(name)]
    if strange:
        raise Damaged(f"{strange[0][:96]!r} in it is no file of a user")
    return Backup(
        head.name,
        head.uid,
        plain(backup_head.json_object(pieces[SETTINGS])),
        head.board,
        head.version,
        head.time,
        head.made,
        files,
        backup_head.json_object(pieces[KEPT]) if KEPT in pieces else None,
        head.left_out,
    )


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"

"""A backup of a node: settings, what it keeps, the user's own files. One zip file, no secrets.

In it lie `manifest.json` (who, when, a SHA-256 of each other piece), `settings.json`, `kept.json`
and the files below `files/`.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from toolkit.model import node_files, settings
from toolkit.model.errors import InputError

BY_HAND = "by hand"
SUFFIX = ".zip"
_FORMAT = 1
_MANIFEST, _SETTINGS, _KEPT, _FILES = "manifest.json", "settings.json", "kept.json", "files"
_LARGEST = 32 * 1024 * 1024  # bytes of all pieces: no board has so large a flash
_MOST = 4000  # pieces
_TORN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, OverflowError,
         NotImplementedError, RuntimeError, RecursionError)  # fmt: skip


class Damaged(InputError):
    """A file that is no backup, or not the one that was written."""


@dataclass(frozen=True)
class Backup:
    """What a node was: who, when (local time), why it was kept, and what it consisted of.

    `settings` are those that differ from a new node's, by name. `files` are the user's own, by
    their names on the node; `left_out` are those that were too large or not readable, with their
    sizes in bytes. `notes` and `secrets` are never written: archives of micrOS have secrets in
    them, and settings that mean something else here.
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

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(map(len, self.files.values()))

    @property
    def empty(self) -> bool:
        """Whether a new node would be the same."""
        return not (self.settings or self.files or self.kept or self.left_out)

    @property
    def automatic(self) -> bool:
        """Whether the toolkit made it by itself: of these only the newest are kept."""
        return self.made not in ("", BY_HAND)

    def same(self, other: "Backup") -> bool:
        """Whether both say the same of the same node."""
        mine, its = ((it.name, it.uid, it.settings, it.board, it.version) for it in (self, other))
        return mine == its and (self.files, self.kept) == (other.files, other.kept)


def pack(backup: Backup) -> bytes:
    """The bytes of its file."""
    pieces = {_SETTINGS: _json(plain(backup.settings))}
    if backup.kept is not None:
        pieces[_KEPT] = _json(backup.kept)
    pieces |= {_FILES + name: content for name, content in sorted(backup.files.items())}
    manifest = {
        "format": _FORMAT,
        "node": backup.name,
        "uid": backup.uid,
        "board": backup.board,
        "version": backup.version,
        "time": backup.time.isoformat(timespec="seconds") if backup.time else None,
        "made": backup.made,
        "left_out": [list(it) for it in backup.left_out],
        "pieces": {name: [len(it), _sum(it)] for name, it in pieces.items()},
    }
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {_MANIFEST: _json(manifest), **pieces}.items():
            archive.writestr(name, content)
    return into.getvalue()


def unpack(content: bytes) -> Backup:
    """Read a backup; Damaged, with what is wrong, unless it is exactly what was written."""
    try:
        pieces = _pieces(content)
        said = _object(pieces.pop(_MANIFEST))
        if said.get("format") != _FORMAT:
            raise Damaged("a newer toolkit has written it")
        sums = _object(json.dumps(said["pieces"]).encode())
        if {name: [len(it), _sum(it)] for name, it in pieces.items()} != sums:
            raise Damaged("what is in it is not what its manifest says")
        return _read(said, pieces)
    except Damaged:
        raise
    except _TORN as error:
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


def _read(said: Mapping[str, Any], pieces: Mapping[str, bytes]) -> Backup:
    files = {name[len(_FILES) :]: it for name, it in pieces.items() if name.startswith(_FILES)}
    strange = [name for name in files if not node_files.is_own(name)]
    if strange:
        raise Damaged(f"{strange[0][:96]!r} in it is no file of a user")
    kept = _object(pieces[_KEPT]) if _KEPT in pieces else None
    return Backup(
        _text(said, "node"),
        _text(said, "uid"),
        plain(_object(pieces[_SETTINGS])),
        _text(said, "board"),
        _text(said, "version"),
        datetime.fromisoformat(said["time"]) if said.get("time") else None,
        _text(said, "made"),
        files,
        kept,
        tuple((str(name)[:96], int(size)) for name, size in said.get("left_out", ())),
    )


def _pieces(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST or sum(entry.file_size for entry in entries) > _LARGEST:
            raise Damaged("it is larger than any board")
        return {entry.filename: archive.read(entry) for entry in entries}


def _object(content: bytes) -> dict[str, Any]:
    found: object = json.loads(content)
    if not isinstance(found, dict):
        raise Damaged("it is torn, or no backup")
    return cast(dict[str, Any], found)


def _text(said: Mapping[str, Any], key: str) -> str:
    value: object = said.get(key, "")
    if not isinstance(value, str) or len(value) > 64 or not value.isprintable():
        raise Damaged(f"its manifest tells no {key}")
    return value


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""What a backup tells of itself before its files are read: its manifest."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, BinaryIO, cast

from toolkit.model.errors import InputError

BY_HAND = "by hand"
FORMAT = 1
MANIFEST, SETTINGS, KEPT, FILES = "manifest.json", "settings.json", "kept.json", "files"
_LARGEST = 32 * 1024 * 1024  # bytes of all pieces: no board has so large a flash
_MOST = 4000  # pieces
_YEARS = range(1971, 9000)  # of which times can be reckoned in every zone
TORN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, TypeError,
        OverflowError, NotImplementedError, RuntimeError, RecursionError)  # fmt: skip


class Damaged(InputError):
    """A file that is no backup, or not the one that was written."""


@dataclass(frozen=True)
class Head:
    """Who a backup is of, when it was made and why, and what is in it.

    `settings` is how many, `files` are sizes in bytes, `left_out` those that are not in it. `time`
    has an offset; one that was written without is local time.
    """

    name: str
    uid: str
    board: str = ""
    version: str = ""
    time: datetime | None = None
    made: str = ""
    settings: int = 0
    files: Mapping[str, int] = field(default_factory=dict[str, int])
    left_out: Sequence[tuple[str, int]] = ()

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(self.files.values())

    @property
    def automatic(self) -> bool:
        """Whether the toolkit made it by itself: of these only the newest are kept."""
        return self.made not in ("", BY_HAND)


@dataclass(frozen=True)
class Manifest:
    """The head but for its settings, and size in bytes and SHA-256 of each piece."""

    head: Head
    pieces: Mapping[str, tuple[int, str]]


def read(file: BinaryIO) -> Head:
    """The head of a backup, of whose file little is read; Damaged when it is none, or cut off.

    Whether the user's files in it are right is not looked at.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = sizes_of(archive)
            said = manifest(archive.read(MANIFEST))
            if sizes != {MANIFEST: sizes[MANIFEST]} | {it: at[0] for it, at in said.pieces.items()}:
                raise Damaged("what is in it is not what its manifest says")
            content = archive.read(SETTINGS)
        if said.pieces[SETTINGS] != measured(content):
            raise Damaged("what is in it is not what its manifest says")
        return replace(said.head, settings=len(json_object(content)))
    except Damaged:
        raise
    except TORN as error:
        raise Damaged("it is torn, or no backup") from error


def sizes_of(archive: zipfile.ZipFile) -> dict[str, int]:
    """The sizes of the pieces in bytes, by their names; Damaged for more than a board can have."""
    entries = archive.infolist()
    if len(entries) > _MOST or sum(entry.file_size for entry in entries) > _LARGEST:
        raise Damaged("it is larger than any board")
    return {entry.filename: entry.file_size for entry in entries}


def manifest(content: bytes) -> Manifest:
    """Read a manifest; Damaged when it is not what one of ours looks like."""
    said = json_object(content)
    if said.get("format") != FORMAT:
        raise Damaged("a newer toolkit has written it")
    pieces = {name: _measure(it) for name, it in _as_object(said.get("pieces")).items()}
    sizes = {it.removeprefix(FILES): at for it, (at, _) in pieces.items() if it.startswith(FILES)}
    return Manifest(
        Head(
            _text(said, "node"),
            _text(said, "uid"),
            _text(said, "board"),
            _text(said, "version"),
            _time(said.get("time")),
            _text(said, "made"),
            files=sizes,
            left_out=tuple(map(_left_out, _as_list(said.get("left_out", [])))),
        ),
        pieces,
    )


def measured(content: bytes) -> tuple[int, str]:
    """Size in bytes and SHA-256 of a piece, as a manifest has them."""
    return len(content), hashlib.sha256(content).hexdigest()


def aware(time: datetime) -> datetime:
    """The same time with its offset: without one it is local time."""
    if time.year not in _YEARS:
        raise ValueError("no time of a backup")
    return time if time.tzinfo else time.astimezone()


def json_object(content: bytes) -> dict[str, Any]:
    """An object of JSON; Damaged for any other value."""
    return _as_object(json.loads(content))


def _as_object(found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Damaged("it is torn, or no backup")
    return cast(dict[str, Any], found)


def _as_list(found: object) -> list[object]:
    if not isinstance(found, list):
        raise Damaged("it is torn, or no backup")
    return cast(list[object], found)


def _measure(found: object) -> tuple[int, str]:
    match _as_list(found):
        case [int(size), str(digest)] if size >= 0 and type(size) is int:
            return size, digest
        case _:
            raise Damaged("its manifest tells no size of a piece")


def _left_out(found: object) -> tuple[str, int]:
    match _as_list(found):
        case [str(name), int(size)] if type(size) is int:
            return name[:96], size
        case _:
            raise Damaged("its manifest tells no size of what is not in it")


def _text(said: Mapping[str, Any], key: str) -> str:
    value: object = said.get(key, "")
    if not isinstance(value, str) or len(value) > 64 or not value.isprintable():
        raise Damaged(f"its manifest tells no {key}")
    return value


def _time(found: object) -> datetime | None:
    if found is None:
        return None
    try:
        return aware(datetime.fromisoformat(cast(str, found)))
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise Damaged("its manifest tells no time") from error

"""The small files of a release in one: a file system gives each file whole blocks of 4 KB.

`core/once.py` on the board finds them. The pack begins with an entry for each: its name without
ending (`core.words`), filled up with zeros, and where it begins, little-endian; then an entry of
zeros; then the files.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from toolkit.model.errors import InputError

PACK = "pack"
_NAME, _PLACE = 17, 3  # bytes, as in core/once.py
_ENTRY = _NAME + _PLACE
_FOLDERS = ("core", "port", "boards")
_IMPORTED = re.compile(rf"^ *(?:from|import) ((?:{'|'.join(_FOLDERS)})(?:\.| import )\w+)", re.M)


def pack(slot: Path, sources: Mapping[str, str]) -> None:
    """Put into one file what `slot` has for a moment; what `sources` import plainly stays beside.

    That is in the pack too: until it is imported it may be asked for like all the others.
    """
    imported = {name for text in sources.values() for name in _IMPORTED.findall(text)}
    stay = {name.replace(" import ", ".") for name in imported}
    paths = {_name(slot, path): path for path in sorted(slot.rglob("*.mpy")) if path.parent != slot}
    paths = {name: path for name, path in paths.items() if name.split(".")[0] in _FOLDERS}
    content = packed({name: path.read_bytes() for name, path in paths.items()})
    (slot / PACK).write_bytes(content)
    for name, path in paths.items():
        if name not in stay:
            path.unlink()
    for folder in _FOLDERS:
        if (slot / folder).is_dir() and not any((slot / folder).iterdir()):
            (slot / folder).rmdir()


def _name(slot: Path, path: Path) -> str:
    return ".".join(path.relative_to(slot).with_suffix("").parts)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return the pack of these files; InputError for a name that is too long for it."""
    place = _ENTRY * (len(files) + 1)
    entries = b""
    for name, content in files.items():
        if len(name) > _NAME:
            raise InputError(f"expected names of at most {_NAME} characters, got {name}")
        entries += name.encode().ljust(_NAME, b"\0") + place.to_bytes(_PLACE, "little")
        place += len(content)
    return entries + bytes(_ENTRY) + b"".join(files.values())


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a pack."""
    places: list[tuple[str, int]] = []
    at = 0
    while content[at]:
        name = content[at : at + _NAME].rstrip(b"\0").decode()
        places.append((name, int.from_bytes(content[at + _NAME : at + _ENTRY], "little")))
        at += _ENTRY
    bounds = [place for _, place in places] + [len(content)]
    return {name: content[begin:end] for (name, begin), end in zip(places, bounds[1:], strict=True)}

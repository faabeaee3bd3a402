"""Fetch an image of the catalogue into user_data/firmware, and take it only when it is right.

Where the catalogue has no verified hash, the hash of the first download is kept, and what comes
later must be the same (decision 0044).
"""

import hashlib
import json
import os
import re
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from toolkit.model import catalogue, files, image, paths
from toolkit.model.catalogue import Entry
from toolkit.model.errors import EngineError, InputError
from toolkit.model.image import Image
from toolkit.model.progress import Progress, finished
from toolkit.transport.download import Bounds, download

_KNOWN = "hashes.json"
_STAGE = "download"


@dataclass(frozen=True)
class Source:
    """Where from, where to, and how patiently."""

    base: str
    folder: Path
    bounds: Bounds


def folder() -> Path:
    """Where fetched images lie, and where a person may put some."""
    return paths.user_data() / "firmware"


def source() -> Source:
    """MicroPython's downloads, or the mirror that MICROS_DOWNLOADS names, an InputError if none."""
    base = os.environ.get("MICROS_DOWNLOADS", "").rstrip("/") or catalogue.FILES
    if not re.match(r"https?://[^/]", base):
        raise InputError(f"MICROS_DOWNLOADS: expected http://… or https://…, got {base!r}")
    return Source(base, folder(), Bounds())


def torn(path: Path) -> str:
    """Why a file is not what was fetched under its name; empty where nothing speaks against it."""
    if path.resolve().parent != folder().resolve():
        return ""
    named = (it.sha256 for it in catalogue.entries() if it.file == path.name)
    expected = next(named, "") or _known(path.parent).get(path.name, "")
    if not expected or _digest(path) == expected:
        return ""
    return "is not what was downloaded: --firmware latest, or its version, fetches it again"


def fetch(entry: Entry, place: Source) -> Generator[Progress, None, Image]:
    """The image of an entry, from the folder if it is there already.

    EngineError when it is not to be had, InputError when what came is not what was expected.
    """
    target = place.folder / entry.file
    with files.only_writer(target):
        expected = entry.sha256 or _known(place.folder).get(entry.file, "")
        if target.exists():
            there = _there(target, expected)
            if there:
                yield finished(_STAGE, f"{target} is there already")
                return there
        part = target.with_name(f"{target.name}.part")
        resumed = part.exists()
        if resumed and not expected:  # nothing would tell a piece that a power cut has torn
            part.unlink()
        yield from _load(entry, place, part)
        if resumed and expected and _digest(part) != expected:
            part.unlink()  # what was there before was part of something else
            yield from _load(entry, place, part)
        found = _checked(entry, part, expected)
        if not expected:  # before it has its name: what bears that is held against its hash
            _remember(place.folder, entry.file, _digest(part))
        files.settle(part, target)
        yield finished(_STAGE, f"{target}, {_trust(entry, expected)}")
    return replace(found, path=target)


def _load(entry: Entry, place: Source, part: Path) -> Generator[Progress]:
    yield Progress(_STAGE, note=entry.file)
    bounds = replace(place.bounds, most=entry.size or place.bounds.most)
    try:
        yield from download(f"{place.base}/{entry.file}", part, bounds)
    except EngineError as error:
        raise EngineError(
            f"{error} (or download {entry.file} elsewhere, and name the file with --firmware)"
        ) from error


def _there(target: Path, expected: str) -> Image | None:
    """The file that lies there, unless it is another one: that is put aside."""
    if expected and _digest(target) != expected:
        files.move_aside(target)
        return None
    return image.read(target)


def _checked(entry: Entry, part: Path, expected: str) -> Image:
    """What came, if it is what was wanted; otherwise it is removed, with InputError."""
    try:
        if expected and _digest(part) != expected:
            what = "the catalogue's" if entry.sha256 else "that of the first download"
            raise InputError(
                f"what came as {entry.file} is not the file that is expected: its SHA-256 is "
                f"{_digest(part)[:12]}…, {what} is {expected[:12]}…; nothing was written"
            )
        found = replace(image.read(part), path=part.with_suffix(""))
        said = (found.build or entry.build, found.version or entry.version)
        if said != (entry.build, entry.version):
            raise InputError(f"what came as {entry.file} is {found.told}: nothing was written")
    except InputError:
        part.unlink(missing_ok=True)
        raise
    return found


def _trust(entry: Entry, expected: str) -> str:
    if entry.sha256:
        return "SHA-256 as in the catalogue"
    if expected:
        return "SHA-256 as at the first download"
    return "SHA-256 not in the catalogue: it is kept, and a later download must be the same"


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _known(place: Path) -> dict[str, str]:
    """The hashes of first downloads, by file name; InputError when they cannot be read."""
    path = place / _KNOWN
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return {str(k): str(v) for k, v in cast(dict[str, str], found).items()}
    except (OSError, ValueError):
        pass
    raise InputError(
        f"{path} holds the hashes of first downloads and cannot be read: mend or remove it"
    )


def _remember(place: Path, name: str, digest: str) -> None:
    path = place / _KNOWN
    with files.only_writer(path):
        known = {**_known(place), name: digest}
        files.replace(path, json.dumps(known, indent=1, sort_keys=True) + "\n")

"""A release: its number, what it promises, and the files it is made of on a board."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from toolkit.model import paths

MPY_VERSION = 6  # bytecode that MicroPython 1.19 and later load
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Identity:
    """The numbers of the release in this repository (`release_info/release.json`).

    `schema` numbers the form of the settings file, `api` what load modules may rely on.
    """

    release: tuple[int, ...]
    schema: int
    api: int


@dataclass(frozen=True)
class BuiltFile:
    """One file of a slot: name there, place on the desk, size in bytes, SHA-256 in hex."""

    name: str
    source: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Build:
    """A release compiled for one board: the files of its slot, and the manifest that names them."""

    folder: Path
    identity: Identity
    family: str
    board: str
    files: tuple[BuiltFile, ...]

    @property
    def manifest(self) -> bytes:
        """`manifest.json`: what the board compares itself with."""
        return _compact(
            {
                "release": list(self.identity.release),
                "schema": self.identity.schema,
                "api": self.identity.api,
                "family": self.family,
                "board": self.board,
                "mpy": MPY_VERSION,
                "files": [[file.name, file.size, file.sha256] for file in self.files],
            }
        )

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@cache
def identity() -> Identity:
    """The release of this repository."""
    facts = json.loads((paths.repository() / "release_info" / "release.json").read_text("utf-8"))
    return Identity(tuple(facts["release"]), facts["schema"], facts["api"])


def shown(release: Sequence[int]) -> str:
    """As `version` prints it: `0.1.0-0`."""
    *front, last = release
    return ".".join(map(str, front)) + f"-{last}"


def boot_record(seq: int, run: str, back: Sequence[int] = ()) -> bytes:
    """A boot record that starts slot `run`: 8 hex digits of CRC-32, then JSON.

    At most 120 bytes: above 128, LittleFS spends an erase and a block on every write.
    """
    from zlib import crc32

    text = _compact(
        {
            "seq": seq,
            "run": run,
            "trial": None,
            "tries": 0,
            "failed": None,
            "back": list(back),
            "auto": 0,
            "wdt": 0,
        }
    )
    return b"%08x" % crc32(text) + text


def read_manifest(content: bytes | None) -> dict[str, Any] | None:
    """What a slot says it holds, None when it says nothing readable."""
    try:
        found: object = json.loads(content or b"")
    except ValueError:
        return None
    said = cast(dict[str, Any], found) if isinstance(found, dict) else {}
    return said if "release" in said else None


def read_record(content: bytes | None) -> dict[str, Any] | None:
    """The boot record in a file's bytes, None unless its checksum is right."""
    from zlib import crc32

    if not content:
        return None
    try:
        right = int(content[:8], 16) == crc32(content[8:])
        return json.loads(content[8:]) if right else None
    except ValueError:
        return None


def _compact(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()

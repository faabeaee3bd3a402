"""Which of MicroPython's downloads is for which board: the table in toolkit/firmware.json."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from toolkit.model.boards import BOARDS
from toolkit.model.chip import NO_PSRAM, Chip
from toolkit.model.errors import InputError

LATEST = "latest"
PAGE = "https://micropython.org/download"  # where a person finds them
FILES = "https://micropython.org/resources/firmware"  # where the files themselves lie
_TABLE = Path(__file__).resolve().parent.parent / "firmware.json"
_VERSION = re.compile(r"v?(\d+\.\d+\.\d+)")
_OCTAL = ("8MB", "16MB")  # an S3 with as much in its package has it on eight lines
_BUILDS = {  # as the download page names them
    "esp32": "ESP32_GENERIC",
    "esp32c3": "ESP32_GENERIC_C3",
    "esp32c6": "ESP32_GENERIC_C6",
    "esp32s2": "ESP32_GENERIC_S2",
    "esp32s3": "ESP32_GENERIC_S3",
    "esp8266": "ESP8266_GENERIC",
    "pico_w": "RPI_PICO_W",
    "tinypico": "UM_TINYPICO",
}


@dataclass(frozen=True)
class Entry:
    """One download: its size in bytes and its SHA-256, as far as they have been verified."""

    build: str
    version: str
    file: str
    size: int = 0
    sha256: str = ""

    @property
    def told(self) -> str:
        """For people: what it is, and how large."""
        size = f" ({self.size / 1e6:.1f} MB)" if self.size else ""
        return f"MicroPython {self.version} for {self.build}{size}"


def listed(sha256: str) -> Entry | None:
    """The entry whose file has that SHA-256."""
    return next((it for it in entries() if it.sha256 == sha256), None)


def wanted(text: str) -> bool:
    """Whether the word of --firmware means a download: `latest`, or a version."""
    return text == LATEST or bool(_VERSION.fullmatch(text))


@cache
def entries(table: Path = _TABLE) -> tuple[Entry, ...]:
    """All that the table lists; InputError where somebody has changed it to what is none."""
    try:
        rows = cast(list[dict[str, Any]], json.loads(table.read_text(encoding="utf-8")))
        return tuple(Entry(**row) for row in rows)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"{table} is no list of firmware any more ({error}): put it back as it came, or name "
            "a file with --firmware"
        ) from error


def builds(chip: Chip, board: str | None = None) -> Sequence[str]:
    """MicroPython's names for what runs on a board, the best one first."""
    own = [_BUILDS[board]] if board in _BUILDS and BOARDS.get(board) == chip.family else []
    generic = _BUILDS.get(chip.family, "")
    better: list[str] = []
    if chip.family == "esp32s3" and chip.psram in _OCTAL:
        better = [f"{generic}-SPIRAM_OCT"]
    elif chip.family == "esp32" and chip.psram not in ("", NO_PSRAM):
        better = [f"{generic}-SPIRAM"]
    own = [it for it in own if it != generic]
    return [*own, *better, generic]


def entry(word: str, chip: Chip, board: str | None = None) -> Entry:
    """What `latest` or a version means for a board; InputError when the table has none."""
    match = _VERSION.fullmatch(word)
    for build in builds(chip, board):
        found = [it for it in entries() if it.build == build]
        if match:
            found = [it for it in found if it.version == match[1]]
        if found:
            return max(found, key=lambda it: [int(part) for part in it.version.split(".")])
    known = sorted({it.version for it in entries() if it.build in builds(chip, board)})
    raise InputError(_unknown(word, chip.family, known))


def check(word: str, family: str = "", board: str | None = None) -> None:
    """InputError for a version that the table has not: for any board, or for one that is known."""
    match = _VERSION.fullmatch(word)
    generic = _BUILDS.get(BOARDS.get(board or "", family), "")
    mine = [_BUILDS[board]] if board in _BUILDS else []
    versions = sorted(
        {
            it.version
            for it in entries()
            if it.build in (*mine, generic) or it.build.startswith(f"{generic}-") or not generic
        }
    )
    if match and match[1] not in versions:
        raise InputError(_unknown(word, family, versions))


def _unknown(word: str, family: str, versions: Sequence[str]) -> str:
    whom = f" for {family}" if family else ""
    return (
        f"--firmware {word}: expected a MicroPython that the toolkit knows{whom} "
        f"({', '.join(versions) or 'none'}); download another one from {PAGE} and name the file"
    )


def advice(chip: Chip, board: str | None = None) -> str:
    """How to come by an image, for the end of a sentence."""
    build = builds(chip, board)[0]
    return (
        f"--firmware {LATEST} fetches one from micropython.org; or download {build} from "
        f"{PAGE}/{build.partition('-')[0]} and name the file with --firmware"
    )

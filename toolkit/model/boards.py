"""The boards that a release is made for: each has a chip, and a map of its pins in micros/boards.

A board of one's own: its map as a file there, and its line here.
"""

from collections.abc import Mapping
from pathlib import Path

from toolkit.model import paths

CHIPS: Mapping[str, str] = {  # and which files of micros/port each runs with
    "esp32": "esp32",
    "esp32c3": "esp32",
    "esp32c6": "esp32",
    "esp32s2": "esp32",
    "esp32s3": "esp32",
    "esp8266": "esp8266",
    "pico_w": "rp2",
}
_BOARDS: Mapping[str, str] = {  # those that are not named as their chip
    "qtpy_s2": "esp32s2",
    "qtpy_s3": "esp32s3",
    "tinypico": "esp32",
}
BOARDS: Mapping[str, str] = {**{chip: chip for chip in CHIPS}, **_BOARDS}  # and their chips
FAMILIES: Mapping[str, str] = {board: CHIPS[chip] for board, chip in BOARDS.items()}


def maps(folder: Path | None = None) -> list[str]:
    """The boards whose pins are known, those of one's own as well."""
    folder = folder or paths.repository() / "micros" / "boards"
    return sorted(path.stem for path in folder.glob("*.py"))

"""What lies in the folders of virtual boards: how each was last started, its place in the block."""

import json
from pathlib import Path
from typing import Any

from toolkit.virtual.addresses import FIRST_NUMBER, LAST_NUMBER
from toolkit.virtual.chips import CHIPS

CONFIG = "board.json"
PLACES = range(FIRST_NUMBER, LAST_NUMBER + 1)
_LASTING = ("mean", "clock", "speed", "heap", "rfc2217", "baud")  # unless a start says otherwise


def kept(path: Path) -> dict[str, Any]:
    """How a board was last started; nothing when that cannot be read."""
    try:
        kept = json.loads(path.read_text())
        return {key: kept[key] for key in _LASTING}
    except (ValueError, KeyError, TypeError, OSError):
        return {}


def chip(home: Path, name: str) -> str | None:
    """The chip of a board that was started once; None where there is none, or it is damaged."""
    path = home / name / CONFIG
    return json.loads(path.read_text())["chip"] if _place(path) else None


def numbers(home: Path) -> dict[Path, int]:
    """The places that boards have in the block, by their configuration's path."""
    return {path: number for path in home.glob(f"*/{CONFIG}") if (number := _place(path))}


def damaged(home: Path) -> list[Path]:
    """The configurations that cannot be read; the board's next start makes its own anew."""
    return sorted(set(home.glob(f"*/{CONFIG}")) - set(numbers(home)))


def _place(path: Path) -> int | None:
    """The place of a board in the block, None where its configuration does not tell."""
    try:
        kept = json.loads(path.read_text())
        number = int(kept["number"])
        return number if kept["chip"] in CHIPS and number in PLACES else None
    except (ValueError, KeyError, TypeError, OSError):
        return None

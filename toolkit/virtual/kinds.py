"""Which chip a virtual board has, or would have: by what it is, by its name, by --board."""

from collections.abc import Callable, Collection
from pathlib import Path

from toolkit.model import which_board
from toolkit.model.boards import BOARDS
from toolkit.model.errors import InputError
from toolkit.virtual import configurations, fleet
from toolkit.virtual.chips import CHIPS


def name(given: str, board: str | None) -> str:
    """The virtual board that is meant: the one that is named, else the first of its kind."""
    return given or f"{board or 'esp32'}-1"


def chip(home: Path, name: str, board: str | None) -> str:
    """The chip of the virtual board of that name, which is asked for nothing.

    `board` is what --board says. InputError where it can have none, or is said to be two things.
    """
    said = _said(name)
    found = configurations.chip(home, name) or BOARDS.get(said or board or "")
    if found in BOARDS and found not in CHIPS:
        there = ", ".join(CHIPS)
        raise InputError(
            f"there is no virtual {found} yet, only {there}: --board with one of these"
        )
    if found is None or found not in CHIPS:
        raise InputError(unknown(home, name))
    which_board.chip(board, found)
    if said and board in BOARDS and board != said:
        raise InputError(
            f"--board says {board}, and the virtual board {name} is of the kind {said}: leave "
            f"--board out, or name the board {board}-1"
        )
    fleet.check_name(name)
    return found


def board(name: str) -> str | None:
    """The board whose pins it has, where its name says another one than its chip."""
    said = _said(name)
    return said if said and said not in CHIPS else None


def known(home: Path, name: str, board: str | None, names: Callable[[], Collection[str]]) -> str:
    """The name, if no other board is said and it is one of `names`; else InputError."""
    if board:
        chip(home, name, board)
    if name not in names():
        raise InputError(unknown(home, name))
    return name


def unknown(home: Path, name: str) -> str:
    """The sentence for a virtual board that does not exist."""
    there = ", ".join(fleet.names(home)) or "none yet"
    return f"there is no virtual board {name!r} (known: {there}); new ones are named like esp32-1"


def _said(name: str) -> str:
    """The board that a name begins with; empty where it says none."""
    before = name.rpartition("-")[0]
    return before if before in BOARDS else ""

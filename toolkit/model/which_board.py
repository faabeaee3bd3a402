"""Which board it is: as the caller names it, as its chip says, as the node on it was made for."""

from toolkit.model.backup import Backup
from toolkit.model.boards import BOARDS, maps
from toolkit.model.errors import InputError


def chip(named: str | None, found: str) -> str:
    """The chip that was found; InputError where the board that is named has another."""
    wanted = BOARDS.get(named or found, found)  # a map of one's own may say nothing of a chip
    if wanted != found:
        said = named if named == wanted else f"{named}, which has the chip {wanted}"
        raise InputError(f"--board says {said}, and the chip is {found}")
    return found


def made_for(named: str | None, family: str, before: Backup | None) -> str:
    """The board whose pins the node has: the one that is named, else the one it was made for."""
    was = before.board if before else ""
    known = BOARDS.get(was) == family or (was not in BOARDS and was in maps())
    return named or (was if known else family)

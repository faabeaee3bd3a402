"""What somebody wants of a board, read and checked before any is touched."""

from dataclasses import dataclass

from toolkit.operations.answers import Wish
from toolkit.operations.restore import Wanted


@dataclass(frozen=True)
class Order:
    """What is wished of the node, and of which board.

    `board` is what it is said to be, `source` a backup that it is to become, `virtual` whether its
    air is that of the virtual boards; `force`: also where what is on it cannot be read.
    """

    wish: Wish
    board: str | None
    source: Wanted | None = None
    force: bool = False
    virtual: bool = False

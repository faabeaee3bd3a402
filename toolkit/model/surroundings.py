"""What the menu knows at a moment: boards on cables, virtual ones, nodes in the network; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.model.found import system
from toolkit.model.node import Node
from toolkit.model.select import numbers_of
from toolkit.model.text import sentence

Row = tuple[str, str, str]  # what, where, how it is


@dataclass(frozen=True)
class Board:
    """A board at hand: `name` is its serial port, or the name of a virtual one.

    `uid` is empty where it is not known: to learn it a board would have to be stopped. `fresh`:
    it was plugged in while somebody looked.
    """

    name: str
    what: str
    uid: str = ""
    virtual: bool = False
    running: bool = True
    fresh: bool = False
    address: str = ""  # of a virtual one
    problem: str = ""  # why it cannot be used


@dataclass(frozen=True)
class Seen:
    """A known node; `online` is None until it was asked."""

    node: Node
    online: bool | None = None
    version: str = ""
    note: str = ""

    @property
    def ours(self) -> bool:
        """Whether it takes our updates."""
        return system(self.node.uid) == "ours"


@dataclass(frozen=True)
class Surroundings:
    """All of it; `looking` says that the search still runs. `release` is the one of this toolkit.

    `boards` is None until somebody has looked; `problem` is why no more can be told.
    """

    boards: tuple[Board, ...] | None = None
    nodes: tuple[Seen, ...] = ()
    looking: bool = False
    release: str = ""
    problem: str = ""

    @property
    def at_hand(self) -> tuple[Board, ...]:
        """The boards, none where nobody has looked yet."""
        return self.boards or ()

    def older(self, seen: Seen) -> bool:
        """Whether a node has a release before this one, and can be given it."""
        had = numbers_of(seen.version)
        return seen.ours and bool(had) and had < numbers_of(self.release)

    def node_on(self, board: Board) -> Seen | None:
        """The known node that this board is."""
        return next((it for it in self.nodes if board.uid and it.node.uid == board.uid), None)

    def called(self, node: Node) -> str:
        """What a node is named with: its name, or its uid where several have that name."""
        alike = sum(it.node.name == node.name for it in self.nodes)
        return node.name if alike == 1 else node.uid

    def with_boards(self, boards: Sequence[Board]) -> "Surroundings":
        """With the boards there are now; those that were not there before are fresh."""
        before = {it.name: it for it in self.at_hand}

        def marked(board: Board) -> Board:
            known = before.get(board.name)
            return replace(board, fresh=known.fresh if known else self.boards is not None)

        return replace(self, boards=tuple(map(marked, boards)))

    def with_nodes(self, nodes: Sequence[Node]) -> "Surroundings":
        """With these known nodes; of one that was asked before, what it told stays."""
        told = {it.node.uid: it for it in self.nodes}
        seen = [replace(told.get(node.uid, Seen(node)), node=node) for node in nodes]
        return replace(self, nodes=tuple(seen))

    def with_told(self, told: Seen) -> "Surroundings":
        """With what a node has told, where it is known still."""
        nodes = [told if it.node == told.node else it for it in self.nodes]
        return replace(self, nodes=tuple(nodes))

    def board_rows(self) -> list[Row]:
        """The boards as a person reads them."""
        return [(it.name, it.what, self._on(it)) for it in self.at_hand]

    def _on(self, board: Board) -> str:
        if board.problem:
            return board.problem
        seen = self.node_on(board)
        if board.virtual and not board.running:
            return f"off; {seen.node.name}" if seen else "off"
        if seen:
            return seen.node.name
        return "blank" if board.virtual else "not known yet what is on it"

    def node_rows(self) -> list[Row]:
        """The nodes as a person reads them; who needs something comes first."""
        return [(it.node.name, it.node.endpoint, self._how(it)) for it in self._sorted()]

    def _sorted(self) -> list[Seen]:
        return sorted(self.nodes, key=lambda it: (it.online is False, not it.note, it.node.name))

    def _how(self, seen: Seen) -> str:
        kind = "" if seen.ours else ", micrOS"
        if seen.online is None:
            return f"…{kind}"
        if not seen.online:
            return f"off, or not reached{kind}"
        old = f", older than {self.release} here" if self.older(seen) else ""
        told = f": {sentence(seen.note)}" if seen.note else ""
        return "on" + (f", {seen.version}" if seen.version else "") + old + kind + told

    def summary(self) -> str:
        """In one line: how many there are of what."""
        boards = "boards …" if self.boards is None else _count(len(self.boards), "board")
        online = sum(it.online is True for it in self.nodes)
        nodes = _count(len(self.nodes), "node")
        asked = any(it.online is not None for it in self.nodes)
        on = f" ({online} on)" if asked else ""
        return f"{boards}, {nodes}{on}" + (", searching …" if self.looking else "")


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"

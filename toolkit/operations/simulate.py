"""Make nodes of blank virtual boards: the first from nothing, the others with its flash."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, TypeVar

from toolkit.model import paths
from toolkit.model.chip import Chip
from toolkit.model.errors import PortError
from toolkit.model.progress import Progress, finished
from toolkit.operations import at_work, make
from toolkit.operations.answers import Asking, answers
from toolkit.operations.order import Order
from toolkit.operations.prepare import Prepared
from toolkit.transport import holding


class Board(Protocol):
    """What is known of a virtual board: its chip, and by which port it is reached."""

    @property
    def name(self) -> str: ...
    @property
    def chip(self) -> str: ...
    @property
    def port(self) -> str: ...
    @property
    def mac(self) -> str: ...


B = TypeVar("B", bound=Board)
_B = TypeVar("_B", bound=Board, contravariant=True)


class Bench(Protocol[_B]):
    """Where virtual boards stand, and what can be done to one from outside."""

    def is_blank(self, board: _B, /) -> bool: ...
    def wipe(self, board: _B, /) -> None: ...
    def copy(self, source: _B, board: _B, /) -> None: ...
    def end(self, board: _B, /) -> int: ...
    def start_anew(self, board: _B, /) -> None: ...


Firmware = Callable[[str], Path]  # what a chip is flashed with


def nodes(
    bench: Bench[B], boards: Sequence[B], order: Order, asking: Asking, firmware: Firmware
) -> Generator[Progress, None, dict[str, int]]:
    """Make nodes of those that are blank; behind which byte each prints what it does as a node.

    A board of which none is made, whatever the reason, is blank again; one that another toolkit
    has is left to it.
    """
    made: list[B] = []
    for board in boards:
        if bench.is_blank(board):
            source = made[0] if made else None
            done = yield from _node(bench, board, source, order, asking, firmware)
            made += [board] if done else []
    after: dict[str, int] = {}
    for board in made:
        after[board.name] = bench.end(board)
        bench.start_anew(board)  # what it prints at its start is seen
    return after


def _node(
    bench: Bench[B],
    board: B,
    source: B | None,
    order: Order,
    asking: Asking,
    firmware: Firmware,
) -> Generator[Progress, None, bool]:
    """Make a node of a blank board, with the flash of `source` if there is one; False: it is not
    ours to be made."""
    with ExitStack() as held, ExitStack() as unless_done:
        try:
            held.enter_context(holding.alone(board.port, paths.user_data() / at_work.FOLDER))
        except PortError as error:
            yield finished(board.name, str(error))
            return False
        if not bench.is_blank(board):  # another toolkit has just been there
            return False
        found = _found(board)
        unless_done.callback(bench.wipe, board)
        pins = order.board or board.chip
        told = answers(order.wish, found, pins, asking, virtual=order.virtual)
        if source is None:
            image = firmware(board.chip)
            yield from make.make(board.port, board.chip, image, told, pins)
        else:
            bench.copy(source, board)
            made = _made(make.install(board.port, board.chip, told, pins))
            yield finished(board.name, f"{made.node.name} at {made.node.endpoint}")
        unless_done.pop_all()
    return True


def _found(board: Board) -> Prepared:
    mac = ":".join(board.mac[index : index + 2] for index in range(0, 12, 2))
    return Prepared(Chip(board.chip, mac, ""), {}, {})


def _made(work: Generator[Progress, None, make.Made]) -> make.Made:
    """What comes of it, without its steps: they are those of the board before."""
    try:
        while True:
            next(work)
    except StopIteration as end:
        return end.value

"""Why a node is not there, where it lives on a virtual board here; pure."""

from collections.abc import Sequence
from dataclasses import replace

from toolkit.model import paths
from toolkit.model.node import Node
from toolkit.model.node_status import Row
from toolkit.model.outcome import Outcome, Verdict
from toolkit.model.surroundings import Board


def on_virtual(wanted: str | None, nodes: Sequence[Node], boards: Sequence[Board]) -> str:
    """What to do about a node or a virtual board of that name; empty: nothing that we know of.

    Without a name the only node is meant.
    """
    for node in nodes:
        if wanted in _names(node) or (wanted is None and len(nodes) == 1):
            off = on_board_off(node.uid, boards)
            if off:
                return f"{node.name} is {off}"
    board = next((it for it in boards if it.name == wanted), None)
    if board is None or any(wanted in _names(node) for node in nodes):
        return ""
    on_it = next((node for node in nodes if node.uid == board.uid), None)
    if on_it is None:
        make = f"{paths.command()} --make --virtual {board.name}"
        return f"{board.name} is a virtual board without a node: {make} puts one on it"
    off = "" if board.running else f", and it is off; {_start(board)}"
    return f"{board.name} is a virtual board, the node on it is called {on_it.name}{off}"


def on_board_off(uid: str, boards: Sequence[Board]) -> str:
    """Where the node of that uid is, if its virtual board is off; empty in other cases."""
    off = next((it for it in boards if it.uid == uid and not it.running), None)
    return f"on the virtual board {off.name}, which is off; {_start(off)}" if off else ""


def located(outcome: Outcome, boards: Sequence[Board]) -> Outcome:
    """What became of a node, with how to start the virtual board that is off, if that is why."""
    lost = outcome.verdict == Verdict.UNREACHABLE
    off = on_board_off(outcome.node.uid, boards) if lost else ""
    return replace(outcome, note=off) if off else outcome


def noted(rows: Sequence[Row], boards: Sequence[Board]) -> list[Row]:
    """Rows of nodes, each that is on a virtual board which is off with how to start it."""
    off = {row.node.uid: on_board_off(row.node.uid, boards) for row in rows if not row.online}
    return [replace(row, note=off.get(row.node.uid) or row.note) for row in rows]


def _names(node: Node) -> tuple[str, ...]:
    return node.name, node.uid, node.address, node.endpoint, f"{node.name}.local"


def _start(board: Board) -> str:
    return f"{paths.command()} --virtual {board.name} starts it"

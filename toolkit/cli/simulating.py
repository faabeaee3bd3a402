"""The option --simulate: virtual nodes in the foreground, with what they print, until Ctrl-C."""

import argparse
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit.cli import images, network, questions, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths, pipes
from toolkit.model.errors import UsageError
from toolkit.model.node import Node
from toolkit.operations import simulate
from toolkit.operations.order import Order

if TYPE_CHECKING:  # what only a Unix has is imported where it is needed
    from toolkit.virtual.fleet import Held
    from toolkit.virtual.simulation import Watch


def _names(options: argparse.Namespace) -> list[str]:
    from toolkit.virtual import simulation

    names = simulation.names(options.simulate, options.board or "esp32")
    if len(names) > 1 and any(it.startswith("devfid=") for it in options.set):
        raise UsageError("--set devfid=… is for one node: each of several has a name of its own")
    return names


def _steps(options: argparse.Namespace) -> list[str]:
    names = _names(options)
    _kind(options, names)
    _order(options, names)
    shown = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    return [
        f"start {shown}, and make a node of each that is blank",
        "show what is printed, until Ctrl-C",
        "stop what was started",
    ]


def _kind(options: argparse.Namespace, names: Sequence[str]) -> str:
    """The chip that all of them have."""
    found = [target.virtual_kind(options, name) for name in names]
    return found[0]


def _order(options: argparse.Namespace, names: Sequence[str]) -> Order:
    """What is said of them; nobody is asked for the rest."""
    from toolkit.virtual import kinds

    board = options.board or kinds.board(names[0])
    wish = questions.wish(options, board or _kind(options, names))
    return Order(replace(wish, ask=False), board, virtual=True)


def _simulate(options: argparse.Namespace) -> int:
    from toolkit.virtual import fleet, simulation

    names = _names(options)
    kind = _kind(options, names)
    simulation.check_room(len(names), paths.virtual_home())
    order, asking = _order(options, names), questions.asking()
    engine = target.virtual_engine(names[0] if len(names) == 1 else f"{len(names)} virtual boards")
    held = None
    try:
        with fleet.hold(paths.virtual_home(), engine, names, kind) as held:
            after: dict[str, int | None] = dict.fromkeys(held.fresh, 0)
            making = simulate.nodes(simulation, held.boards, order, asking, images.virtual_firmware)
            made = ui.follow(making)
            after |= made
            others = ", ".join(name for name in names if name not in made)
            if others and (options.set or options.profile):
                ui.note(
                    f"not used for {others}, as they are no blank boards: --set and --profile are "
                    "for new nodes"
                )
            _introduce(held, made)
            with simulation.Watch(held.boards, after) as watch, pipes.ended_when_unread():
                _follow(watch, names)
    except KeyboardInterrupt:
        ui.note("")
    if held and held.stopped:
        ui.note(f"stopped: {', '.join(held.stopped)}")
    return 0


def _follow(watch: "Watch", names: Sequence[str]) -> None:
    width = max(map(len, names))
    for line in watch.lines():
        if line.ours:
            ui.note(f"{line.board}: {line.text}")
        elif len(names) == 1:
            ui.say(line.text)
        else:
            ui.tagged(f"{line.board:<{width}} |", names.index(line.board), line.text)


def _introduce(held: "Held", made: Collection[str]) -> None:
    """Tell who is who, and how to talk to them."""
    nodes = {node.uid: node for node in network.cache().nodes()}
    for board in held.boards:
        known: Node | None = nodes.get(board.mac)
        name = known.name if known else "no node that was made here"
        ran = "; it ran before, and goes on afterwards"
        before = "" if board.name in held.fresh else ran
        if before and board.name not in made:
            before += "; what it printed last comes first"
        ui.note(f"{board.name}: {name} at {board.address}{before}")
    first = next((nodes[board.mac].name for board in held.boards if board.mac in nodes), "<name>")
    command = f"{paths.command()} -c -p '--dev {first} status'"
    ui.note(f"in a second terminal: {command}; Ctrl-C here ends this")


SIMULATE = Command(_steps, _simulate)

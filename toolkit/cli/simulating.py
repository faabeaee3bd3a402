"""The option --simulate: virtual nodes in the foreground, with what they print, until Ctrl-C."""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit.cli import images, network, questions, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths
from toolkit.model.chip import Chip
from toolkit.model.errors import UsageError
from toolkit.model.node import Node
from toolkit.operations import make
from toolkit.operations.prepare import Prepared
from toolkit.transport import holding

if TYPE_CHECKING:  # what only a Unix has is imported where it is needed
    from toolkit.virtual.fleet import Held, VirtualBoard
    from toolkit.virtual.simulation import Watch


def _names(options: argparse.Namespace) -> list[str]:
    from toolkit.virtual import simulation

    chip = target.BOARDS.get(options.board, options.board or "esp32")
    names = simulation.names(options.simulate, chip)
    if len(names) > 1 and any(it.startswith("devfid=") for it in options.set):
        raise UsageError("--set devfid=… is for one node: each of several has a name of its own")
    return names


def _steps(options: argparse.Namespace) -> list[str]:
    names = _names(options)
    there = target.virtual_names()
    for name in names:
        if name not in there:
            target.virtual_kind(options, name)
    shown = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    return [
        f"start {shown}, and make a node of each that is blank",
        "show what is printed, until Ctrl-C",
        "stop what was started",
    ]


def _simulate(options: argparse.Namespace) -> int:
    from toolkit.virtual import fleet, simulation

    names = _names(options)
    kind = target.virtual_kind(options, names[0])
    simulation.check_room(len(names), paths.virtual_home())
    wanted = replace(questions.wish(options), ask=False)
    engine = target.virtual_engine(names[0] if len(names) == 1 else f"{len(names)} virtual boards")
    held = None
    try:
        with fleet.hold(paths.virtual_home(), engine, names, kind) as held:
            after: dict[str, int | None] = dict.fromkeys(held.fresh, 0)
            after |= _nodes(options, [one for one in held.boards if one.name in held.fresh], wanted)
            _introduce(held)
            with simulation.Watch(held.boards, after) as watch:
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


def _nodes(
    options: argparse.Namespace, boards: "Sequence[VirtualBoard]", wanted: questions.Wish
) -> dict[str, int | None]:
    """Make nodes of blank boards; where what each prints begins after that."""
    from toolkit.virtual import fleet, simulation

    blank = [board for board in boards if simulation.is_blank(board)]
    source: VirtualBoard | None = None
    for board in blank:
        with holding.alone(board.port, paths.user_data() / "ports"), ExitStack() as unless_done:
            unless_done.callback(simulation.wipe, board)
            _node(options, board, wanted, source)
            unless_done.pop_all()
        source = source or board
    after: dict[str, int | None] = {}
    for board in blank:
        after[board.name] = simulation.end(board)
        fleet.power_cycle(paths.virtual_home(), board.name)  # what it prints at its start is seen
    return after


def _node(
    options: argparse.Namespace,
    board: "VirtualBoard",
    wanted: questions.Wish,
    source: "VirtualBoard | None",
) -> None:
    """Make a node of a board: with the flash of one that has just been made, or from nothing."""
    from toolkit.virtual import simulation

    mac = ":".join(board.mac[index : index + 2] for index in range(0, 12, 2))
    found = Prepared(Chip(board.chip, mac, ""), {}, {})
    answers = questions.answers(wanted, found, options.board or board.chip, virtual=True)
    if source:
        simulation.copy(source, board)
        work = make.install(board.port, board.chip, answers, options.board)
        made = ui.silently(work)
        ui.note(f"  {board.name} is made: {made.node.name} at {made.node.endpoint}")
        return
    image = images.chosen(options, target.Target(board.port, board), found.chip)
    ui.follow(make.make(board.port, board.chip, image, answers, options.board))


def _introduce(held: "Held") -> None:
    """Tell who is who, and how to talk to them."""
    nodes = {node.uid: node for node in network.cache().nodes()}
    for board in held.boards:
        known: Node | None = nodes.get(board.mac)
        name = known.name if known else "no node that was made here"
        before = "" if board.name in held.fresh else "; it ran before, and goes on afterwards"
        ui.note(f"{board.name}: {name} at {board.address}{before}")
    first = next((nodes[board.mac].name for board in held.boards if board.mac in nodes), "<name>")
    command = f"{paths.command()} -c -p '--dev {first} status'"
    ui.note(f"in a second terminal: {command}; Ctrl-C here ends this")


SIMULATE = Command(_steps, _simulate)

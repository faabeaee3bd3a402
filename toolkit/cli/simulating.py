"""The option --simulate: virtual nodes in the foreground, with what they print, until Ctrl-C."""

import argparse
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli import images, network, questions, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths, pipes
from toolkit.model.chip import Chip
from toolkit.model.errors import UsageError
from toolkit.model.node import Node
from toolkit.model.progress import Progress
from toolkit.operations import simulate
from toolkit.operations.make import Answers
from toolkit.operations.prepare import Prepared

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
            fresh = [one for one in held.boards if one.name in held.fresh]
            made = ui.follow(_made(options, fresh, wanted))
            after |= made
            others = ", ".join(name for name in names if name not in made)
            if others and (options.set or options.profile):
                ui.note(
                    f"not used for {others}, made before: --set and --profile are for new nodes"
                )
            _introduce(held)
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


def _made(
    options: argparse.Namespace, boards: "Sequence[VirtualBoard]", wanted: questions.Wish
) -> Generator[Progress, None, dict[str, int]]:
    from toolkit.virtual import simulation

    def answers(found: Prepared, pins: str) -> Answers:
        return questions.answers(wanted, found, pins, virtual=True)

    def image(board: "VirtualBoard", chip: Chip) -> Path:
        return images.chosen(options, target.Target(board.port, board), chip)

    return simulate.nodes(simulation, boards, options.board, answers, image)


def _introduce(held: "Held") -> None:
    """Tell who is who, and how to talk to them."""
    nodes = {node.uid: node for node in network.cache().nodes()}
    for board in held.boards:
        known: Node | None = nodes.get(board.mac)
        name = known.name if known else "no node that was made here"
        ran = "; it ran before, and goes on afterwards; what it printed last comes first"
        before = "" if board.name in held.fresh else ran
        ui.note(f"{board.name}: {name} at {board.address}{before}")
    first = next((nodes[board.mac].name for board in held.boards if board.mac in nodes), "<name>")
    command = f"{paths.command()} -c -p '--dev {first} status'"
    ui.note(f"in a second terminal: {command}; Ctrl-C here ends this")


SIMULATE = Command(_steps, _simulate)

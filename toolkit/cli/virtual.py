"""The options about virtual boards: started, listed, stopped, without power for a moment."""

import argparse
from collections.abc import Callable, Collection

from toolkit.cli import target, ui
from toolkit.cli.command import Command
from toolkit.model import paths
from toolkit.model.errors import InputError


def _known(options: argparse.Namespace, names: Callable[[], Collection[str]]) -> str:
    """The board that is meant, which must be one of these."""
    from toolkit.virtual import kinds

    return kinds.known(paths.virtual_home(), target.virtual_name(options), options.board, names)


def _there() -> list[str]:
    return [board.name for board in target.virtual_boards()]


def _number(options: argparse.Namespace) -> Command | None:
    """What `--virtual 5` alone means: no board has a number for a name."""
    if not (options.virtual or "").isdecimal():
        return None
    from toolkit.cli.simulating import SIMULATE

    options.simulate, options.virtual = options.virtual, None
    return SIMULATE


def _start_steps(options: argparse.Namespace) -> list[str]:
    number = _number(options)
    return list(number.steps(options) if number else target.steps(options))


def _start(options: argparse.Namespace) -> int:
    number = _number(options)
    if number:
        return number.run(options)
    board = target.start_virtual(options)
    if options.json:
        ui.as_json(target.facts(board))
        return 0
    ui.say(f"{board.name} is running: port {board.port}, address {board.address}")
    return 0


def _list_steps(options: argparse.Namespace) -> list[str]:
    if options.virtual:
        return [f"tell of {_known(options, target.virtual_names)}"]
    return ["list the virtual boards"]


def _list(options: argparse.Namespace) -> int:
    found = target.virtual_boards()
    if options.virtual:
        name = _known(options, lambda: [board.name for board in found])
        found = [board for board in found if board.name == name]
    if options.json:
        ui.as_json([target.facts(board) for board in found])
        return 0
    rows = [
        (board.name, board.chip, "running" if board.running else "off", board.address, board.port)
        for board in found
    ]
    ui.table(rows, ["name", "chip", "state", "address", "port"])
    return 0


def _stop_steps(options: argparse.Namespace) -> list[str]:
    if options.virtual:
        return [f"stop the virtual board {_known(options, target.virtual_names)}"]
    return [f"stop those that run of: {', '.join(target.virtual_names()) or 'none yet'}"]


def _stop(options: argparse.Namespace) -> int:
    from toolkit.virtual import fleet

    names = [_known(options, _there)] if options.virtual else None
    stopped = fleet.stop(paths.virtual_home(), names)
    if options.json:
        ui.as_json({"stopped": stopped})
    elif stopped:
        ui.say(f"stopped: {', '.join(stopped)}")
    elif names:
        ui.say(f"{names[0]} was not running")
    else:
        there = ", ".join(board.name for board in target.virtual_boards()) or "none yet"
        ui.say(f"no virtual board was running (there are: {there})")
    return 0


def _power_cycle_steps(options: argparse.Namespace) -> list[str]:
    name = _known(options, target.virtual_names)
    return [f"take the power of the virtual board {name}", "give it back"]


def _power_cycle(options: argparse.Namespace) -> int:
    from toolkit.virtual import fleet

    name = _known(options, _there)
    try:
        fleet.power_cycle(paths.virtual_home(), name)
    except InputError as error:
        raise InputError(f"{error}: {paths.command()} --virtual {name}") from error
    if options.json:
        (board,) = (it for it in target.virtual_boards() if it.name == name)
        ui.as_json(target.facts(board))
        return 0
    ui.say(f"{name} was off and is on again")
    return 0


START = Command(_start_steps, _start)
LIST = Command(_list_steps, _list)
STOP = Command(_stop_steps, _stop)
POWER_CYCLE = Command(_power_cycle_steps, _power_cycle)

"""Which board the options mean: the one on the cable, the one named, or a virtual one."""

import argparse
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.cli import ui
from toolkit.model import paths
from toolkit.model.boards import BOARDS
from toolkit.model.surroundings import Board

if TYPE_CHECKING:
    from toolkit.virtual.engine import Engine
    from toolkit.virtual.fleet import VirtualBoard


@dataclass(frozen=True)
class Target:
    """A board to act on: its serial port, and the virtual board behind it if it is one."""

    device: str
    virtual: "VirtualBoard | None" = None


def find(options: argparse.Namespace) -> Target:
    """The board the options mean; a virtual one is started when it does not run.

    It is ours alone until the action ends; PortError, at once, where another toolkit has it.
    """
    from toolkit.operations import at_work
    from toolkit.transport import holding, port

    board = start_virtual(options) if options.virtual is not None else None
    device = str(board.port) if board else options.port or port.only_port(port.ports())
    port.check(device)
    options.held.enter_context(holding.alone(device, paths.user_data() / at_work.FOLDER))
    behind = board or _virtual_at(device)
    if behind:  # its uid is known before it is asked
        options.held.enter_context(at_work.by_cable(behind.mac, device))
    return Target(device, board)


def is_virtual(board: Target) -> bool:
    """Whether only its silicon is virtual, also where it was named by its port."""
    return board.virtual is not None or _virtual_at(board.device) is not None


def _virtual_at(device: str) -> "VirtualBoard | None":
    """The virtual board that runs behind a port."""
    place = Path(device).resolve()
    running = (it for it in virtual_boards() if it.running)
    return next((it for it in running if Path(str(it.port)).resolve() == place), None)


def given(options: argparse.Namespace) -> str | None:
    """The port the options name, None when they name no board."""
    if options.virtual is None and not options.port:
        return None
    return find(options).device


def steps(options: argparse.Namespace) -> list[str]:
    """What finding the board would do, for --dummy."""
    if options.virtual is not None:
        name = virtual_name(options)
        virtual_kind(options, name)
        return [f"provide MicroPython and start the virtual board {name}"]
    return [f"open {options.port}" if options.port else "look for the one board on a cable"]


def start_virtual(options: argparse.Namespace) -> "VirtualBoard":
    """Start the virtual board the options name (default: the first of its chip)."""
    from toolkit.virtual import fleet  # needs a Unix, which real boards do not

    name = virtual_name(options)
    kind = virtual_kind(options, name)
    runs_on = virtual_engine(f"virtual board {name}")
    return fleet.start(paths.virtual_home(), runs_on, chip=kind, name=name)[0]


def virtual_kind(options: argparse.Namespace, name: str) -> str:
    """The chip of the virtual board of that name; InputError where --board says another."""
    from toolkit.virtual import kinds

    return kinds.chip(paths.virtual_home(), name, options.board)


def virtual_engine(what: str) -> "Engine":
    """The MicroPython that virtual boards run on; it is told what runs."""
    from toolkit.virtual import engine

    found = engine.provide(paths.user_data() / "engine", ui.note)
    ui.note(
        f"{what}: real MicroPython {found.version} ({found.bits}-bit), only the silicon is virtual"
    )
    return found


def virtual_boards() -> "list[VirtualBoard]":
    """All virtual boards of this user data folder."""
    if not paths.virtual_home().is_dir():
        return []
    from toolkit.virtual import fleet

    for sentence in fleet.damaged(paths.virtual_home()):
        _warn_once(sentence)
    return fleet.boards(paths.virtual_home())


def virtual_at_hand() -> list[Board]:
    """The same as the boards of people's surroundings; nobody is warned, nothing is made."""
    if not paths.virtual_home().is_dir():
        return []
    from toolkit.virtual import fleet

    return [
        Board(it.name, f"virtual {it.chip}", it.mac, True, it.running, address=it.address)
        for it in fleet.boards(paths.virtual_home())
    ]


@cache
def _warn_once(sentence: str) -> None:
    ui.warn(sentence)


def virtual_names() -> list[str]:
    """The names of the virtual boards; as --dummy wants it, none of them is asked for more."""
    from toolkit.virtual import fleet

    return fleet.names(paths.virtual_home())


def facts(board: "VirtualBoard") -> dict[str, Any]:
    """A virtual board for programs."""
    return {
        "name": board.name,
        "chip": board.chip,
        "running": board.running,
        "address": board.address,
        "port": str(board.port),
        "mac": board.mac,
        "pid": board.pid,
    }


def family(options: argparse.Namespace) -> str:
    """The chip as far as the options say it, before a board is asked; empty where they do not."""
    if options.virtual is None:
        return BOARDS.get(options.board, "")
    return virtual_kind(options, virtual_name(options))


def named(options: argparse.Namespace) -> str | None:
    """The board that it is said to be, by --board or by the name of a virtual one."""
    if options.board or options.virtual is None:
        return options.board
    from toolkit.virtual import kinds

    return kinds.board(virtual_name(options))


def virtual_name(options: argparse.Namespace) -> str:
    """The virtual board the options mean (default: the first of its kind)."""
    from toolkit.virtual import kinds

    return kinds.name(options.virtual or "", options.board)

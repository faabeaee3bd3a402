"""Which board the options mean: the one on the cable, the one named, or a virtual one."""

import argparse
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.cli import ui
from toolkit.model import paths, which_board
from toolkit.model.boards import BOARDS
from toolkit.model.errors import InputError
from toolkit.model.surroundings import Board

if TYPE_CHECKING:
    from toolkit.virtual.engine import Engine
    from toolkit.virtual.fleet import VirtualBoard


@dataclass(frozen=True)
class Target:
    """A board to act on: its serial port, and the virtual board behind it if it is one.

    `uid` is that of the node on it, where it is known before the board is asked.
    """

    device: str
    virtual: "VirtualBoard | None" = None
    uid: str = ""


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
    uid = behind.mac if behind else ""
    if uid:
        options.held.enter_context(at_work.by_cable(uid, device))
    return Target(device, board, uid)


def known(options: argparse.Namespace, board: Target, uid: str) -> None:
    """The board has told its uid: from now on nobody gives its node anything over the air.

    PortError where somebody just does.
    """
    from toolkit.operations import at_work

    if not board.uid:
        options.held.enter_context(at_work.by_cable(uid, board.device))


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
        if name not in virtual_names():
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
    """The chip of the virtual board of that name; InputError where it can have none."""
    from toolkit.virtual import chips, fleet

    said = name.rpartition("-")[0]
    kind = said if said in chips.CHIPS else BOARDS.get(options.board, "")
    known = virtual_boards() if name in virtual_names() else ()  # --dummy asks for new ones alone
    kind = next((board.chip for board in known if board.name == name), kind)
    if kind in BOARDS and kind not in chips.CHIPS:
        there = ", ".join(chips.CHIPS)
        raise InputError(f"there is no virtual {kind} yet, only {there}: --board with one of these")
    if kind not in chips.CHIPS:
        raise InputError(unknown_virtual(name))
    which_board.chip(options.board, kind)
    fleet.check_name(name)
    return kind


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


def unknown_virtual(name: str) -> str:
    """The sentence for a virtual board that does not exist."""
    known = ", ".join(virtual_names()) or "none yet"
    return f"there is no virtual board {name!r} (known: {known}); new ones are named like esp32-1"


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
    if options.board in BOARDS or options.virtual is None:
        return BOARDS.get(options.board, "")
    return BOARDS.get(virtual_name(options).rpartition("-")[0], "")


def virtual_name(options: argparse.Namespace) -> str:
    """The virtual board the options mean (default: the first of its kind)."""
    return options.virtual or f"{options.board or 'esp32'}-1"

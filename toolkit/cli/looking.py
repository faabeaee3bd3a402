"""The options that tell what is at hand: boards and firmware, files on a board, versions."""

import argparse
from pathlib import Path

from toolkit.cli import target, ui
from toolkit.cli.command import Command
from toolkit.model import paths, release

_RESTARTS = "reading over the cable starts the node on the board again, and ends its tasks"
_RESET = "reset the board"


def _devices_steps(_options: argparse.Namespace) -> list[str]:
    return ["list the boards on cables, the virtual ones, and the firmware at hand"]


def _devices(options: argparse.Namespace) -> int:
    from toolkit.transport.port import ports

    images = sorted(Path.cwd().glob("*.bin")) + sorted(
        (paths.user_data() / "firmware").glob("*.bin")
    )
    boards = [(port.device, port.description) for port in ports()]
    virtual = [(str(board.port), f"virtual {board.chip}") for board in target.virtual_boards()]
    if options.json:
        ui.as_json(
            {
                "boards": [{"port": port, "board": what} for port, what in [*boards, *virtual]],
                "firmware": [{"file": str(it), "bytes": it.stat().st_size} for it in images],
            }
        )
        return 0
    ui.table([*boards, *virtual], ["port", "board"])
    ui.table([(str(image), image.stat().st_size) for image in images], ["firmware", "bytes"])
    return 0


def _version_steps(options: argparse.Namespace) -> list[str]:
    if options.virtual is None and not options.port:
        return ["tell the version here"]
    return ["tell the version here", *target.steps(options), "read the version on it", _RESET]


def _version(options: argparse.Namespace) -> int:
    from toolkit.operations import inspect

    here = release.shown(release.identity().release)
    device = target.given(options)
    if device:
        ui.note(_RESTARTS)
    on_it = inspect.version(device) or "none" if device else None
    if options.json:
        ui.as_json({"repository": here, "board": on_it})
        return 0
    ui.say(f"{'package' if paths.packaged() else 'repository':<10} {here}")
    if on_it:
        ui.say(f"board      {on_it}")
    return 0


def _files_steps(options: argparse.Namespace) -> list[str]:
    return [*target.steps(options), "list the files", _RESET]


def _files(options: argparse.Namespace) -> int:
    from toolkit.operations import inspect

    device = target.find(options).device
    ui.note(_RESTARTS)
    files = inspect.files(device)
    if options.json:
        ui.as_json([{"name": name, "size": None if size < 0 else size} for name, size in files])
        return 0
    for name, size in files:
        ui.say(f"{name}/" if size < 0 else f"{name:<40} {size:>7}")
    return 0


DEVICES = Command(_devices_steps, _devices)
VERSION = Command(_version_steps, _version)
FILES = Command(_files_steps, _files)

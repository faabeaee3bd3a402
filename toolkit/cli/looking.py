"""The options that tell what is at hand: boards and firmware, files on a board, versions."""

import argparse
from dataclasses import asdict

from toolkit.cli import target, ui
from toolkit.cli.command import Command
from toolkit.model import paths, release
from toolkit.model.chip import Chip
from toolkit.operations.images import Seen

_RESTARTS = "reading over the cable starts the node on the board again, and ends its tasks"
_RESET = "reset the board"


def _devices_steps(options: argparse.Namespace) -> list[str]:
    steps = ["list the boards on cables, the virtual ones, and the firmware at hand"]
    if options.virtual is None and not options.port:
        return steps
    return [*target.steps(options), "ask its chip", _RESET, *steps]


def _devices(options: argparse.Namespace) -> int:
    from toolkit.operations import images
    from toolkit.transport import drive
    from toolkit.transport.port import ports

    device = target.given(options)
    chip = _asked(device) if device else None
    boards = [(port.device, port.description) for port in ports()]
    boards += [(it.port, f"virtual {it.chip}") for it in target.virtual_boards() if it.running]
    boards += [(str(it.folder), f"{it.model}, waits for firmware") for it in drive.drives()]
    looked = images.looked_at(chip, virtual=options.virtual is not None)
    if options.json:
        ui.as_json(
            {
                "boards": [{"port": port, "board": what} for port, what in boards],
                "chip": {"port": device, **asdict(chip)} if chip else None,
                "firmware": [it.facts for it in looked],
            }
        )
        return 0
    ui.table(boards, ["port", "board"])
    if chip:
        ui.say(f"{device}: {chip.told}")
        fits = [(it.path, it.size, it.told, _fits(it)) for it in looked]
        ui.table(fits, ["firmware", "bytes", "what it is", "on this board"])
    else:
        rows = [(it.path, it.size, it.told) for it in looked]
        ui.table(rows, ["firmware", "bytes", "what it is"])
    return 0


def _fits(file: Seen) -> str:
    if file.image is None:
        return ""
    return f"no: {file.why}" if file.why else "yes"


def _asked(device: str) -> Chip:
    """Ask the chip on a port, and nothing else of the board."""
    from toolkit.transport.flasher import Flasher

    ui.note(_RESTARTS)
    return Flasher(device).identify()


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

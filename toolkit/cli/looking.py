"""The options that tell what is at hand: boards and firmware, files on a board, versions."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from toolkit.cli import images, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths, release
from toolkit.model.chip import Chip
from toolkit.model.unknown import as_null
from toolkit.operations.images import Seen

_RESTARTS = "reading over the cable starts the node on the board again, and ends its tasks"
_RESET = "reset the board"


def _devices_steps(options: argparse.Namespace) -> list[str]:
    what = "list the boards on cables, the virtual ones, and the firmware at hand"
    if options.firmware:
        images.check_shown(options.firmware)
        what = f"tell what firmware {options.firmware} is"
    if options.virtual is None and not options.port:
        return [what]
    return [*target.steps(options), "ask its chip", _RESET, what]


def _devices(options: argparse.Namespace) -> int:
    from toolkit.operations import images as at_hand

    if options.firmware:
        images.check_shown(options.firmware)
    device = target.given(options)
    chip = _asked(device) if device else None
    named, virtual = Path(options.firmware or ""), options.virtual is not None
    alone = bool(options.firmware) and not named.is_dir()
    if alone:
        looked = [at_hand.examined(named, chip, virtual=virtual)]
    else:
        folder = named if options.firmware else None
        looked = at_hand.looked_at(chip, folder, virtual=virtual)
    boards, off = ([], []) if options.firmware else _boards()
    if options.json:
        ui.as_json(
            {
                "boards": [{"port": port, "board": what} for port, what in boards],
                "switched_off": off,
                "chip": as_null({"port": device, **asdict(chip)}) if chip else None,
                "firmware": [it.facts for it in looked],
            }
        )
        return 0
    if not options.firmware:
        _show_boards(boards, off)
    if chip:
        ui.say(f"{device}: {chip.told}")
    if alone:
        _show_one(looked[0], chip)
    else:
        _show_images(looked, chip, options.firmware)
    return 0


def _boards() -> tuple[list[tuple[str, str]], list[str]]:
    """The boards that are there, where and what; the names of virtual ones without power."""
    from toolkit.transport import drive
    from toolkit.transport.port import ports

    virtual = target.virtual_boards()
    found = [(port.device, port.description) for port in ports()]
    found += [(it.port, f"virtual {it.chip}") for it in virtual if it.running]
    found += [(str(it.folder), f"{it.model}, waits for firmware") for it in drive.drives()]
    return found, [it.name for it in virtual if not it.running]


def _show_boards(boards: Sequence[tuple[str, str]], off: Sequence[str]) -> None:
    if boards:
        ui.table(boards, ["port", "board"])
    else:
        ui.say("no board: none on a cable, and no virtual one runs (--virtual starts one)")
    if off:
        ui.say(f"virtual boards that are switched off: {', '.join(off)}")


def _show_images(looked: Sequence[Seen], chip: Chip | None, where: str | None) -> None:
    from toolkit.operations import images as at_hand

    if not looked:
        ui.say(at_hand.none_there(where))
    elif chip:
        fits = [(it.path, it.size, it.told, it.fits) for it in looked]
        ui.table(fits, ["firmware", "bytes", "what it is", "on this board"])
    else:
        ui.table(
            [(it.path, it.size, it.told) for it in looked], ["firmware", "bytes", "what it is"]
        )


def _show_one(seen: Seen, chip: Chip | None) -> None:
    ui.say(str(seen.path))
    rows = [*seen.rows, ("on this board", seen.fits)] if chip else seen.rows
    for title, text in rows:
        ui.say(f"  {title:<13} {text}")


def _asked(device: str) -> Chip:
    """Ask the chip on a port, and nothing else of the board."""
    from toolkit.operations import inspect

    ui.note(_RESTARTS)
    return inspect.chip(device)


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
    on_it = inspect.version(device) if device else None
    if options.json:
        ui.as_json({"repository": here, "board": on_it})
        return 0
    ui.say(f"{'package' if paths.packaged() else 'repository':<10} {here}")
    if device:
        ui.say(f"board      {on_it or 'none'}")
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

"""The option that writes MicroPython: by esptool, or as a file onto the drive of a board."""

import argparse
from dataclasses import asdict
from pathlib import Path

from toolkit.cli import images, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError
from toolkit.model.unknown import as_null


def _steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import deploy

    if _by_drive(options):
        return [deploy.DRIVE_STEPS[0], *images.steps(options), *deploy.DRIVE_STEPS[1:]]
    chip = "read chip, MAC, flash size and PSRAM, and back up the node on it"
    choose = images.steps(options)
    return [*target.steps(options), chip, *choose, "erase", "write the firmware", "verify it"]


def _deploy(options: argparse.Namespace) -> int:
    from toolkit.operations import stages

    images.check_named(options)
    if _by_drive(options):
        return _fill(options)
    board, named = target.find(options), target.named(options)
    choose = images.chooser(options, board)
    chip, image = ui.follow(stages.deploy(board.device, named, choose, force=options.force))
    if board.virtual and not images.runs(image):
        name = board.virtual.name
        ui.note(
            f"{name} holds this image and cannot run it: only its silicon is virtual, and this is "
            f"code for a real chip; -d --virtual {name} gives it its own firmware back"
        )
    return told(options, board.device, chip, image)


def _fill(options: argparse.Namespace) -> int:
    """The same for a board that waits as a drive."""
    from toolkit.operations import deploy

    drive, chip = deploy.waiting(options.board)
    image = ui.follow(images.chosen(options, None, chip))
    ui.follow(deploy.fill(drive, image))
    ui.note(f"next: {paths.command()} -i --board {options.board}")
    return told(options, str(drive.folder), chip, image)


def told(options: argparse.Namespace, place: str, chip: Chip, firmware: Path | None) -> int:
    """The board for programs; a person has seen it go by."""
    if options.json:
        facts = {"port": place, "chip": chip.family, **asdict(chip)}
        del facts["family"]
        ui.as_json(as_null({**facts, "firmware": None if firmware is None else str(firmware)}))
    return 0


def _by_drive(options: argparse.Namespace) -> bool:
    from toolkit.operations import deploy

    if options.board not in deploy.BY_DRIVE:
        return False
    if options.virtual is not None:
        raise InputError(f"there is no virtual {options.board} yet: leave --virtual out")
    if options.port:
        raise InputError(f"a {options.board} takes firmware as a drive: leave --port out")
    return True


DEPLOY = Command(_steps, _deploy)

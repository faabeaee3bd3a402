"""Bring MicroPython onto a board: erase, write, compare; or give a file to its drive."""

from collections.abc import Generator
from pathlib import Path

from toolkit.model.chip import Chip
from toolkit.model.errors import InputError, PortError
from toolkit.model.image import OFFSETS
from toolkit.model.progress import Progress
from toolkit.operations import archive
from toolkit.transport import drive
from toolkit.transport.drive import Drive
from toolkit.transport.flasher import Flasher, Locked

BY_DRIVE = {"pico_w": "RP2040"}  # take their firmware as a file on a drive; and their chips
DRIVE_STEPS = ("look for the drive of the board", "copy the firmware there", "wait until it starts")


def by_drive(chip: str) -> str:
    """How MicroPython gets onto such a chip."""
    return (
        f"hold its BOOTSEL button while you plug it in, then -d --board {chip} copies MicroPython "
        "onto the drive that appears, and -i installs the node"
    )


def check_flashable(chip: str | None) -> None:
    """InputError for a chip that esptool does not know."""
    if chip in BY_DRIVE:
        raise InputError(f"a {chip} is not erased or flashed by a serial port: {by_drive(chip)}")


def waiting(chip: str) -> tuple[Drive, Chip]:
    """The one board that waits as a drive; PortError when there is none, or more than one."""
    found = [it for it in drive.drives() if it.chip == BY_DRIVE[chip]]
    if not found:
        others = ", ".join(f"{it.model} at {it.folder}" for it in drive.drives())
        there = f" (there is {others})" if others else ""
        raise PortError(
            f"no {chip} waits for firmware{there}: hold its BOOTSEL button while you plug it in, "
            "until a drive named RPI-RP2 appears and is mounted"
        )
    if len(found) > 1:
        places = ", ".join(str(it.folder) for it in found)
        raise PortError(f"several boards wait for firmware ({places}): leave one plugged in")
    return found[0], Chip(chip, "", "", found[0].chip)


def fill(place: Drive, image: Path) -> Generator[Progress]:
    """Copy a checked UF2 file to a board that waits as a drive."""
    yield from drive.copy(place, image)


def erase(device: str, uid: str) -> Generator[Progress, None, None]:
    """Erase the whole flash of the board with that uid, whose node was backed up."""
    archive.erasing(uid)
    try:
        yield from Flasher(device).erase()
    except Locked:
        archive.whole(uid)  # it is what it was
        raise


def deploy(device: str, family: str, image: Path) -> Generator[Progress, None, None]:
    """Write a checked firmware image and compare it with the flash."""
    flasher = Flasher(device)
    yield from flasher.write(image, OFFSETS[family])
    yield from flasher.verify(image, OFFSETS[family])

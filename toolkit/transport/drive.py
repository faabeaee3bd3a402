"""A board that waits as a drive for its firmware: an RP2040 with BOOTSEL held while plugged in."""

import os
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.model.errors import FlashError
from toolkit.model.patience import patient
from toolkit.model.progress import Progress, finished

_MARK = "INFO_UF2.TXT"
_BLOCK = 1 << 16
_GONE = 20.0  # seconds within which it starts what it was given
_BOARDS = {"RPI-RP2": "RP2040", "RP2350": "RP2350"}  # chips, by what the drive calls itself
_INFO_MOST = 4096


@dataclass(frozen=True)
class Drive:
    """A drive that takes UF2 files: its folder, its chip, and its own words for what it is."""

    folder: Path
    chip: str
    model: str


def roots() -> list[Path]:
    """Where drives appear: the usual mount folders, or those that MICROS_DRIVES names."""
    named = os.environ.get("MICROS_DRIVES")
    if named:
        return [Path(place) for place in named.split(os.pathsep) if place]
    if os.name == "nt":
        return [Path(f"{letter}:\\") for letter in "DEFGHIJKLMNOPQRSTUVWXYZ"]
    places = [Path("/media"), Path("/Volumes")]
    for folder in (Path("/media"), Path("/run/media")):  # one in it for each user
        places += _inside(folder)
    return places


def drives(places: Sequence[Path] | None = None) -> list[Drive]:
    """All such drives that are mounted now."""
    found: dict[Path, Drive] = {}
    for root in places if places is not None else roots():
        for folder in (root, *_inside(root)):
            drive = _read(folder)
            if drive:
                found[folder.resolve()] = drive
    return list(found.values())


def copy(drive: Drive, image: Path) -> Generator[Progress]:
    """Give a drive its firmware; returns when the drive has gone, as it does when it starts it.

    FlashError when it cannot be written, or stays.
    """
    content = image.read_bytes()
    yield Progress("flash", note=image.name)
    done = 0
    try:
        with open(drive.folder / image.name, "wb") as file:
            for at in range(0, len(content), _BLOCK):
                file.write(content[at : at + _BLOCK])
                file.flush()
                os.fsync(file.fileno())
                done = min(at + _BLOCK, len(content))
                if done < len(content):
                    yield Progress("flash", done, len(content), "B", image.name)
    except OSError as error:
        # The board is off with its last block, before the file is closed.
        if done < len(content) - _BLOCK:
            raise FlashError(
                f"{drive.folder} took {done} of {len(content)} B, then {error.strerror}: plug the "
                "board in again with BOOTSEL held, and repeat the command"
            ) from error
    _wait(drive)
    yield finished("flash", image.name)


def _wait(drive: Drive) -> None:
    give_up = time.monotonic() + patient(_GONE)
    while _read(drive.folder):
        if time.monotonic() > give_up:
            raise FlashError(
                f"{drive.folder} has taken the file and does not start it: is it for this board? "
                "Plug it in again with BOOTSEL held, and repeat the command"
            )
        time.sleep(0.1)


def _inside(root: Path) -> list[Path]:
    try:
        return [path for path in root.iterdir() if path.is_dir()]
    except OSError:
        return []  # not there, or somebody else's


def _read(folder: Path) -> Drive | None:
    try:
        with open(folder / _MARK, encoding="ascii", errors="replace") as file:
            text = file.read(_INFO_MOST)
    except OSError:
        return None
    facts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    name = facts.get("Board-ID", "").strip()
    model = facts.get("Model", name).strip()
    return Drive(folder, _BOARDS.get(name, name or "an unknown chip"), model or "an unknown board")

"""Which images are at hand, what each is, and which of them may be written to a board."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.model import catalogue, image
from toolkit.model.chip import Chip, revision_of
from toolkit.model.errors import InputError
from toolkit.model.esp_image import ANY_REVISION
from toolkit.model.image import Image
from toolkit.model.unknown import as_null
from toolkit.operations import fetch
from toolkit.transport import flasher


@dataclass(frozen=True)
class Seen:
    """A file as it was looked at: its size in bytes, what it is, and why it cannot be used.

    One that was looked at to the last byte has its `sha256`.
    """

    path: Path
    size: int
    image: Image | None
    why: str
    sha256: str = ""

    @property
    def told(self) -> str:
        """What it is, for people."""
        return f"{self.image.told}, {image.KINDS[self.image.kind]}" if self.image else self.why

    @property
    def fits(self) -> str:
        """Whether it fits the board that it was looked at for, for people."""
        if self.image is None:
            return ""
        return f"no: {self.why}" if self.why else "yes"

    @property
    def facts(self) -> dict[str, Any]:
        """For programs."""
        facts: dict[str, Any] = {"file": str(self.path), "bytes": self.size, "why": self.why}
        if self.image is None:
            return as_null({**facts, "kind": None})
        keys = ("kind", "chip", "build", "machine", "version", "date", "flash", "psram", "virtual")
        facts |= {key: getattr(self.image, key) for key in keys}
        if self.sha256:
            entry = catalogue.listed(self.sha256)
            facts |= {"sha256": self.sha256, "official": entry.file if entry else None}
        return as_null(facts)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """All that an image tells of itself, for people: a title and a text each."""
        it = self.image
        if it is None:
            return [("what it is", self.why)]
        entry = catalogue.listed(self.sha256)
        least, last = it.revisions
        revisions = (
            "" if it.revisions == ANY_REVISION else f"{revision_of(least)} to {revision_of(last)}"
        )
        anywhere = it.kind == image.AIR or it.virtual
        rows = (
            ("what it is", f"{self.told}{f', of {it.date}' if it.date else ''}"),
            ("board", it.machine),
            ("chip", f"{it.chip} {revisions}".rstrip()),
            ("flash", "" if anywhere else f"{it.flash / (1 << 20):.3g} MB or more"),
            ("PSRAM", "is needed" if it.psram else ""),
            ("size", f"{self.size} B, all of it whole"),
            ("SHA-256", self.sha256),
            ("known as", f"{entry.file} of micropython.org" if entry else ""),
        )
        return [(title, text) for title, text in rows if text]


_PATTERNS = ("*.bin", "*.uf2", "*.app-bin")
_MOST = 200  # files of one folder that are looked at, the newest ones


@dataclass(frozen=True)
class Offer:
    """For one board: images that fit, the newest first, and why the others at hand do not."""

    fitting: Sequence[Image]
    refused: Sequence[str]
    best: Image | None


def at_hand(folder: Path | None = None) -> list[Path]:
    """The files that may be images: in that folder, or here and in user_data/firmware."""
    found: list[Path] = []
    for place in [folder] if folder else [Path.cwd(), fetch.folder()]:
        files = {path for pattern in _PATTERNS for path in place.glob(pattern) if path.is_file()}
        found += sorted(sorted(files, key=_age)[:_MOST])
    return list(dict.fromkeys(found))


def none_there(word: str | None = None) -> str:
    """What to say where there is none, and how one comes there."""
    where = word or f"this folder or {fetch.folder()}"
    return (
        f"no firmware in {where}: put .bin or .uf2 files there, or -d or -m with --firmware "
        f"{catalogue.LATEST} fetches what fits the board from micropython.org into {fetch.folder()}"
    )


def offer(
    chip: Chip, board: str | None = None, folder: Path | None = None, *, virtual: bool = False
) -> Offer:
    """Look at all images at hand; `best` is the one to take when nobody is asked.

    Those that may fit are read to the last byte: a damaged one is not offered.
    """
    fitting: list[Image] = []
    refused: list[str] = []
    for path in at_hand(folder):
        try:
            why = _unfit(image.glance(path), chip, virtual=virtual) or fetch.torn(path)
            if not why:
                fitting.append(image.read(path))
        except InputError as error:
            refused.append(str(error))
            continue
        if why:
            refused.append(f"{path.name} {why}")
    fitting.sort(key=lambda it: (it.number, it.date, -_age(it.path)), reverse=True)
    return Offer(fitting, refused, _best(fitting, catalogue.builds(chip, board)))


def _unfit(found: Image, chip: Chip, *, virtual: bool) -> str:
    """Why it is not offered for that chip; empty when it is."""
    why = image.misfit(found, chip)
    if not why and found.virtual and not virtual:
        why = "is the firmware of virtual boards"
    if not why and not found.version and not found.virtual:
        why = "does not say that it is MicroPython"
    return why


def _best(fitting: Sequence[Image], builds: Sequence[str]) -> Image | None:
    """The newest of the build that suits the board best, else the one that there is."""
    for build in builds:
        for each in fitting:
            if each.build == build:
                return each
    kinds = {(each.build, each.machine) for each in fitting}
    return fitting[0] if len(kinds) == 1 else None


def looked_at(
    chip: Chip | None = None, folder: Path | None = None, *, virtual: bool = False
) -> list[Seen]:
    """All files at hand, with what they tell to be; with a chip also why they do not fit it.

    Their checksums are not looked at: that is done for the one that is written, or examined.
    """
    seen: list[Seen] = []
    for path in at_hand(folder):
        size = _size(path)
        try:
            found = image.glance(path)
        except InputError as error:
            seen.append(Seen(path, size, None, str(error).removeprefix(f"{path} ")))
            continue
        why = _unfit(found, chip, virtual=virtual) if chip else ""
        seen.append(Seen(path, size, found, why))
    return seen


def examined(path: Path, chip: Chip | None = None, *, virtual: bool = False) -> Seen:
    """One file, looked at to the last byte, by esptool as well; InputError when it is no image."""
    found = image.read(path)
    if found.kind == image.CABLE and found.family:
        flasher.check_image(path, found.family)
    with open(path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    why = _unfit(found, chip, virtual=virtual) if chip else ""
    return Seen(path, found.size, found, why, sha256)


def checked(found: Image, chip: Chip) -> Image:
    """The same image; InputError when it must not be written to that board.

    esptool has the last word on what it is to write.
    """
    why = image.misfit(found, chip) or fetch.torn(found.path)
    if why:
        raise InputError(f"{found.path.name} {why}")
    if found.kind == image.CABLE:
        flasher.check_image(found.path, chip.family)
    return found


def doubts(found: Image, chip: Chip) -> list[str]:
    """What cannot be known about an image on that board, for the person to know."""
    name = found.path.name
    said: list[str] = []
    if not found.version and not found.virtual:
        said.append(f"{name} does not say which MicroPython it is, or whether it is one")
    if found.psram and not chip.psram:
        said.append(f"{name} is for boards with PSRAM, and this chip cannot say whether it has any")
    return said


def _age(path: Path) -> float:
    """Newer files are less; one that has gone meanwhile is the oldest."""
    try:
        return -path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

"""A firmware image: what it is, what for, what it needs, and why it does not fit a board."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from toolkit.model import esp_image, uf2
from toolkit.model.chip import FAMILIES, NO_PSRAM, Chip, revision_of
from toolkit.model.errors import InputError
from toolkit.model.esp_image import Content, Parts

CABLE, AIR, DRIVE = "cable", "air", "drive"
KINDS = {CABLE: "for the cable", AIR: "for the air alone", DRIVE: "UF2, for a drive"}
MOST = 32 << 20  # bytes: larger than any flash such a board has
LEAST_VERSION = (1, 25)
_HEAD = 256 << 10  # bytes of a program in which it says what it is, of all official ones
OFFSETS = {  # where an image for the cable goes, in bytes from the start of the flash
    "esp32": 0x1000,
    "esp32c3": 0x0,
    "esp32c6": 0x0,
    "esp32s2": 0x1000,
    "esp32s3": 0x0,
    "esp8266": 0x0,
}
VIRTUAL = b"virtual firmware"  # how that of a virtual board calls itself
_VERSION = re.compile(rb"v(\d+\.\d+(?:\.\d+)?)(?:-[\w.-]+)? on (\d{4}-\d\d-\d\d)")
_MACHINE = re.compile(rb"; ([ -~]{3,80} with [ -~]{3,40}?)[\0\r\n]")
_BUILD = re.compile(
    rb"\0((?:ESP32_GENERIC|ESP8266_GENERIC|RPI_PICO|UM_|ADAFRUIT_|LOLIN_|M5STACK_|ARDUINO_|SEEED_"
    rb"|WAVESHARE_|OLIMEX_|SPARKFUN_|PIMORONI_)[A-Z0-9_]*(?:-[A-Z0-9_]+)?)\0"
)
_TABLE = b"\xaa\x50\x01"  # how a partition table begins
_TABLE_PLACES = (0x7000, 0x8000)  # where it lies in an image for the cable
_OTHERS = (  # what a file may be instead, by its first bytes
    (b"PK\x03\x04", "a zip archive: unpack it, and name the .bin or .uf2 in it"),
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"\x7fELF", "the program for a debugger (.elf): take the .bin of the same build"),
    (b"version https://git-lfs", "a pointer of git-lfs: fetch the file itself"),
)
_PAGE = re.compile(rb"\s*<(!doctype|html|head|\?xml)", re.IGNORECASE)


@dataclass(frozen=True)
class Image:
    """A whole image. `chip` as its maker names it; `flash` in bytes; unknown texts are empty.

    `revisions` of the chip, the least and the last, in hundredths (3: v0.3).
    `build` is MicroPython's name of board and variant, as its download page has it.
    """

    path: Path
    kind: str
    chip: str
    size: int
    flash: int
    version: str = ""
    date: str = ""
    machine: str = ""
    build: str = ""
    virtual: bool = False
    revisions: tuple[int, int] = esp_image.ANY_REVISION

    @property
    def family(self) -> str:
        """The chip as the toolkit calls it, empty for one it does not know."""
        return FAMILIES.get(self.chip, "")

    @property
    def offset(self) -> int:
        """Where it goes, in bytes from the start of the flash."""
        return OFFSETS.get(self.family, 0)

    @property
    def psram(self) -> bool:
        """Whether it is made for boards with PSRAM alone."""
        return "SPIRAM" in self.machine or "SPIRAM" in self.build

    @property
    def number(self) -> tuple[int, ...]:
        """Its version, to be compared; empty when it tells none."""
        return tuple(int(part) for part in self.version.split(".")) if self.version else ()

    @property
    def told(self) -> str:
        """What it is, in a few words for people."""
        if self.virtual:
            return f"virtual firmware for {self.chip}"
        version = f"MicroPython {self.version}" if self.version else "firmware of no known version"
        return " ".join(filter(None, (version, f"for {self.build or self.machine or self.chip}")))


def read(path: Path) -> Image:
    """The image in a file; InputError when it cannot be read, is none, or is not whole."""
    with _opened(path) as file:
        return parse(path, file[:])


def read_air(path: Path) -> bytes:
    """The bytes of a program for the air; InputError as with `read`, and for what goes by cable.

    What it is made of is looked at as closely as for the cable; which chip it is for is not.
    """
    with _opened(path) as file:
        content = file[:]
        if content[:1] != bytes([esp_image.MAGIC]):
            what = "a UF2 file, for a drive" if content[:4] == uf2.MAGIC else _instead(content)
            raise InputError(f"{path} is not a firmware image for the air: {what}")
        if any(content[at : at + len(_TABLE)] == _TABLE for at in _TABLE_PLACES):
            raise InputError(
                f"{path} is firmware for the cable, with boot loader and partition table: over the "
                "air goes the file that ends in .app-bin, of MicroPython's download for OTA"
            )
        parts, said = esp_image.read(content), _said(content)
    found = Image(path, AIR, parts.chip, len(content), parts.flash, *said)
    if why := _outdated(found):
        raise InputError(f"{path.name} {why}")
    return content


def glance(path: Path) -> Image:
    """The image that a file tells to be, without its checksums; InputError as with `read`.

    Of most images a few hundred KB are read: whoever wants to write one reads it by `read`.
    """
    with _opened(path) as file:
        if file[:1] != bytes([esp_image.MAGIC]):
            return parse(path, file[:] if file[:4] == uf2.MAGIC else file[:_HEAD])
        parts = esp_image.read(file, summed=False)
        said = _said(file[parts.program : parts.program + _HEAD])
        if not all(said):
            said = _said(file[:])
        return _image(path, parts, file, said)


class _File:
    """A file whose bytes are read as they are asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, at: slice, /) -> bytes:
        start, end, _ = at.indices(self._size)
        self._file.seek(start)
        return self._file.read(max(end - start, 0))


@contextmanager
def _opened(path: Path) -> Generator[_File]:
    """The bytes of a file that is to be an image; what is wrong with it becomes an InputError."""
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"cannot read the firmware {path}: it is not a file")
        with open(path, "rb") as file:
            content = _File(file)
            if len(content) > MOST:
                raise InputError(
                    f"{path} is not a firmware image: it is larger than {MOST >> 20} MB"
                )
            yield content
    except OSError as error:
        raise InputError(f"cannot read the firmware {path}: {error.strerror}") from error
    except (esp_image.Torn, uf2.Torn) as torn:
        why = str(torn)
        flaw = "damaged" if "is not that of" in why else "not a whole firmware image"
        raise InputError(f"{path} is {flaw}: {why}; download it again") from torn


def parse(path: Path, content: bytes) -> Image:
    """The image that these bytes are; InputError for what is none, Torn for part of one."""
    if content[:4] == uf2.MAGIC:
        blocks = uf2.read(content)
        payload = blocks.payload
        return Image(path, DRIVE, blocks.family, len(content), len(payload), *_said(payload))
    if content[:1] != bytes([esp_image.MAGIC]):
        raise InputError(f"{path} is not a firmware image: {_instead(content)}")
    return _image(path, esp_image.read(content), content, _said(content))


def _image(path: Path, parts: Parts, content: Content, said: tuple[str, str, str, str]) -> Image:
    kind = AIR if parts.app else CABLE
    virtual = VIRTUAL in content[:4096]
    if not (parts.merged or parts.app or virtual or parts.chip == esp_image.ESP8266):
        raise esp_image.Torn("it has no partition table, so nothing of it would start")
    about = (path, kind, parts.chip, len(content), parts.flash)
    return Image(*about, *said, virtual=virtual, revisions=parts.revisions)


def _said(content: bytes) -> tuple[str, str, str, str]:
    """Version, date, machine and build, as far as it tells them."""
    version, machine, build = (it.search(content) for it in (_VERSION, _MACHINE, _BUILD))
    found = [*(version.groups() if version else (b"", b""))]
    found += [it.group(1) if it else b"" for it in (machine, build)]
    return found[0].decode(), found[1].decode(), found[2].decode(), found[3].decode()


def _instead(content: bytes) -> str:
    if not content:
        return "it is an empty file"
    if _PAGE.match(content[:256]):
        return "it is a web page (saved in place of the file?): download it again"
    for start, what in _OTHERS:
        if content.startswith(start):
            return f"it is {what}"
    first = content[:1].hex()
    return f"expected its first byte to be e9 (ESP chips) or a UF2 file, got {first}"


def misfit(image: Image, chip: Chip) -> str:
    """Why an image must not be written to that chip's board, to follow its name; empty: it may."""
    if (image.kind == DRIVE) != (chip.family not in OFFSETS):
        takes = "a .bin image by the cable" if chip.family in OFFSETS else "a .uf2 file on a drive"
        return f"is made for {image.chip}, and the board is {chip.family}, which takes {takes}"
    if image.family != chip.family:
        return f"is made for {image.chip}, and the board is {chip.family}"
    if chip.family == "pico_w" and image.machine and "Pico W" not in image.machine:
        return f"is made for {image.machine}, and the board is a Pico W: take RPI_PICO_W"
    if image.kind == AIR:
        return (
            "is the program alone, for updates over the air (-o --firmware): the cable needs the "
            ".bin with boot loader and partition table of the same download page"
        )
    return _lacking(image, chip)


def _lacking(image: Image, chip: Chip) -> str:
    revision, (least, last) = chip.revision_number, image.revisions
    if revision is not None and not least <= revision <= last:
        wanted = f"{revision_of(least)} to {revision_of(last)}"
        return f"is made for {image.chip} of revision {wanted}, and this one is {chip.revision}"
    if why := _outdated(image):
        return why
    if 0 < chip.flash_bytes < image.flash:
        needs = f"{image.flash / (1 << 20):.3g} MB"
        return f"needs {needs} of flash, and the board has {chip.flash}"
    if image.psram and chip.psram == NO_PSRAM:
        return (
            "is made for boards with PSRAM, and this one has none in its chip: take the build "
            "without SPIRAM in its name"
        )
    return ""


def _outdated(image: Image) -> str:
    least = ".".join(str(part) for part in LEAST_VERSION)
    old = image.number and image.number < LEAST_VERSION
    return f"is MicroPython {image.version}, and a node needs {least} or newer" if old else ""

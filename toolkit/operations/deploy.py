"""Bring MicroPython onto a board: erase its flash, write the firmware, compare."""

from collections.abc import Generator
from pathlib import Path

from toolkit.model.errors import InputError
from toolkit.model.progress import Progress
from toolkit.transport.flasher import Flasher, check_file, check_image

OFFSETS = {
    "esp32": 0x1000,
    "esp32c3": 0x0,
    "esp32c6": 0x0,
    "esp32s2": 0x1000,
    "esp32s3": 0x0,
    "esp8266": 0x0,
}
_DOWNLOADS = {
    "esp32": "ESP32_GENERIC",
    "esp32c3": "ESP32_GENERIC_C3",
    "esp32c6": "ESP32_GENERIC_C6",
    "esp32s2": "ESP32_GENERIC_S2",
    "esp32s3": "ESP32_GENERIC_S3",
    "esp8266": "ESP8266_GENERIC",
}
BY_DRIVE = {"pico_w": "RPI_PICO_W"}  # take their firmware as a file on a drive, not by esptool


def by_drive(chip: str) -> str:
    """How MicroPython gets onto such a chip."""
    return (
        "hold its BOOTSEL button while you plug it in, copy MicroPython's "
        f"{BY_DRIVE[chip]} .uf2 from micropython.org/download onto the drive that appears, "
        "then use --install"
    )


def check_flashable(chip: str | None) -> None:
    """InputError for a chip whose flash cannot be written from here."""
    if chip in BY_DRIVE:
        raise InputError(f"a {chip} cannot be erased or flashed from here yet: {by_drive(chip)}")


def check_named(image: str | None) -> None:
    """InputError for a file that is no firmware, before a board is touched for it."""
    if image is not None:
        check_file(Path(image))


def firmware_for(family: str, image: Path | None) -> Path:
    """The image to write, checked; InputError when it is missing or not for this chip."""
    check_flashable(family)
    if image is None:
        raise InputError(
            f"no firmware named: download MicroPython for {_DOWNLOADS[family]} from "
            "micropython.org/download and name the file with --firmware"
        )
    check_image(image, family)
    return image


def erase(device: str) -> Generator[Progress, None, None]:
    """Erase the whole flash."""
    yield from Flasher(device).erase()


def deploy(device: str, family: str, image: Path) -> Generator[Progress, None, None]:
    """Write a checked firmware image and compare it with the flash."""
    flasher = Flasher(device)
    yield from flasher.write(image, OFFSETS[family])
    yield from flasher.verify(image, OFFSETS[family])

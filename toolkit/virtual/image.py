"""The virtual firmware: the smallest image that esptool and a boot ROM accept as valid."""

import hashlib
import struct
from pathlib import Path

from toolkit.model import files
from toolkit.virtual import partitions
from toolkit.virtual.chips import CHIPS, Chip
from toolkit.virtual.slip import checksum

MAGIC = 0xE9
_NO_WP_PIN = 0xEE
_NAME = b"virtual firmware"
_FLASH_4MB_DIO = (2, 0x20)
_LEAST = 64
_HASHED_AT = 23
_MOST_SEGMENTS = 16
_APP, _APP_AT = b"\x32\x54\xcd\xab", 32  # how a program built for a chip describes itself
APP_START = 64  # bytes by which it is known


def firmware(chip: str, size: int = _LEAST, name: bytes = _NAME) -> bytes:
    """A flashable image for `chip`: header, one segment with its name, checksum, digest.

    `size` is that of the segment, at least 64 bytes.
    """
    row = CHIPS[chip]
    data = name.ljust(size, b"\0")
    image = _header(row) + struct.pack("<II", row.load_address, len(data)) + data
    image += b"\0" * (15 - len(image) % 16) + bytes([checksum(data)])
    # Only the newer chips append a digest; the ESP8266 has no such field.
    return image if chip == "esp8266" else image + hashlib.sha256(image).digest()


def written(folder: Path, chip: str) -> Path:
    """A file with the firmware of a chip in that folder."""
    path = folder / f"virtual-firmware-{chip}.bin"
    files.replace(path, firmware(chip))
    return path


def ota_firmware(chip: str) -> bytes:
    """The same for the cable, with a partition table for firmware over the air.

    Boot loader, table and firmware in one file, as MicroPython's OTA firmware comes.
    """
    start = CHIPS[chip].firmware_offset
    first = partitions.apps(partitions.OTA)[0]
    merged = firmware(chip).ljust(partitions.TABLE - start, b"\xff")
    merged += partitions.packed(partitions.OTA)
    return merged.ljust(first.offset - start, b"\xff") + firmware(chip)


def _header(row: Chip) -> bytes:
    mode, size = _FLASH_4MB_DIO
    header = struct.pack("<BBBBI", MAGIC, 1, mode, size, row.entry_point)
    if row.name == "esp8266":
        return header
    extended = struct.pack("<HBHH", row.chip_id or row.image_id, 0, 0, 0xFFFF)
    return header + bytes([_NO_WP_PIN, 0, 0, 0]) + extended + bytes([0, 0, 0, 0, 1])


def bootable(start: bytes) -> bool:
    """Whether a boot ROM would start what begins with these bytes."""
    return len(start) >= 8 and start[0] == MAGIC and 0 < start[1] <= _MOST_SEGMENTS


def whole(content: bytes) -> bool:
    """Whether a boot loader would start the firmware that this content begins with."""
    if not bootable(content):
        return False
    at, data = 24, b""
    for _ in range(content[1]):
        if at + 8 > len(content):
            return False
        size = struct.unpack_from("<I", content, at + 4)[0]
        data += content[at + 8 : at + 8 + size]
        at += 8 + size
    at += 16 - at % 16
    if at > len(content) or content[at - 1] != checksum(data):
        return False
    digest = hashlib.sha256(content[:at]).digest() if content[_HASHED_AT] else b""
    return content[at : at + len(digest)] == digest


def foreign(start: bytes) -> bool:
    """Whether what begins so is a program for a real chip: code that no virtual board can run."""
    return bootable(start) and start[_APP_AT : _APP_AT + len(_APP)] == _APP

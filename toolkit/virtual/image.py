"""The virtual firmware: the smallest image that esptool and a boot ROM accept as valid."""

import hashlib
import struct

from toolkit.virtual.chips import CHIPS, Chip
from toolkit.virtual.slip import checksum

MAGIC = 0xE9
_NO_WP_PIN = 0xEE
_NAME = b"virtual firmware"
_FLASH_4MB_DIO = (2, 0x20)


def firmware(chip: str) -> bytes:
    """A flashable image for `chip`: header, one segment with its name, checksum, digest."""
    row = CHIPS[chip]
    data = _NAME.ljust(64, b"\0")
    image = _header(row) + struct.pack("<II", row.load_address, len(data)) + data
    image += b"\0" * (15 - len(image) % 16) + bytes([checksum(data)])
    # Only the newer chips append a digest; the ESP8266 has no such field.
    return image if chip == "esp8266" else image + hashlib.sha256(image).digest()


def _header(row: Chip) -> bytes:
    mode, size = _FLASH_4MB_DIO
    header = struct.pack("<BBBBI", MAGIC, 1, mode, size, row.entry_point)
    if row.name == "esp8266":
        return header
    extended = struct.pack("<HBHH", row.chip_id or 0, 0, 0, 0xFFFF)
    return header + bytes([_NO_WP_PIN, 0, 0, 0]) + extended + bytes([0, 0, 0, 0, 1])


def bootable(start: bytes) -> bool:
    """Whether a boot ROM would start what begins with these bytes."""
    return len(start) >= 8 and start[0] == MAGIC and 0 < start[1] <= 16

"""An image for an ESP chip, read from its bytes: which chip, what lies where, whether it is whole.

A file for the cable is a boot loader, a partition table and an app; one for the air is the app.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = 0xE9
CHIPS = {  # by the number in an image's header: as its maker names it
    0: "ESP32",
    2: "ESP32-S2",
    5: "ESP32-C3",
    9: "ESP32-S3",
    12: "ESP32-C2",
    13: "ESP32-C6",
    16: "ESP32-H2",
    18: "ESP32-P4",
    20: "ESP32-C61",
    23: "ESP32-C5",
}
ESP8266 = "ESP8266"
_ESP8266_ENTRY = range(0x40100000, 0x40110000)  # its program memory: no other chip has any there
_HEADER = 8  # bytes, and more of the newer chips:
_EXTENDED = 24
_REVISIONS_AT = 15
ANY_REVISION = (0, 0xFFFF)
_CHIP_AT, _HASHED_AT, _FLASH_AT = 12, 23, 3
_SEGMENTS_MOST = 16
_SEED = 0xEF  # of the checksum
_APP = b"\x32\x54\xcd\xab"  # how an app describes itself, at the start of its first segment
_TABLE = 0x8000  # where a partition table lies in the flash
_ROW = struct.Struct("<2sBBII16sI")
_ROW_MAGIC = b"\xaa\x50"
_ROWS_MOST = 95
_STARTS = (0x0, 0x1000, 0x2000)  # where the boot loaders of the chips lie
_SIZES_MOST = 7  # of the codes for flash sizes: 1 MB, doubled so often


class Torn(ValueError):
    """The image is not whole: why, in a few words."""


@dataclass(frozen=True)
class Parts:
    """What an image is made of. `chip` as its maker names it, `flash` in bytes.

    `merged`: boot loader, table and app; `app`: an app alone. Neither: something small of its own.
    `revisions` of the chip, the least and the last, in hundredths (3: v0.3).
    """

    chip: str
    flash: int
    merged: bool
    app: bool
    revisions: tuple[int, int] = ANY_REVISION


def read(content: bytes) -> Parts:
    """The parts of an image; Torn when it is not whole or damaged.

    Its first byte is MAGIC: the caller has looked.
    """
    chip = _chip(content)
    _whole(content, chip)
    start = next((at for at in _STARTS if _is_row(content, _TABLE - at)), None)
    if chip == ESP8266 or start is None:
        app = chip != ESP8266 and content[32:36] == _APP
        return Parts(chip, len(content), merged=False, app=app, revisions=_revisions(content, chip))
    rows = list(_rows(content, _TABLE - start))
    apps = [place for kind, place, _ in rows if kind == 0]
    if apps:
        at = min(apps) - start
        if at >= len(content):
            raise Torn(f"it ends after {len(content)} bytes, before its program begins")
        _whole(content[at:], chip)
    header = 1 << 20 << min(content[_FLASH_AT] >> 4, _SIZES_MOST)
    ends = [place + size for _, place, size in rows]
    need = max(*ends, header, start + len(content))
    return Parts(chip, need, merged=True, app=False, revisions=_revisions(content, chip))


def _chip(content: bytes) -> str:
    if len(content) < _EXTENDED:
        raise Torn(f"it ends after {len(content)} bytes, within its header")
    if struct.unpack_from("<I", content, 4)[0] in _ESP8266_ENTRY:
        return ESP8266
    number = struct.unpack_from("<H", content, _CHIP_AT)[0]
    return CHIPS.get(number, f"a chip of number {number}")


def _revisions(content: bytes, chip: str) -> tuple[int, int]:
    least, last = struct.unpack_from("<HH", content, _REVISIONS_AT)
    return ANY_REVISION if chip == ESP8266 or not last else (least, last)  # older ones say nothing


def _whole(content: bytes, chip: str) -> None:
    """Torn unless all segments, their checksum and their digest are there and right."""
    count, at, data = content[1:2], _HEADER if chip == ESP8266 else _EXTENDED, 0
    if content[:1] != bytes([MAGIC]) or not 0 < count[0] <= _SEGMENTS_MOST:
        raise Torn("what is to be its program is none")
    for _ in range(count[0]):
        size = struct.unpack_from("<I", content, at + 4)[0] if at + 8 <= len(content) else 0
        if at + 8 + size >= len(content):
            raise Torn(f"it ends after {len(content)} bytes, within its program")
        data ^= _folded(content[at + 8 : at + 8 + size])
        at += 8 + size
    at += 16 - at % 16
    if content[at - 1 : at] != bytes([data ^ _SEED]):
        raise Torn("its checksum is not that of its content")
    hashed = chip != ESP8266 and content[_HASHED_AT]
    if hashed and content[at : at + 32] != hashlib.sha256(content[:at]).digest():
        raise Torn("its SHA-256 is not that of its content")


def _folded(data: bytes) -> int:
    """All bytes combined by exclusive or; by halves, since there are two million of them."""
    size = 1 << max(len(data) - 1, 0).bit_length()
    number = int.from_bytes(data, "little")
    while size > 1:
        size //= 2
        number = (number >> 8 * size) ^ (number & ((1 << 8 * size) - 1))
    return number


def _is_row(content: bytes, at: int) -> bool:
    return content[at : at + 2] == _ROW_MAGIC and at + _ROW.size <= len(content)


def _rows(content: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of each partition."""
    for _ in range(_ROWS_MOST):
        if not _is_row(content, at):
            return
        _, kind, _, place, size, _, _ = _ROW.unpack_from(content, at)
        yield kind, place, size
        at += _ROW.size

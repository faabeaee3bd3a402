"""An image for an ESP chip, read from its bytes: which chip, what lies where, whether it is whole.

A file for the cable is a boot loader, a partition table and an app; one for the air is the app.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

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


class Content(Protocol):
    """The bytes of a file: in memory, or read from it as they are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: slice, /) -> bytes: ...


@dataclass(frozen=True)
class Parts:
    """What an image is made of. `chip` as its maker names it, `flash` in bytes.

    `merged`: boot loader, table and app; `app`: an app alone. Neither: something small of its own.
    `revisions` of the chip, the least and the last, in hundredths (3: v0.3). `program`: where the
    app begins, in bytes from the start of the file.
    """

    chip: str
    flash: int
    merged: bool
    app: bool
    revisions: tuple[int, int] = ANY_REVISION
    program: int = 0


def read(content: Content, *, summed: bool = True) -> Parts:
    """The parts of an image; Torn when it is not whole or damaged.

    Its first byte is MAGIC: the caller has looked. Without `summed` the places of all parts are
    looked at, and their checksums are not: few of the bytes are read.
    """
    head = content[:_EXTENDED]
    chip = _chip(head)
    _check(content, 0, chip, summed)
    tables = {at: content[_TABLE - at : _TABLE - at + _ROW.size] for at in _STARTS}
    start = next((at for at, row in tables.items() if _is_row(row)), None)
    if chip == ESP8266 or start is None:
        app = chip != ESP8266 and content[32:36] == _APP
        return Parts(chip, len(content), merged=False, app=app, revisions=_revisions(head, chip))
    rows = list(_rows(content, _TABLE - start))
    apps = [place for kind, place, _ in rows if kind == 0]
    if not apps:
        raise Torn("its table of partitions names no program")
    at = min(apps) - start
    if at >= len(content):
        raise Torn(f"it ends after {len(content)} bytes, before its program begins")
    _check(content, at, chip, summed)
    header = 1 << 20 << min(head[_FLASH_AT] >> 4, _SIZES_MOST)
    ends = [place + size for _, place, size in rows]
    need = max(*ends, header, start + len(content))
    return Parts(chip, need, merged=True, app=False, revisions=_revisions(head, chip), program=at)


def _chip(head: bytes) -> str:
    if len(head) < _EXTENDED:
        raise Torn(f"it ends after {len(head)} bytes, within its header")
    if struct.unpack_from("<I", head, 4)[0] in _ESP8266_ENTRY:
        return ESP8266
    number = struct.unpack_from("<H", head, _CHIP_AT)[0]
    return CHIPS.get(number, f"a chip of number {number}")


def _revisions(head: bytes, chip: str) -> tuple[int, int]:
    least, last = struct.unpack_from("<HH", head, _REVISIONS_AT)
    return ANY_REVISION if chip == ESP8266 or not last else (least, last)  # older ones say nothing


def _check(content: Content, start: int, chip: str, summed: bool) -> None:
    """Torn unless all segments of what starts there, their checksum and their digest are there.

    Where they are `summed`, they must be right, too.
    """
    head, data = content[start : start + _EXTENDED], 0
    if head[:1] != bytes([MAGIC]):
        raise Torn("what is to be its program is none")
    if len(head) < _EXTENDED:
        raise Torn(f"it ends after {len(content)} bytes, within its program")
    if not 0 < head[1] <= _SEGMENTS_MOST:
        raise Torn("what is to be its program is none")
    at = start + (_HEADER if chip == ESP8266 else _EXTENDED)
    for _ in range(head[1]):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + size >= len(content):
            raise Torn(f"it ends after {len(content)} bytes, within its program")
        data ^= _folded(content[at + 8 : at + 8 + size]) if summed else 0
        at += 8 + size
    at += 16 - (at - start) % 16
    hashed = chip != ESP8266 and head[_HASHED_AT]
    if len(content) < at + (32 if hashed else 0):
        raise Torn(f"it ends after {len(content)} bytes, within its program")
    if summed and content[at - 1 : at] != bytes([data ^ _SEED]):
        raise Torn("its checksum is not that of its content")
    if summed and hashed and content[at : at + 32] != hashlib.sha256(content[start:at]).digest():
        raise Torn("its SHA-256 is not that of its content")


def _folded(data: bytes) -> int:
    """All bytes combined by exclusive or; by halves, since there are two million of them."""
    size = 1 << max(len(data) - 1, 0).bit_length()
    number = int.from_bytes(data, "little")
    while size > 1:
        size //= 2
        number = (number >> 8 * size) ^ (number & ((1 << 8 * size) - 1))
    return number


def _is_row(row: bytes) -> bool:
    return row.startswith(_ROW_MAGIC) and len(row) == _ROW.size


def _rows(content: Content, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of each partition."""
    for _ in range(_ROWS_MOST):
        row = content[at : at + _ROW.size]
        if not _is_row(row):
            return
        _, kind, _, place, size, _, _ = _ROW.unpack(row)
        yield kind, place, size
        at += _ROW.size

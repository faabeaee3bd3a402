"""How the flash is divided: the partition table of an ESP32, and the layout of boards without one.

The table lies in the flash at 0x8000, as the firmware's image brings it. Only `otadata` in it makes
a board one that takes firmware over the air; without a table it is the layout of the chip's row.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.virtual.chips import SECTOR, Chip
from toolkit.virtual.flash import Flash

TABLE = 0x8000
APP, DATA = 0, 1
FACTORY, OTA_0, OTA_1 = 0x00, 0x10, 0x11
_OTADATA, _PHY, _NVS, _FAT = 0x00, 0x01, 0x02, 0x81
_ENTRY = struct.Struct("<2sBBII16sI")
_MAGIC = b"\xaa\x50"
_FILE_SYSTEM = "vfs"


@dataclass(frozen=True)
class Partition:
    """A piece of the flash."""

    label: str
    kind: int
    subtype: int
    offset: int
    size: int


# MicroPython's own for boards that take firmware over the air (its partitions-4MiB-ota.csv).
OTA = (
    Partition("nvs", DATA, _NVS, 0x9000, 0x4000),
    Partition("otadata", DATA, _OTADATA, 0xD000, 0x2000),
    Partition("phy_init", DATA, _PHY, 0xF000, 0x1000),
    Partition("ota_0", APP, OTA_0, 0x10000, 0x180000),
    Partition("ota_1", APP, OTA_1, 0x190000, 0x180000),
    Partition(_FILE_SYSTEM, DATA, _FAT, 0x310000, 0xF0000),
)


def packed(layout: Sequence[Partition]) -> bytes:
    """A partition table as it lies in the flash."""
    return b"".join(
        _ENTRY.pack(_MAGIC, part.kind, part.subtype, part.offset, part.size, part.label.encode(), 0)
        for part in layout
    )


def layout(flash: Flash, chip: Chip) -> tuple[Partition, ...]:
    """The partitions of a board: those of the table in its flash, or those of its chip."""
    found: list[Partition] = []
    for _, kind, subtype, offset, size, label, _ in _entries(flash, chip):
        name = label.rstrip(b"\0").decode(errors="replace")
        found.append(Partition(name, kind, subtype, offset, size))
    if not ota_data(found):
        start = chip.filesystem_offset
        return (
            Partition("factory", APP, FACTORY, 0x10000, start - 0x10000),
            Partition(_FILE_SYSTEM, DATA, _FAT, start, chip.filesystem_size),
        )
    if not any(part.label == _FILE_SYSTEM for part in found):
        # Tables of newer firmware leave out the file system: it is what remains.
        end = max(part.offset + part.size for part in found)
        found.append(Partition(_FILE_SYSTEM, DATA, _FAT, end, chip.flash_size - end))
    return tuple(found)


def _entries(flash: Flash, chip: Chip) -> list[tuple[bytes, int, int, int, int, bytes, int]]:
    rows = b"" if chip.name == "esp8266" else flash.read(TABLE, SECTOR)
    rows = rows[: len(rows) // _ENTRY.size * _ENTRY.size]
    found: list[tuple[bytes, int, int, int, int, bytes, int]] = []
    for row in _ENTRY.iter_unpack(rows):
        if row[0] != _MAGIC:
            break
        found.append(row)
    return found


def ota_data(parts: Sequence[Partition]) -> Partition | None:
    """The partition that says which firmware starts; None where there is only one."""
    return next((p for p in parts if (p.kind, p.subtype) == (DATA, _OTADATA)), None)


def apps(parts: Sequence[Partition]) -> list[Partition]:
    """The partitions between which firmware changes, in their order."""
    found = [part for part in parts if part.kind == APP and 0x10 <= part.subtype < 0x20]
    return sorted(found, key=lambda part: part.subtype)


def file_system(parts: Sequence[Partition]) -> Partition:
    """The partition with the files."""
    return next(part for part in parts if part.label == _FILE_SYSTEM)

"""The second-stage boot loader of an ESP32: which firmware starts, and which is rolled back.

`otadata` is two sectors; each may hold an entry: a number, a state, a checksum. The valid entry of
the highest number names the partition. One that is new is started once, as pending; is it still
pending at the next reset, then it has not proved itself, and the entry before it counts again.
"""

import struct
import zlib
from collections.abc import Sequence

from toolkit.virtual import image
from toolkit.virtual.chips import SECTOR
from toolkit.virtual.flash import Flash
from toolkit.virtual.partitions import Partition, apps, ota_data

NEW, PENDING, VALID, INVALID, ABORTED = range(5)
_ENTRY = struct.Struct("<I20sII")  # number, label, state, checksum
_Entry = tuple[int, int]  # number, state


def starts(flash: Flash, parts: Sequence[Partition]) -> Partition | None:
    """The partition whose firmware starts now, noted in otadata; None when none can.

    PowerLost comes out when the power is cut at one of its writes.
    """
    data, candidates = ota_data(parts), apps(parts)
    if data is None:
        return parts[0]
    entries = [_entry(flash, data, place) for place in range(2)]
    for place, entry in enumerate(entries):
        if entry and entry[1] == PENDING:
            entries[place] = _write(flash, data, place, entry[0], ABORTED)
    usable = [entry if entry and entry[1] not in (INVALID, ABORTED) else None for entry in entries]
    numbers = [entry[0] if entry else 0 for entry in usable]
    place = numbers.index(max(numbers))
    wanted = (numbers[place] - 1) % len(candidates) if numbers[place] else 0
    entry = usable[place]
    if entry and entry[1] == NEW:
        _write(flash, data, place, entry[0], PENDING)
    for index in [*range(wanted, -1, -1), *range(wanted + 1, len(candidates))]:
        if image.whole(flash.read(candidates[index].offset, candidates[index].size)):
            if entries == [None, None]:
                _write(flash, data, 0, index + 1, VALID)
            return candidates[index]
    return None


def _entry(flash: Flash, data: Partition, place: int) -> _Entry | None:
    number, _, state, checksum = _ENTRY.unpack(
        flash.read(data.offset + place * SECTOR, _ENTRY.size)
    )
    return (number, state) if _checksum(number) == checksum and number != 0xFFFFFFFF else None


def _write(flash: Flash, data: Partition, place: int, number: int, state: int) -> _Entry:
    offset = data.offset + place * SECTOR
    flash.erase(offset, SECTOR)
    flash.write(offset, _ENTRY.pack(number, b"\xff" * 20, state, _checksum(number)))
    return number, state


def _checksum(number: int) -> int:
    return zlib.crc32(struct.pack("<I", number), 0xFFFFFFFF)

"""`esp32.Partition`: pieces of the flash, and which firmware starts next.

Loaded when a program first asks for it; on the chip it takes no memory of the program's.
"""

import uhashlib
import ustruct
from _link import SETTINGS
from _storage import chip_erase, chip_read, chip_write
from ubinascii import crc32

_SECTOR = 4096
_TABLE = 0x8000
_ENTRY = "<2sBBII16sI"
_OTADATA = "<I20sII"  # number, label, state, checksum
_NEW, _PENDING, _VALID, _INVALID, _ABORTED = range(5)
_NOT_FOUND, _FAIL, _NO_FIRMWARE, _BAD_ARGUMENT, _BAD_SIZE = 0x105, -1, 0x1503, 0x102, 0x104
_NAMES = {
    _NOT_FOUND: "ESP_ERR_NOT_FOUND",
    _FAIL: "ESP_FAIL",
    _NO_FIRMWARE: "ESP_ERR_OTA_VALIDATE_FAILED",
    _BAD_ARGUMENT: "ESP_ERR_INVALID_ARG",
    _BAD_SIZE: "ESP_ERR_INVALID_SIZE",
}


def _raise(code):
    raise OSError(-code, _NAMES[code])


def _rows():
    """Yield type, subtype, offset, size, label of each; one app and the files without a table."""
    at, found = _TABLE, False
    while SETTINGS["ota"]:
        magic, kind, subtype, offset, size, label, _ = ustruct.unpack(_ENTRY, chip_read(at, 32))
        if magic != b"\xaa\x50":
            break
        found = True
        yield kind, subtype, offset, size, label.rstrip(b"\0").decode()
        at += 32
    if not found:
        yield 0, 0, 0x10000, SETTINGS["fs_offset"] - 0x10000, "factory"
        yield 1, 129, SETTINGS["fs_offset"], SETTINGS["fs_size"], "vfs"


def _apps():
    return sorted([row for row in _rows() if row[0] == 0 and 16 <= row[1] < 32])


def _otadata():
    """Return where the two entries lie."""
    for row in _rows():
        if row[:2] == (1, 0):
            return row[2]
    return _raise(_NOT_FOUND)


def _checksum(number):
    return crc32(ustruct.pack("<I", number), 0xFFFFFFFF)


def _entries():
    """Return [number, state] of both; number 0 for one that does not count."""
    found = []
    for place in range(2):
        number, _, state, checksum = ustruct.unpack(
            _OTADATA, chip_read(_otadata() + place * _SECTOR, 32)
        )
        counts = checksum == _checksum(number) and state not in (_INVALID, _ABORTED)
        found.append([number if counts and number != 0xFFFFFFFF else 0, state])
    return found


def _write(place, number, state):
    offset = _otadata() + place * _SECTOR
    chip_erase(offset)
    chip_write(offset, ustruct.pack(_OTADATA, number, b"\xff" * 20, state, _checksum(number)))


def _whole(offset, size):
    """Tell whether an image begins there, by its own digest."""
    head = chip_read(offset, 24)
    if head[0] != 0xE9 or not 0 < head[1] <= 16:
        return False
    at = 24
    for _ in range(head[1]):
        at += 8 + ustruct.unpack("<I", chip_read(offset + at + 4, 4))[0]
        if at > size:
            return False
    at += 16 - at % 16
    total, place = uhashlib.sha256(), 0
    while place < at:
        part = chip_read(offset + place, min(_SECTOR, at - place))
        total.update(part)
        place += len(part)
    return not head[23] or total.digest() == chip_read(offset + at, 32)


class Partition:
    BOOT, RUNNING = 0, 1
    TYPE_APP, TYPE_DATA = 0, 1

    def __init__(self, which, block_size=_SECTOR):
        self._block = block_size
        if which == Partition.RUNNING:
            wanted = [row for row in _rows() if row[2] == SETTINGS["firmware"]]
            wanted = wanted or [row for row in _rows() if row[0] == 0]
        elif which == Partition.BOOT:
            wanted = [_boot()]
        elif isinstance(which, str):
            wanted = sorted([row for row in _rows() if row[4] == which])
        elif isinstance(which, tuple):
            wanted = [which]
        else:
            raise ValueError
        if not wanted:
            raise OSError(2)
        self._row = wanted[0]

    def __repr__(self):
        return "<Partition type=%u, subtype=%u, address=%u, size=%u, label=%s, encrypted=0>" % (
            self._row
        )

    @staticmethod
    def find(type=0, subtype=0xFF, label=None, block_size=_SECTOR):
        return [
            Partition(row, block_size)
            for row in _rows()
            if row[0] == type and subtype in (0xFF, row[1]) and label in (None, row[4])
        ]

    def info(self):
        return self._row + (False,)

    def _place(self, block, buffer, offset):
        place = block * self._block + offset
        if not 0 <= place <= place + len(buffer) <= self._row[3]:
            _raise(_BAD_SIZE)
        return self._row[2] + place

    def readblocks(self, block, buffer, offset=0):
        buffer[:] = chip_read(self._place(block, buffer, offset), len(buffer))

    def writeblocks(self, block, buffer, offset=None):
        place = self._place(block, buffer, offset or 0)
        if offset is None:
            if len(buffer) % _SECTOR:
                _raise(_BAD_SIZE)
            for sector in range(0, len(buffer), _SECTOR):
                chip_erase(place + sector)
        chip_write(place, buffer)

    def ioctl(self, operation, argument):
        if operation == 4:
            return self._row[3] // self._block
        if operation == 5:
            return self._block
        if operation == 6:
            for sector in range(0, self._block, _SECTOR):
                chip_erase(self._row[2] + argument * self._block + sector)
        return 0 if operation in (1, 2, 3, 6) else None

    def set_boot(self):
        kind, subtype, offset, size = self._row[:4]
        if not _whole(offset, size):
            _raise(_NO_FIRMWARE)
        _otadata()
        apps = [row[1] for row in _apps()]
        if kind or subtype not in apps:
            _raise(_BAD_ARGUMENT)
        numbers = [entry[0] for entry in _entries()]
        number, place = apps.index(subtype) + 1, 0
        if any(numbers):
            place = 1 - numbers.index(max(numbers))
            while number < max(numbers):
                number += len(apps)
        _write(place, number, _NEW)

    def get_next_update(self):
        apps = _apps()
        if not apps:
            raise OSError(2)
        after = [row for row in apps if row[1] > self._row[1]]
        return Partition((after or apps)[0])

    @classmethod
    def mark_app_valid_cancel_rollback(cls):
        entries = _entries()
        numbers = [entry[0] for entry in entries]
        if not any(numbers):
            _raise(_FAIL)
        place = numbers.index(max(numbers))
        if entries[place][1] != _VALID:
            _write(place, numbers[place], _VALID)


def _boot():
    """Return the partition that otadata names."""
    apps, numbers = _apps(), [entry[0] for entry in _entries()]
    return apps[(max(numbers) - 1) % len(apps) if any(numbers) else 0]

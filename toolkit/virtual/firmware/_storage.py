"""The flash chip as MicroPython sees it: a block device, the file system on it, power cuts."""

import uos
import utime
import vfs
from _link import SETTINGS, exit_now, on, tell

_SECTOR = 4096
_POWER_LOST = 46
_ERASE_MS = 60
_ERASED = b"\xff" * 64
_BOOT_PY = """\
# This file is executed on every boot (including wake-boot from deepsleep)
#import esp
#esp.osdebug(None)
#import webrepl
#webrepl.start()
"""

_chip = open(SETTINGS["flash"], "r+b")
_cut = list(SETTINGS["cut"])  # writes left, share of the last one in halves; empty = none armed


def chip_read(offset, size):
    _chip.seek(offset)
    return _chip.read(size)


def _arm(after, halves):
    _cut[:] = [after, halves]


def _put(offset, data, times=1):
    """Write, unless the armed power cut strikes: then nothing, half or all of it, and darkness.

    `times` repeats the data: an erased sector as a whole would not fit into a small heap.
    """
    _chip.seek(offset)
    left = len(data) * times
    if _cut:
        _cut[0] -= 1
        tell("cut", _cut[0])  # what is left of it outlives a reset
        if _cut[0] <= 0:
            left = left * _cut[1] // 2
    while left:
        left -= _chip.write(data if left >= len(data) else memoryview(data)[:left])
    if _cut and _cut[0] <= 0:
        exit_now(_POWER_LOST)


def chip_write(offset, data):
    _put(offset, data)


def chip_erase(offset):
    """Erase the sector there."""
    if SETTINGS["mean"]:
        utime.sleep_ms(_ERASE_MS)
    _put(offset, _ERASED, _SECTOR // len(_ERASED))


class Partition:
    """The part of the chip that holds the file system."""

    def __init__(self, offset, size):
        self._offset = offset
        self._sectors = size // _SECTOR

    def readblocks(self, block, buffer, offset=0):
        _chip.seek(self._offset + block * _SECTOR + offset)
        _chip.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        _put(self._offset + block * _SECTOR + offset, buffer)

    def ioctl(self, operation, argument):
        if operation == 4:
            return self._sectors
        if operation == 5:
            return _SECTOR
        if operation == 6:
            chip_erase(self._offset + argument * _SECTOR)
        return 0


def _blank(partition):
    sector = bytearray(_SECTOR)
    partition.readblocks(0, sector)
    return all(byte == 0xFF for byte in sector)


def _complain():
    while True:
        print("The filesystem appears to be corrupted. Erase the flash and write the firmware.")
        utime.sleep_ms(3000)


def mount():
    """Mount the file system at /; make one on a flash that was erased, as firmware does."""
    partition = Partition(SETTINGS["fs_offset"], SETTINGS["fs_size"])
    vfs.umount("/")
    try:
        vfs.mount(vfs.VfsLfs2(partition), "/")
    except OSError:
        if not _blank(partition):
            return _complain
        print("Performing initial setup")
        vfs.VfsLfs2.mkfs(partition)
        vfs.mount(vfs.VfsLfs2(partition), "/")
        with open("/boot.py", "w") as file:
            file.write(_BOOT_PY)
    uos.chdir("/")
    return None


on("cut", _arm)

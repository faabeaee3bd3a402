"""Firmware over the air on the ESP32: two partitions, and which of them starts. Loaded for a step.

The boot loader starts what otadata names. New firmware it starts once; unless that is then marked
as valid, it starts the one before at the next reset.
"""

import struct
from binascii import crc32

from esp32 import Partition
from micropython import const

BLOCK = const(4096)
_NEW_IMAGE = const(0)
_VALID = const(2)
_UNKNOWN = const(0xFFFFFFFF)


def places():
    """Return the partition that runs and the one that does not, None where there is no other."""
    here = Partition(Partition.RUNNING)
    try:
        there = here.get_next_update()
    except OSError:
        there = None
    return here, None if there and there.info()[2] == here.info()[2] else there


def named(partition):
    return partition.info()[4]


def room(partition):
    return partition.info()[3]


def chip(head):
    """Return the number of the chip that an image is made for, None where it is no image."""
    count = head[1] if len(head) == 24 and head[0] == 0xE9 else 0
    return head[12] | head[13] << 8 if 0 < count <= 16 else None


def state():
    """Return what otadata says of the firmware that was chosen last: 0 new, 1 tried, 2 valid, …"""
    found, entry = (0, _UNKNOWN), bytearray(32)
    for data in Partition.find(Partition.TYPE_DATA, 0):
        for sector in range(2):
            data.readblocks(sector, entry)
            number, state, check = struct.unpack("<I20xII", entry)
            if number != _UNKNOWN and check == crc32(entry[:4], _UNKNOWN):
                found = max(found, (number, state))
    return found[1]


def choose(there):
    """Let it start from the next reset on, once; OSError where that cannot be taken back."""
    here = Partition(Partition.RUNNING)
    there.set_boot()  # looks at the whole image once more
    if state() != _NEW_IMAGE:
        here.set_boot()
        raise OSError("this boot loader does not roll back")


def valid():
    return state() == _VALID


def stay():
    """Let what runs start from now on."""
    Partition.mark_app_valid_cancel_rollback()

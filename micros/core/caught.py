"""When the entries that catch up ran last: a file of 100 bytes, written before each such run."""

import struct
from binascii import crc32

from micropython import const

FILE = "/caught"
_OTHERS = const(11)  # entries, besides the one that runs


def read():
    """Return {key of an entry: UTC second}, nothing where the file is not whole."""
    try:
        with open(FILE, "rb") as file:
            data = file.read()
    except OSError:
        return {}
    if len(data) % 8 != 4 or struct.unpack("<I", data[:4])[0] != crc32(data[4:]):
        return {}
    words = struct.unpack("<%dI" % (len(data) // 4), data)
    return {words[at]: words[at + 1] for at in range(1, len(words), 2)}


def note(log, key, second):
    """Write that an entry runs; the oldest make room. It runs even where that fails."""
    last = read()
    if last.get(key) == second:
        return  # another entry with the same text
    pairs = sorted([(last[each], each) for each in last if each != key])[-_OTHERS:]
    data = b"".join([struct.pack("<II", each, when) for when, each in pairs + [(second, key)]])
    try:
        with open(FILE, "wb") as file:
            file.write(struct.pack("<I", crc32(data)) + data)
    except OSError as error:
        log.error("cron: %s is not written: %r" % (FILE, error))

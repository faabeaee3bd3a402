"""When entries that catch up ran last: a file of 100 bytes, written before each of these runs."""

import struct
from binascii import crc32

from micropython import const

FILE = "/caught"
_MOST = const(12)  # entries


def read(path=None):
    """Return {key of an entry: UTC second}, nothing where the file is not whole."""
    try:
        with open(path or FILE, "rb") as file:
            data = file.read()
    except OSError:
        return {}
    if len(data) % 8 != 4 or struct.unpack("<I", data[:4])[0] != crc32(data[4:]):
        return {}
    pairs = struct.unpack("<%dI" % (len(data) // 4 - 1), data[4:])
    return dict(zip(pairs[::2], pairs[1::2]))


def note(log, key, due):
    """Write that an entry runs now; the oldest make room. It runs even where that fails."""
    known = read()
    if known.get(key) == due:
        return  # another one with the same text
    known[key] = due
    data = b""
    for second, each in sorted([(known[each], each) for each in known])[-_MOST:]:
        data += struct.pack("<II", each, second)
    try:
        with open(FILE, "wb") as file:
            file.write(struct.pack("<I", crc32(data)) + data)
    except OSError as error:
        log.error("cron: %s is not written: %r" % (FILE, error))

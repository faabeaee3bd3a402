"""Whether a file can come, and how much of it is there. Loaded for the beginning of one."""

import os

from core.errors import CommandError
from micropython import const

_RESERVE = const(4)  # blocks that are left for what the node itself writes


def begun(name, given):
    """Return the bytes that are there of it; refuse what cannot be its size or has no room."""
    size, digest = given.get("size"), given.get("sha256")
    if type(size) is not int or size < 0:
        raise CommandError("put: expected the size as a whole number, got %.30r" % (size,))
    if not isinstance(digest, str) or len(digest) != 64 or digest.strip("0123456789abcdef"):
        raise CommandError("put: expected sha256 as 64 hex digits in lower case")
    folder = name[: name.rindex("/")]
    if folder and size_of(folder) != -1:
        raise CommandError("put %s: there is no folder %s" % (name, folder))
    if size_of(name) == -1:
        raise CommandError("put %s: that is a folder" % name)
    there = size_of(name + ".part") or 0
    if there > size:
        os.remove(name + ".part")
        there = 0
    check(name, size, there)
    return there


def size_of(name):
    """Return the size of a file, -1 for a folder, None where there is neither."""
    try:
        found = os.stat(name)
    except OSError:
        return None
    return -1 if found[0] & 0x4000 else found[6]


def check(name, size, there=0, reserve=_RESERVE):
    """Refuse what has no room on the flash."""
    block, _, _, free = os.statvfs("/")[:4]
    needed = -(-size // block) - there // block + reserve
    if needed > free:
        said = "put %s: no room on the flash: expected %d blocks of %d bytes, got %d"
        raise CommandError(said % (name, needed, block, free))

"""The files of a slot, looked at and hashed piece by piece. Loaded for a step of an update."""

import asyncio
import os
from binascii import hexlify
from hashlib import sha256

from core.errors import CommandError
from core.once import once
from micropython import const

_PIECE = const(512)  # bytes between two looks at what else is to be done


def files(folder):
    """Return the paths and sizes of all files below a folder."""
    found = []
    try:
        for entry in os.ilistdir(folder):
            path = folder + "/" + entry[0]
            found += files(path) if entry[1] & 0x4000 else [(path, os.stat(path)[6])]
    except OSError:
        pass  # there is no such folder
    return found


def size(path):
    """Return the size of a file, -1 where there is none."""
    try:
        return os.stat(path)[6]
    except OSError:
        return -1


def room(path):
    """Make the folders above a file."""
    parts = path.split("/")
    for count in range(2, len(parts)):
        try:
            os.mkdir("/".join(parts[:count]))
        except OSError:
            pass  # it is there; if not, the file cannot be opened


async def pieces(path, take):
    """Hand a file over in pieces; whoever else has something to do does it in between."""
    buffer = bytearray(_PIECE)
    view = memoryview(buffer)
    with open(path, "rb") as file:
        while True:
            count = file.readinto(buffer)
            if not count:
                return
            take(view[:count])
            await asyncio.sleep_ms(0)


async def digest(path):
    """Return the SHA-256 of a file as the flash holds it."""
    total = sha256()
    await pieces(path, total.update)
    return hexlify(total.digest()).decode()


async def copied(source, path):
    """Copy a file."""
    room(path)
    with open(path, "wb") as file:
        await pieces(source, file.write)


async def wrong(slot, listed, told=None):
    """Return the first of the listed files that a slot does not hold as listed, None: it has all.

    `told`, awaited, is told how many have been looked at.
    """
    for index, (name, length, wanted) in enumerate(listed):
        path = slot + "/" + name
        if told:
            await told(index)
        if size(path) != length or await digest(path) != wanted:
            return name
    return None


def content(path):
    """Return a file's bytes, none when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


async def whole(slot):
    """Return the release of a slot that holds exactly its manifest's files, else []."""
    try:
        found = once("refusing").manifest(content(slot + "/manifest.json"))
        if await wrong(slot, found["files"]) or len(files(slot)) != len(found["files"]) + 1:
            return []
        return found["release"]
    except (OSError, CommandError):
        return []

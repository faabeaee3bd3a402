"""The files of a slot, looked at and hashed piece by piece. Loaded for a step of an update."""

import os

from core.errors import CommandError
from core.once import once


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


async def copied(source, path, pieces):
    """Copy a file; `pieces` is that of core/digest.py."""
    room(path)
    with open(path, "wb") as file:
        await pieces(source, file.write)


async def wrong(slot, listed, told=None, digest=None):
    """Return the first of the listed files that a slot does not hold as listed, None: it has all.

    `told`, awaited, is told how many have been looked at. `digest` is that of core/digest.py, where
    it is at hand.
    """
    digest = digest or once("digest").digest
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

"""What is needed for a moment: imported for it, and forgotten again."""

import gc
import os
import sys

from micropython import const

_NAME = const(17)  # bytes
_PLACE = const(3)


class _Window:
    """A file system of one file, mounted while it is imported, always as /w/module.mpy.

    An import keeps the module's name and path in memory for good: they are always the same. Its
    bytes lie in the pack of the release, which begins with 20 bytes for each file: its name, filled
    up with zeros, and where it begins. The last entry is all zeros.
    """

    pack = None  # its path, once node.py has told; on the desk imports are plain
    file = None  # the open pack, where the file begins

    def mount(*_):
        """Do nothing, nor does umount."""

    umount = mount

    def find(self, path):
        """Open the pack where a file begins; OSError where it has none of that name."""
        wanted = path.encode() + bytes(_NAME - len(path))
        name, place = bytearray(_NAME), bytearray(_PLACE)
        self.file = open(self.pack, "rb")
        while name != wanted:
            if self.file.readinto(name) != _NAME or not name[0]:
                raise OSError(2)
            self.file.readinto(place)
        self.file.seek(int.from_bytes(place, "little"))

    def stat(self, path):
        if path != "/module.mpy":
            raise OSError(2)
        return os.stat(self.pack)

    def open(self, *_):
        return self.file


pane = _Window()


def once(path):
    """Load a file of core/, or folder.file, without keeping it: it goes when the caller is done."""
    if "." not in path:
        path = "core." + path  # the short text is in memory anyway, as the file's own name
    if path in sys.modules:
        return sys.modules[path]
    gc.collect()  # what it leaves for good, its names, shall not lie in the middle of free memory
    if pane.pack is None:
        try:
            return __import__(path) and sys.modules[path]
        finally:
            drop(path)
    pane.find(path)
    before = sys.path[:]
    os.mount(pane, "/w")
    try:
        sys.path.insert(0, "/w")
        return __import__("module")
    except ImportError:
        raise MemoryError  # an import takes a file for missing when there is no memory to look
    finally:
        sys.path[:] = before
        pane.file = None
        os.umount("/w")
        drop("module")


def drop(path):
    """Take a module out of those that are known."""
    # MicroPython leaves the value in the slot of a removed key: None takes its place first
    sys.modules[path] = None
    del sys.modules[path]


class Rare:
    """A part of the node whose rarer functions lie in a `file` that is loaded for each call.

    They take the part as their first argument. A plain Rare is nothing but such a file.
    """

    bound = True

    def __init__(self, file):
        self.file = file
        self.bound = False

    def __getattr__(self, name):
        work = getattr(once(self.file), name)
        return (lambda *arguments: work(self, *arguments)) if self.bound else work

"""What is needed for a moment: imported for it, and forgotten again."""

import gc
import os
import sys


class _Window:
    """A file system of one file, mounted while it is imported, always as /w/module.

    An import keeps the module's name and path in memory for good: they are always the same.
    """

    slot = None  # where the release lies, once node.py has told; before that imports are plain
    file = None

    def mount(*_):
        """Do nothing, nor does umount."""

    umount = mount

    def stat(self, path):
        if path[:7] != "/module":
            raise OSError(2)
        return os.stat(self.file + path[7:])

    def open(self, path, mode):
        return open(self.file + path[7:], mode)


window = _Window()


def once(path):
    """Load a file of core/, or folder.file, without keeping it: it goes when the caller is done."""
    if "." not in path:
        path = "core." + path  # the short text is in memory anyway, as the file's own name
    if path in sys.modules:
        return sys.modules[path]
    gc.collect()  # what it leaves for good, its names, shall not lie in the middle of free memory
    if window.slot is None:
        try:
            return __import__(path) and sys.modules[path]
        finally:
            forget(path)
    window.file = window.slot + "/" + path.replace(".", "/")
    before = sys.path[:]
    try:
        os.mount(window, "/w")
        sys.path.insert(0, "/w")
        return __import__("module")
    except ImportError:
        os.stat(window.file + ".mpy")  # OSError where it is gone, else
        raise MemoryError  # an import takes a file for missing when there is no memory to look
    finally:
        sys.path[:] = before
        try:
            os.umount("/w")
        finally:
            drop("module")


def drop(path):
    """Take a module out of those that are known."""
    # MicroPython leaves the value in the slot of a removed key: None takes its place first
    sys.modules[path] = None
    del sys.modules[path]


def forget(path):
    """Give back the memory of a module, unless somebody still has something of it."""
    folder, _, name = path.partition(".")
    drop(path)
    setattr(sys.modules[folder], name, None)
    delattr(sys.modules[folder], name)


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

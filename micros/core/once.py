"""What is needed for a moment: imported for it, and forgotten again."""

import gc
import sys


def once(path):
    """Import folder.module without keeping it: its memory goes when the caller is done."""
    if path in sys.modules:
        return sys.modules[path]
    gc.collect()  # what it leaves for good, its names, shall not lie in the middle of free memory
    try:
        __import__(path)
        return sys.modules[path]
    finally:
        forget(path)


def forget(path):
    """Give back the memory of a module, unless somebody still has something of it."""
    folder, _, name = path.partition(".")
    # MicroPython leaves the value in the slot of a removed key: None takes its place first
    sys.modules[path] = None
    del sys.modules[path]
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

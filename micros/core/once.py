"""Modules that are needed for a moment: imported for it, and forgotten again."""

import gc
import sys


def once(path):
    """Import folder.module without keeping it: its memory goes when the caller is done."""
    if path in sys.modules:
        return sys.modules[path]
    gc.collect()  # what it leaves for good, its names, shall not lie in the middle of free memory
    folder, name = __import__(path), path.partition(".")[2]
    module = sys.modules[path]
    # MicroPython leaves the value in the slot of a removed key: None takes its place first
    sys.modules[path] = None
    del sys.modules[path]
    setattr(folder, name, None)
    delattr(folder, name)
    return module


class Rare:
    """A module that is loaded anew for each use of one of its functions."""

    def __init__(self, path):
        self.path = path

    def __getattr__(self, name):
        return getattr(once(self.path), name)

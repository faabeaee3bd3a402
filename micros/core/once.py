"""What is needed for a moment: imported for it, and forgotten again."""

import gc
import sys


def once(path):
    """Import folder.module without keeping it: its memory goes when the caller is done."""
    if path in sys.modules:
        return sys.modules[path]
    gc.collect()  # what it leaves for good, its names, shall not lie in the middle of free memory
    name = path.partition(".")[2]
    try:
        folder = __import__(path)
        module = sys.modules[path]
    finally:
        # MicroPython leaves the value in the slot of a removed key: None takes its place first
        sys.modules[path] = None
        del sys.modules[path]
    setattr(folder, name, None)
    delattr(folder, name)
    return module


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

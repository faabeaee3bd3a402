"""Modules that are needed for a moment: imported for it, and forgotten again."""

import sys


def once(name):
    """Import core.<name> without keeping it: its memory goes when the caller is done."""
    path = "core." + name
    if path in sys.modules:
        return sys.modules[path]
    folder = __import__(path)
    module = sys.modules.pop(path)
    delattr(folder, name)
    return module

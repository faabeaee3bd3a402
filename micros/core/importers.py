"""Which load modules hold another one that they imported. Loaded where that one goes."""

import sys


def importers(module):
    """Return the loaded modules that hold another one, or a function of it.

    They would go on with the old one. It is known by its name: what has been in hand here may be
    found on the stack, and stay. Of a class nobody can tell where it comes from.
    """
    name = "LM_" + module
    loaded = [it for it in sys.modules if it[:3] == "LM_" and it != name]
    return [it[3:] for it in loaded if name in _holds(sys.modules[it])]


def _holds(module):
    for value in module.__dict__.values():
        if type(value) is type(module):
            yield value.__name__
        elif type(value) in (type(importers), type(_holds)):  # a function; others may do a lot
            yield value.__globals__["__name__"]

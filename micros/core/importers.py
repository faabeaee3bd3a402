"""Which load modules hold another one that they imported. Loaded where that one goes."""

import sys


def importers(module):
    """Return the loaded modules that hold another one: they would go on with the old one.

    It is known by its name: what has been in hand here may be found on the stack, and stay.
    """
    name = "LM_" + module
    return [it[3:] for it in sys.modules if it[:3] == "LM_" and it != name and _holds(it, name)]


def _holds(module, name):
    found = sys.modules[module]
    for value in found.__dict__.values():
        if type(value) is not type(found):
            value = getattr(value, "__globals__", None)
            if value and value["__name__"] == name:
                return True
        elif value.__name__ == name:
            return True
    return False

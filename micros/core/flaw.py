"""What the file system refuses, and the interpreter, in words. Loaded when one of them has."""

import io
import sys

from core.errors import CommandError

_WHY = {
    2: "there is none, or not its folder",
    13: "the folder is not empty, or it cannot be changed",
    17: "there is one already",
    20: "that is no folder",
    21: "that is a folder",
    28: "no room on the flash",
    36: "the name is too long for this flash",
    39: "the folder is not empty",
    66: "the folder is not empty",
}


def refusal(what, error):
    """Return the refusal of what was tried."""
    return CommandError("%s: %s" % (what, _WHY.get(error.errno, "%r" % error)))


def syntax(module, error):
    """Return the refusal of a module that cannot be read, with the place."""
    trace = io.StringIO()
    sys.print_exception(error, trace)
    places = [line.strip() for line in trace.getvalue().split("\n") if "File" in line]
    said = "module '%s' cannot be read: %s: %s"
    return CommandError(said % (module, str(error).split(" (")[0], places[-1]))

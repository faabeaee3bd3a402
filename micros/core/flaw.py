"""What the file system refuses, in words. Loaded when it has refused."""

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

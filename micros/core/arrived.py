"""A file is all there: the last step. Loaded for it, or where it has gone wrong."""

import os

from core.errors import CommandError
from core.once import once


async def arrived(link, request):
    """Check a file as it lies on the flash, and give it its name."""
    name = request.name
    try:
        found = await once("digest").digest(name + ".part")
        if found != request.given["sha256"]:
            raise CommandError("put %s: expected another sha256, got %s" % (name, found))
        os.rename(name + ".part", name)
    except (OSError, CommandError) as error:
        raise refusal(name, error)
    await once("reload").reload(link.node, name)
    return True


def refusal(name, error, there=0):
    """Return what to tell; what is of no use, and takes room, is removed."""
    if isinstance(error, OSError):
        error, there = once("flaw").refusal("put " + name, error), 0
    if not there:  # else it is the beginning of the file
        try:
            os.remove(name + ".part")
        except OSError:
            pass
    return error

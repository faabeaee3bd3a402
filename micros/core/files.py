"""Small requests for files over the link. Loaded for one of them."""

import os

from core.once import once
from micropython import const

_FOLDER = const(0x4000)


async def stat(_, request):
    """Tell the size of a file, -1 of a folder."""
    name = once("names").readable(request.given)
    try:
        return {"size": _size(name)}
    except OSError as error:
        raise once("flaw").refusal("stat " + name, error)


def _size(name):
    found = os.stat(name)
    return -1 if found[0] & _FOLDER else found[6]


async def remove(link, request):
    """Remove a file or an empty folder."""
    name = once("names").changeable(link.node, request.given)
    try:
        (os.rmdir if _size(name) < 0 else os.remove)(name)
    except OSError as error:
        raise once("flaw").refusal("remove " + name, error)
    await once("reload").reload(link.node, name)
    return True


async def mkdir(link, request):
    """Make a folder; it may be there already."""
    name = once("names").changeable(link.node, request.given)
    once("shadow").check(name)
    try:
        os.mkdir(name)
    except OSError as error:
        if error.errno != 17 or _size(name) >= 0:
            raise once("flaw").refusal("mkdir " + name, error)
    return True


async def rename(link, request):
    """Give a file or a folder another name; what bears that name is replaced."""
    name = once("names").changeable(link.node, request.given)
    to = once("names").changeable(link.node, request.given, "to")
    once("shadow").check(to)
    once("shadow").whole(to)
    what = "rename %s to %s" % (name, to)
    if to.lower().startswith(name.lower() + "/"):  # LittleFS would lose the folder
        raise once("flaw").CommandError(what + ": that lies in it")
    try:
        os.rename(name, to)
    except OSError as error:
        raise once("flaw").refusal(what, error)
    await once("reload").reload(link.node, name)
    await once("reload").reload(link.node, to)
    return True

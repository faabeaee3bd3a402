"""Names at which nothing new may lie. Loaded where something is to come to be."""

from core.errors import CommandError
from micropython import const

# What the node imports of its firmware: a file or a folder of that name would come before it.
_FIRMWARE = const(
    " asyncio binascii collections dht errno esp esp32 gc hashlib heapq io json machine math"
    " micropython neopixel network onewire os random re rp2 select socket struct sys time vfs "
)


def check(name):
    """Refuse a name that would hide a part of the firmware, or is one of a file on its way."""
    pieces = name.lower().split("/")[1:]
    if pieces[-1].endswith(".part"):
        raise CommandError("%s: .part is for what is on its way" % name)
    at = 1 if pieces[0] in ("lib", "modules") and len(pieces) > 1 else 0
    module = pieces[at]
    for ending in (".py", ".mpy"):
        if module.endswith(ending):
            module = module[: -len(ending)]
    if " %s " % module in _FIRMWARE:
        raise CommandError("%s would hide the firmware's own %s" % (name, module))


def whole(name):
    """Refuse a folder that would become one of those where modules are looked for."""
    if name.lower() in ("/lib", "/modules"):
        raise CommandError("%s: make it and fill it, nothing is renamed to it" % name)

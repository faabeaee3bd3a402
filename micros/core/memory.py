"""Whether one more load module may come into memory. Loaded before one is brought in."""

import gc

from core.errors import CommandError
from micropython import const

_RESERVE = const(13000)  # bytes that are left for what is not a load module, to look and to help
_LOW = const(20000)  # with fewer, what unloads is brought in while it still can be
_LARGE = const(
    "%s: expected %d bytes free once it is loaded, got %d: 'system module <name>' unloads others"
)
_FULL = const(
    "expected %d bytes free to load one more module, got %d: 'system module <name>' unloads one"
)


def look():
    """Refuse a module that would leave no room; whether what unloads one is to be had ready."""
    free = gc.mem_free()
    if free < _RESERVE:
        raise CommandError(_FULL % (_RESERVE, free))
    return free < _LOW


def too_large(module, least, free):
    """Return the refusal of a module that left too little."""
    return CommandError(_LARGE % (module, least, free))

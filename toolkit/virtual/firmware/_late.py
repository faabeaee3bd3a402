"""Modules of the firmware that come into memory with their first use: a small heap has no room."""

import uos
import usys
import vfs

_PLACE = "/.firmware"  # mounted for the moment of an import alone
_files = None


class _Late:
    """Stands for a module until somebody asks it for something."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        return getattr(bring(self._name), name)


def promise(*names):
    """Have these modules there to be imported."""
    global _files
    _files = vfs.VfsPosix(uos.getenv("MICROS_FIRMWARE"))
    for name in names:
        usys.modules[name] = _Late(name)


def bring(name):
    """Return a module of the firmware, from now on in memory."""
    found = usys.modules.get(name)
    if found is not None and not isinstance(found, _Late):
        return found
    usys.modules.pop(name, None)
    if _PLACE in usys.path:  # one of them imports another
        return __import__(name)
    path = usys.path[:]
    vfs.mount(_files, _PLACE)
    try:
        usys.path.insert(0, _PLACE)
        return __import__(name)
    finally:
        if name not in usys.modules:
            usys.modules[name] = found or _Late(name)  # no memory now, perhaps the next time
        usys.path[:] = path
        vfs.umount(_PLACE)

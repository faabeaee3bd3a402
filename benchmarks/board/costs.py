"""What importing each module of a slot costs. `costs.py slot module …`, one line for each.

The table of names is left out of the heap: it grows by doubling, whoever comes when it is full.
"""

import gc
import sys

import micropython

slot, *modules = sys.argv[1:]
sys.path[:] = [slot, slot + "/modules", ".frozen"]


class _Anything:
    """Stands for `machine` and `network`: each constant and each class is there."""

    def __getattr__(self, name):
        return len(name) if name == name.upper() else self


for _name in ("machine", "network"):
    sys.modules[_name] = _Anything()
for _name in ("asyncio", "json", "os", "io", "time", "struct", "hashlib", "socket", "binascii"):
    __import__(_name)
import asyncio  # noqa: E402

asyncio.start_server  # noqa: B018 - its file is loaded when it is named
asyncio.Event  # noqa: B018


def _look(name):
    gc.collect()
    gc.collect()
    print("module", name, gc.mem_alloc())
    micropython.qstr_info()


_look("nothing")
for _name in modules:
    __import__(_name)
    _look(_name)

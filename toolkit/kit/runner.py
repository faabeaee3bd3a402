"""Run the tests of one file, on both interpreters: `runner.py folders file test …`.

`-` in place of tests: import the load module of that name, and tell the bytes that it takes.
"""

import gc
import sys

_LEAP = 1000  # bytes: a piece of text for a name is smaller


def _start(folders):
    sys.path[:0] = folders.split(":")
    if sys.implementation.name != "micropython":
        import board_dialect

        board_dialect.install()


def _run(function):
    import asyncio

    if sys.implementation.name == "micropython":
        asyncio.new_event_loop()  # no task of the test before lives on
    asyncio.run(_inside(function))


async def _inside(function):
    """Call a test where a loop runs, as on a node: what it calls may start tasks."""
    value = function()
    if hasattr(value, "send"):
        await value


def tests(file, names):
    """Say @begin of each test, and @pass or @fail, with the traceback before it."""
    module = __import__(file)
    for name in names:
        print("@begin", name)
        try:
            _run(getattr(module, name))
        except Exception as failure:  # noqa: BLE001 - the verdict on the test
            sys.print_exception(failure)
            print("@fail", name)
        else:
            print("@pass", name)


def measure(name):
    """Import a compiled module, and what it asks for beside; tell what stays of it.

    The table of all names grows in leaps of some KB: it has grown just before, or the module at
    which it happens to grow would pay for all others. How many names there are is told before and
    after: each takes its part of that table.
    """
    import asyncio

    import bench  # noqa: F401 - that and asyncio every node has
    import micropython

    _ = asyncio.sleep_ms  # which is loaded by that
    gc.collect()
    before = after = number = 0
    while after - before < _LEAP:
        before, number = gc.mem_alloc(), number + 1
        getattr(gc, "a name %d" % number, None)  # it is kept from here on
        after = gc.mem_alloc()
        gc.collect()
    micropython.qstr_info()
    before = gc.mem_alloc()
    __import__(name)
    gc.collect()
    taken = gc.mem_alloc() - before
    micropython.qstr_info()
    print("@bytes", taken)


_start(sys.argv[1])
if sys.argv[3:] == ["-"]:
    measure(sys.argv[2])
else:
    tests(sys.argv[2], sys.argv[3:])

"""Run the tests of one file on MicroPython: `board_runner.py module folders test …`."""

import asyncio
import sys


def _run(function):
    asyncio.new_event_loop()  # no task of the test before lives on
    value = function()
    if hasattr(value, "send"):
        asyncio.run(value)


def main(module_name, folders, names):
    sys.path.clear()
    sys.path.extend(folders.split(":"))
    sys.path.append(".frozen")
    import unix_dialect

    unix_dialect.install()
    module = __import__(module_name)
    for name in names:
        try:
            _run(getattr(module, name))
        except Exception as failure:  # noqa: BLE001  (the verdict on the test)
            sys.print_exception(failure)
            print("@fail", name)
        else:
            print("@pass", name)


main(sys.argv[1], sys.argv[2], sys.argv[3:])

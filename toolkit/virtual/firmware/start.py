"""What the virtual firmware does at power-on: its modules, the file system, boot.py, main.py."""

import gc

import micropython
import uos
import usys

usys.path[:] = [uos.getenv("MICROS_FIRMWARE")]
micropython.opt_level(3)  # no line numbers of the stand-ins: the program needs the memory

import time  # noqa: E402

time._begin()

import _buses  # noqa: E402
import _link  # noqa: E402
import _pins  # noqa: E402
import _repl  # noqa: E402
import _storage  # noqa: E402
import _system  # noqa: E402
import _terminal  # noqa: E402
import esp  # noqa: E402, F401
import machine  # noqa: E402, F401
import neopixel  # noqa: E402, F401
import network  # noqa: E402, F401
import ntptime  # noqa: E402, F401
import select  # noqa: E402, F401
import socket  # noqa: E402, F401

if _link.SETTINGS["chip"] != "esp8266":
    import esp32  # noqa: F401
if time._mode != "real":
    time._patch_asyncio()


def _programs(broken):
    """boot.py and main.py; a Ctrl-C ends both, and raw mode wants no main.py."""
    if broken:
        broken()
    raw = _link.SETTINGS["raw"]
    stopped = _terminal.interrupted_early()
    if not stopped:
        stopped = _repl.run_file("/boot.py")
    if not stopped and not raw:
        _repl.run_file("/main.py")
    gc.collect()
    if raw:
        _repl.raw()


micropython.opt_level(0)
_system.install()
_pins.begin()
_buses.begin()
_link.listen()
_broken = _storage.mount()
usys.path[:] = ["", ".frozen", "/lib"]
usys.argv[:] = []
gc.collect()
_programs(_broken)
_repl.friendly()

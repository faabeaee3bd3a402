"""What the virtual firmware does at power-on: its modules, the file system, boot.py, main.py."""

import gc

import micropython
import usys

usys.path[:] = [".", ".frozen"]  # where the supervisor has begun: a long path takes memory
micropython.opt_level(3)  # no line numbers of the stand-ins: the program needs the memory

_MODULES = ("network", "socket", "select", "machine", "neopixel", "ntptime", "esp")
_PARTS = ("_repl", "_pins", "_buses", "_storage", "_system", "_late")
_LATE = (
    "_pulses",
    "_dht",
    "dht",
    "_onewire",
    "_ds18b20",
    "onewire",
    "ds18x20",
    "_hcsr04",
    "_button",
    "_analog",
    "_uart",
)


def _load(name):
    gc.collect()  # on a small heap the next one must find its place
    return __import__(name)


def _programs(broken):
    """boot.py and main.py; a Ctrl-C ends both, and raw mode wants no main.py."""
    if broken:
        broken()
    raw = _link.SETTINGS["raw"]
    stopped = _repl.run_file("/boot.py")
    if not stopped and not raw:
        _repl.run_file("/main.py")
    gc.collect()
    if raw:
        _repl.raw()


_signals, _link, _time = _load("_signals"), _load("_link"), _load("time")
_time._begin()
for _name in _MODULES:
    _load(_name)
if _link.SETTINGS["chip"] != "esp8266":
    _load("esp32")
_repl, _pins, _buses, _storage, _system, _late = (_load(_name) for _name in _PARTS)
_terminal = _load("_terminal")
if _time._mode != "real":
    _time._patch_asyncio()
micropython.opt_level(0)
_system.install()
_pins.begin()
_buses.begin()
_late.promise(*_LATE)
_broken = _storage.mount()
usys.path[:] = ["", ".frozen", "/lib"]
usys.argv[:] = []
_pins.plugged()
gc.collect()
_terminal.interrupts(False)
if _link.ask("ready"):  # from now on Ctrl-C comes as a signal; was there one before?
    _signals.strike()
if _link.SETTINGS["watchdog"]:  # armed before a soft reset, which does not stop it
    _load("_alarms").feed(_link.SETTINGS["watchdog"])
_link.listen()
_programs(_broken)
_repl.friendly()

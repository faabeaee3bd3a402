"""`esp32` odds and ends: what a program for the chip is likely to ask."""

import _late
import machine
import uos
from _link import SETTINGS, on

_source = open(uos.getenv("MICROS_FIRMWARE") + "/_partition.py")  # before the board's files hide it


def __getattr__(name):
    """Make Partition when it is first asked for: few programs do."""
    if name != "Partition":
        raise AttributeError(name)
    made = {}
    exec(_source.read(), made)
    globals()[name] = made[name]
    return made[name]


def _touch_pad(pin):
    _late.bring("_pulses")
    return _late.bring("_touch").TouchPad(pin)


if SETTINGS["chip"] in ("esp32", "esp32s2", "esp32s3"):
    machine.TouchPad = _touch_pad  # here, since an ESP8266 has no memory for what it has not

WAKEUP_ALL_LOW, WAKEUP_ANY_HIGH = False, True
HEAP_DATA, HEAP_EXEC = 4, 1


_celsius = SETTINGS["celsius"]


def _warm(celsius):
    global _celsius
    _celsius = celsius


on("celsius", _warm)
if SETTINGS["chip"] == "esp32":

    def raw_temperature():
        return round(_celsius * 1.8 + 32)

else:

    def mcu_temperature():
        return round(_celsius)


def idf_heap_info(_kind):
    return [(120000, 90000, 80000, 70000)]


def wake_on_ext0(pin=None, level=None):
    pass


def wake_on_ext1(pins=None, level=None):
    pass


def wake_on_touch(_on):
    pass


def gpio_deep_sleep_hold(_on):
    pass

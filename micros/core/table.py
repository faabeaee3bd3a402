"""The table of settings: its rows, and what may stand in each. Loaded when it is needed.

A file of lines [name, default, limits, flags, help]. Flags: r needs a reboot, s secret, o shown by
the node and never set, m held in memory, for it is read again and again, f copied to a file that is
read before the settings are, and so cannot be tried, c read by core/sense.py before it is taken.
"""

import json

from core.once import once
from micropython import const

_NAME = const("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")
_RULES = {  # what a type and a range do not say
    "devfid": lambda text: all(c in _NAME for c in text),
    "appwd": lambda text: text == text.strip() and all(" " <= c <= "~" for c in text),
    "auth": lambda text: text in ("on", "off"),
    "devip": lambda text: text == "n/a" or _is_address(text),
    "trig": lambda text: text in ("up", "down", "both"),
    "tz": lambda text: text == "n/a" or _is_read(once("zone").zone, text, 0),
    "geo": lambda text: text == "n/a" or _is_read(once("sun").place, text),
}


def _is_address(text):
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


def _is_read(read, *arguments):
    try:
        return bool(read(*arguments))
    except (ValueError, RuntimeError):  # the latter: an expression nested too deep
        return False


def rows(config):
    """Yield the rows of the table, one in memory at a time."""
    with open(config.table) as file:
        for line in file:
            yield json.loads(line)


def fits(name, default, limits, value):
    """Tell whether a value has the type and lies in the range of its setting."""
    if type(value) is not type(default):
        return False
    size = len(value) if isinstance(value, str) else value
    if limits and not limits[0] <= size <= limits[1]:
        return False
    rule = _RULES.get("trig" if name.endswith("trig") else name)
    return not rule or rule(value)


def sound(name, default, limits, flags, value):
    """Return the value, or the default where it does not fit or is none of the file's."""
    return value if "o" not in flags and fits(name, default, limits, value) else default

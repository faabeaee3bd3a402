"""The table of settings: its rows, and what may stand in each. Loaded when it is needed.

A file of lines [name, default, limits, flags, help]. Flags: r needs a reboot, s secret, o shown by
the node and never set, m held in memory, for it is read again and again, f copied to a file that is
read before the settings are, and so cannot be tried, c read by core/sense.py before it is taken.
"""

import json

from core.once import once
from micropython import const

_RULED = const(" devfid appwd auth devip trig tz geo ")  # see core/rules.py


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
    name = "trig" if name.endswith("trig") else name
    return value == default or " %s " % name not in _RULED or once("rules").RULES[name](value)


def sound(name, default, limits, flags, value):
    """Return the value, or the default where it does not fit or is none of the file's."""
    return value if "o" not in flags and fits(name, default, limits, value) else default

"""For load modules written for micrOS v0.4: logical pins. In memory once one of them imports it.

What it tells is not reserved: such a module makes its pins itself, from `machine`.
"""

import lm

A0 = 17  # the analog input on the map of an ESP8266; to its firmware it is 0


def get_pin_on_platform_by_key(key):
    """Return the number of a logical pin, None where this board has none of that name."""
    try:
        number = lm.pinmap(key)[key]
    except lm.CommandError:
        return None
    return 0 if number == A0 and lm.node.port.LEAF else number


def pinmap_dump(keys):
    """Return the numbers of one or of several logical pins by their names; None: there is none."""
    names = [keys] if isinstance(keys, str) else keys
    return {name: get_pin_on_platform_by_key(name) for name in names}

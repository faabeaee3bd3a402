"""For load modules written for micrOS v0.4: logical pins. In memory once one of them imports it.

What it tells is not reserved: such a module makes its pins itself, from `machine`.
"""

import lm


def get_pin_on_platform_by_key(key):
    """Return the number of a logical pin, None where this board has none of that name."""
    try:
        return lm.pinmap(key)[key]
    except lm.CommandError:
        return None

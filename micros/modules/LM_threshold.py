"""Threshold: a number becomes on or off, with a band in which it stays as it was; by name.

Examples:
    threshold above fan 24 26 25.2
    threshold below heater 18 20 17.5
    threshold forget fan
"""

import lm

MOST = 16  # thresholds at a time

_states = {}


def above(name: str, low: float, high: float, value: float) -> int:
    """Tell 1 from high on upwards, 0 from low on downwards, in between as before (first: 0)."""
    return _decided(name, low, high, value, 1)


def below(name: str, low: float, high: float, value: float) -> int:
    """Tell 1 from low on downwards, 0 from high on upwards, in between as before (first: 0)."""
    return _decided(name, low, high, value, 0)


def _decided(name, low, high, value, upper):
    name = str(name)
    for given in (low, high, value):
        if not isinstance(given, (int, float)) or given - given != 0:
            raise lm.CommandError("threshold: expected numbers, got %.40r" % (given,))
    if not low < high:
        raise lm.CommandError("threshold: expected low below high, got %r and %r" % (low, high))
    if name not in _states and (len(_states) >= MOST or len(name) > 24):
        said = "name: expected at most %d thresholds, names of 24 characters, got %.30r"
        raise lm.CommandError(said % (MOST, name))
    state = _states.get(name, 0)
    if value >= high:
        state = upper
    elif value <= low:
        state = 1 - upper
    _states[name] = state
    return state


def forget(name: str) -> dict:
    """Let go of a threshold; it begins with 0 again."""
    if str(name) not in _states:
        raise lm.CommandError("name: expected one in use, got %.30r" % (name,))
    del _states[str(name)]
    return status()


def load() -> dict:
    """Prepare nothing: thresholds begin with their first value."""
    return status()


def status() -> dict:
    """Tell each threshold: 1 is on, 0 is off."""
    return dict(_states)


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}

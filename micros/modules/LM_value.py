"""Value: what a chain needs between a sensor and those who want a number.

Examples:
    value pick temp {"temp": 21.5, "hum": 40}
    value scale 1.8 32 21.5
"""

import lm

MOST = 3.4e38  # what the floats of a board can hold


def pick(key: str, value: dict) -> float:
    """Tell one of several values, by its name."""
    if not isinstance(value, dict) or key not in value:
        has = ", ".join(sorted(value)) if isinstance(value, dict) else "%.40r" % (value,)
        raise lm.CommandError("pick: expected a value named %s, got %.120s" % (key, has))
    return value[key]


def scale(factor: float, plus: float, value: float) -> float:
    """Tell factor × value + plus."""
    for each in (factor, plus, value):
        if not isinstance(each, (int, float)) or each - each != 0:
            raise lm.CommandError("scale: expected numbers, got %.40r" % (each,))
    result = factor * value + plus
    if not -MOST <= result <= MOST:
        raise lm.CommandError(
            "scale: expected a result from -%r to %r, got %r" % (MOST, MOST, result)
        )
    return result


def load() -> dict:
    """Prepare nothing."""
    return {}


def status() -> dict:
    """Tell nothing: it keeps nothing."""
    return {}


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}

"""PID: an output that brings a value to its target and holds it there; by name.

Examples:
    pid tune oven 2.5 integral=120 high=80
    pid target oven 180
    pid control oven 21.5
    pid hold oven 10
    pid auto oven
"""

from time import ticks_diff, ticks_ms

import lm

MOST = 4  # controllers at a time
SMOOTH = 8  # a slope is smoothed over this part of the derivative's seconds; our choice
LONGEST = 3600000  # ms between two values; after a longer pause nothing is added up

_known = {}


class _Loop:
    """output = gain × (error + its sum / integral - derivative × slope of the value)."""

    automatic = True
    aim = None  # nothing is done without one
    total = 0  # what the integral gives to the output; None: so much that the output stays
    lost = 0  # what narrow floats lost of it
    slope = 0  # of the value, a second
    value = output = None


def tune(
    name: str,
    gain: float,
    integral: float = 0,
    derivative: float = 0,
    low: float = 0,
    high: float = 100,
) -> dict:
    """Begin a controller, or change one without a bump: gain, two times in seconds, limits."""
    _numbers(gain, integral, derivative, low, high)
    if integral < 0 or derivative < 0 or not low < high:
        raise lm.CommandError("tune: expected times from 0 up and low below high")
    name = str(name)
    if name not in _known and (len(_known) >= MOST or len(name) > 24):
        said = "name: expected at most %d controllers, names of 24 characters, got %.30r"
        raise lm.CommandError(said % (MOST, name))
    it = _known.get(name) or _Loop()
    it.gains = gain, integral, derivative
    it.low, it.high = low, high
    if it.output is not None:
        it.output = min(max(it.output, low), high)
        it.total = None
    _known[name] = it
    return status()


def target(name: str, value: float) -> dict:
    """Say which value is wanted."""
    it = _named(name)
    _numbers(value)
    it.aim = value
    return status()


def control(name: str, value: float) -> float:
    """Take the measured value and tell the output."""
    it = _named(name)
    _numbers(value)
    if it.aim is None and it.automatic:
        raise lm.CommandError("control: expected 'pid target %s' with a value first" % (name,))
    gain, integral, derivative = it.gains
    elapsed = _elapsed(it, value, derivative)
    if not it.automatic:
        return it.output
    error = it.aim - value
    beside = gain * (error - derivative * it.slope)
    if it.total is None:
        it.total, it.lost = it.output - beside if integral else 0, 0
    elif elapsed and integral:
        _add(it, gain * error * elapsed / integral, beside)
    it.output = min(max(beside + it.total, it.low), it.high)
    return it.output


def _elapsed(it, value, derivative):
    """Note the value and its slope; return the seconds since the one before, 0 after a pause."""
    now = ticks_ms()
    elapsed = -1 if it.value is None else ticks_diff(now, it.at)
    if 0 < elapsed <= LONGEST:
        elapsed = elapsed / 1000
        smooth = derivative / SMOOTH
        it.slope = (smooth * it.slope + value - it.value) / (smooth + elapsed)
    elif elapsed:
        elapsed = it.slope = 0
    it.value, it.at = value, now
    return elapsed


def _add(it, step, beside):
    """Add to the integral, no further than to where the output meets its limit."""
    step = step + it.lost
    wanted = it.total + step
    if step > 0:
        total = min(wanted, max(it.total, it.high - beside))
    else:
        total = max(wanted, min(it.total, it.low - beside))
    it.lost = step - (total - it.total) if total == wanted else 0
    it.total = total


def hold(name: str, output: float | None = None) -> dict:
    """Hold an output, by default the one there is, whatever the value."""
    it = _named(name)
    output = it.output if output is None else output
    if output is None:
        raise lm.CommandError("hold: expected an output, there is none yet")
    _numbers(output)
    if not it.low <= output <= it.high:
        raise lm.CommandError("hold: expected %r to %r, got %r" % (it.low, it.high, output))
    it.automatic, it.output, it.total = False, output, None
    return status()


def auto(name: str) -> dict:
    """Control again, beginning with the output there is."""
    _named(name).automatic = True
    return status()


def forget(name: str) -> dict:
    """Let go of a controller; what follows its output keeps the last one."""
    _named(name)
    del _known[str(name)]
    return status()


def _named(name):
    if str(name) not in _known:
        raise lm.CommandError("name: expected one that 'pid tune' has begun, got %.30r" % (name,))
    return _known[str(name)]


def _numbers(*them):
    for each in them:
        if not isinstance(each, (int, float)) or each - each != 0:
            raise lm.CommandError("pid: expected numbers, got %.40r" % (each,))


def load() -> dict:
    """Prepare nothing: a controller begins with its gains."""
    return status()


def status() -> dict:
    """Tell each controller: its mode, target, last value and output."""
    told = {}
    for name in sorted(_known):
        it = _known[name]
        mode = "auto" if it.automatic else "manual"
        told[name] = "%s, target %s, value %s, output %s" % (mode, it.aim, it.value, it.output)
    return told


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}

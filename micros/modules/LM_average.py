"""Average: the mean of readings over time, however irregular they come; by name.

Examples:
    average window kitchen 60 21.5
    average exponential kitchen2 300 21.5
    average forget kitchen
"""

from math import exp
from time import ticks_diff, ticks_ms

import lm

MOST = 8  # averages at a time
LONGEST = 86400  # seconds
PARTS = 16  # of a window: what comes more often is merged

_known = {}


class _Average:
    """The last reading and when it came; between two of them the value goes in a straight line.

    A window has spans [ms] with their areas [value × ms], the oldest first. An exponential one has
    its level, and what narrow floats lost of it.
    """

    def __init__(self, kind):
        self.kind = kind
        self.spans = self.areas = None  # None: nothing has come yet


def window(name: str, seconds: float, value: float) -> float:
    """Take a reading and tell the mean of the last seconds; a longer pause begins anew."""
    it, now, elapsed = _taken("window", name, seconds, value)
    longest = int(seconds * 1000)
    if not 0 <= elapsed < longest:
        it.spans, it.areas = [], []
    elif elapsed:
        area = (it.reading + value) / 2 * elapsed
        if it.spans and it.spans[-1] + elapsed <= longest // PARTS:
            it.spans[-1] = it.spans[-1] + elapsed
            it.areas[-1] = it.areas[-1] + area
        else:
            it.spans.append(elapsed)
            it.areas.append(area)
    it.reading, it.at = value, now
    it.mean = _mean(it, longest)
    return it.mean


def _mean(it, longest):
    """The mean of a window; what is older than it goes, or counts in part."""
    total, spans, areas = 0, it.spans, it.areas
    for span in spans:
        total = total + span
    while spans and total - spans[0] >= longest:
        total = total - spans.pop(0)
        areas.pop(0)
    if not spans:
        return it.reading
    beyond = max(0, total - longest)
    area = areas[0] * (spans[0] - beyond) / spans[0]
    for each in areas[1:]:
        area = area + each
    return area / (total - beyond)


def exponential(name: str, seconds: float, value: float) -> float:
    """Take a reading and tell its mean, in which the past fades with this time constant."""
    it, now, elapsed = _taken("exponential", name, seconds, value)
    if elapsed < 0:
        it.mean, it.lost = value, 0
    elif elapsed:
        a = elapsed / (seconds * 1000)
        if a < 0.1:  # the differences below would have few digits
            gain = a * (1 - a * (0.5 - a * (1 / 6 - a / 24)))
            lag = a * (0.5 - a * (1 / 3 - a * (0.125 - a / 30)))
        else:
            kept = exp(-a) if a < 60 else 0
            gain = 1 - kept
            lag = gain / a - kept
        step = gain * (value - it.mean) - lag * (value - it.reading) + it.lost
        level = it.mean + step
        it.lost = step - (level - it.mean)
        it.mean = level
    it.reading, it.at = value, now
    return it.mean


def _taken(kind, name, seconds, value):
    """Return the average of that name, the time, and the ms since its last reading, or -1."""
    for what, given in (("seconds", seconds), ("value", value)):
        if not isinstance(given, (int, float)) or given - given != 0:
            raise lm.CommandError("%s: expected a number, got %.40r" % (what, given))
    if not 0.1 <= seconds <= LONGEST:
        raise lm.CommandError("seconds: expected 0.1 to %d, got %r" % (LONGEST, seconds))
    it, now = _named(kind, name), ticks_ms()
    elapsed = -1 if it.spans is None else ticks_diff(now, it.at)
    it.spans = it.spans or []
    return it, now, elapsed


def _named(kind, name):
    name = str(name)
    it = _known.get(name)
    if not it:
        if len(_known) >= MOST or len(name) > 24:
            said = "name: expected at most %d averages, names of 24 characters, got %.30r"
            raise lm.CommandError(said % (MOST, name))
        it = _known[name] = _Average(kind)
    if it.kind != kind:
        raise lm.CommandError("name: %s is the other kind, 'average forget %s'" % (name, name))
    return it


def forget(name: str) -> str:
    """Let go of an average; its next reading is the first."""
    if str(name) not in _known:
        raise lm.CommandError("name: expected one in use, got %.30r" % (name,))
    del _known[str(name)]
    return "average: forgotten"


def load() -> dict:
    """Prepare nothing: averages begin with their first reading."""
    return status()


def status() -> dict:
    """Tell each average as it was at its last reading."""
    return {name: _known[name].mean for name in sorted(_known)}


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}

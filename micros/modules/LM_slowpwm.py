"""Slow PWM: a relay is on for a share of the time, in periods of seconds; by pin.

Examples:
    slowpwm times simple_0 60 least_on=5 least_off=5
    slowpwm duty simple_0 35
    slowpwm status
    slowpwm deinit
"""

import asyncio
from time import ticks_diff, ticks_ms

import lm

MOST = 4  # relays at a time
FULL = 10000  # parts of the time
GLANCE = 1000  # ms between two looks at most
TAG = "slowpwm.relays"

_relays = {}  # by the number of the pin: one may have several names
_driven = False  # a task looks after them


class _Relay:
    """What is owed to a relay [ms × FULL] is summed up exactly, up to two periods of it: what
    one had too much or too little, for its least times or because nobody looked in time, the
    next ones make up for."""

    share = debt = wanted = on = 0
    switched = began = None  # ticks: when it was switched, when its period began

    def __init__(self, name):
        self.name = str(name)
        self.pin = lm.pin(name, __name__)
        self.at = self.renewed = ticks_ms()


def times(
    pin: str, period: float = 60, least_on: float = 1, least_off: float = 1, lapse: float = 0
) -> dict:
    """Say how a relay is switched, in seconds; lapse: off when no new duty has come for so long.

    Without lapse (0) a duty stands for good.
    """
    for each in (period, least_on, least_off, lapse):
        if not isinstance(each, (int, float)) or not 0 <= each <= 3600:
            raise lm.CommandError("times: expected 0 to 3600 seconds, got %.40r" % (each,))
    if period < 1 or period < least_on + least_off:
        said = "times: expected a period of a second or more, in which both least times fit, got %r"
        raise lm.CommandError(said % (period,))
    it = _relay(pin)
    it.period, it.least_on, it.least_off, it.lapse = [
        int(each * 1000) for each in (period, least_on, least_off, lapse)
    ]
    return status()


def _relay(pin):
    number = pin if isinstance(pin, int) else lm.pinmap(str(pin))[str(pin)]
    it = _relays.get(number)
    if not it:
        if len(_relays) >= MOST:
            raise lm.CommandError("slowpwm: expected at most %d relays, got %r" % (MOST, pin))
        it = _Relay(pin)
        it.pin.value(0)
        it.period, it.least_on, it.least_off, it.lapse = 60000, 1000, 1000, 0
        _relays[number] = it
    return it


def duty(pin: str, percent: float) -> dict:
    """Let a relay be on for 0 to 100 percent of the time."""
    global _driven
    if not isinstance(percent, (int, float)) or not 0 <= percent <= 100:
        raise lm.CommandError("duty: expected 0 to 100, got %.40r" % (percent,))
    it = _relay(pin)
    if not _driven:
        lm.task(TAG, _drive())
        _driven = True
        for each in _relays.values():
            each.at, each.debt = ticks_ms(), 0
    ticks = ticks_ms()
    _step(it, ticks)  # what went before was another duty
    it.share, it.renewed = int(percent * 100 + 0.5), ticks
    _step(it, ticks)
    return status()


def _step(it, ticks):
    """Switch a relay if it is time; return the ms to the next look."""
    it.debt = it.debt + ticks_diff(ticks, it.at) * (it.share - FULL * it.on)
    it.debt = max(-2 * FULL * it.period, min(2 * FULL * it.period, it.debt))
    it.at = ticks
    if it.lapse and ticks_diff(ticks, it.renewed) >= it.lapse:
        it.share = 0
    wait = _want(it, ticks)
    if it.switched is not None:
        held = (it.least_on if it.on else it.least_off) - ticks_diff(ticks, it.switched)
        if not 0 < held <= 3600000:  # the ticks cannot tell days
            it.switched = None
        elif it.wanted != it.on:
            return min(held, GLANCE)
    if it.wanted != it.on:
        it.on, it.switched = it.wanted, ticks
        it.pin.value(it.on)
    return max(1, min(wait, GLANCE))


def _want(it, ticks):
    """Decide whether a relay should be on; return the ms for which that holds."""
    if it.share in (0, FULL):
        it.debt, it.began, it.wanted = 0, None, int(it.share == FULL)
        return GLANCE
    left = 0 if it.began is None else it.period - ticks_diff(ticks, it.began)
    if left <= 0:
        it.began, left = ticks, it.period
        it.wanted = int(it.debt + it.share * left >= FULL * max(1, it.least_on))
    due = it.debt + it.share * left  # until the period ends
    if it.wanted and due <= 0 and not (it.on and left < it.least_off):
        it.wanted = 0
    return min(left, due // FULL + 1) if it.wanted and due > 0 else left


async def _drive():
    global _driven
    try:
        while _relays:
            wait = GLANCE
            for it in list(_relays.values()):
                wait = min(wait, _step(it, ticks_ms()))
            await asyncio.sleep_ms(wait)
    finally:
        _driven = False
        for it in _relays.values():
            it.switched = ticks_ms() if it.on else it.switched
            it.share = it.wanted = it.on = 0
            it.pin.value(0)


def deinit() -> str:
    """Switch all relays off and let go of their pins."""
    for it in _relays.values():
        it.pin.value(0)
    _relays.clear()
    lm.release(__name__)
    return "slowpwm: released"


def load() -> dict:
    """Prepare nothing: a relay begins with its times or its duty."""
    return status()


def status() -> dict:
    """Tell the duty of each relay in percent, and whether it is on."""
    return {it.name: "%s %%, %s" % (it.share / 100, it.on) for it in _relays.values()}


def pinmap() -> dict:
    """Tell the pins of the relays."""
    return {it.name: number for number, it in _relays.items()}

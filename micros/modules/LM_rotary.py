"""Rotary: an encoder that is turned and pushed, counted right however its contacts bounce.

Examples:
    rotary load
    rotary span 0 20
    rotary value 5
    rotary run pushed "light toggle"
    rotary read
"""

import asyncio

import lm

PINS = ("rotary_a", "rotary_b", "rotary_sw")
EVENTS = ("turned", "pushed")
# Quarters of a detent, by both levels before and both after; two changes at once tell nothing.
TURNS = (0, -1, 1, 0, 1, 0, 0, -1, -1, 0, 0, 1, 0, 1, -1, 0)
REST = 3  # both contacts are open
LONE = 40  # changes of one line alone, after which it is no bouncing any more
LOOK, QUIET = 5, 20  # ms: a look, and how long the button is quiet before it counts
FARTHEST = 1000000

_wires = []
_ready = False
_flag = None
_watched = False
_levels = REST
_quarters = 0
_lone = [0, 0]  # changes of each line, since the other one changed
_detents = 0
_told = 0  # the count for which the commands have run
_presses = 0
_kept = {"low": 0, "high": 100, "wrap": False, "turned": "", "pushed": ""}


def load() -> dict:
    """Count from now on; belongs into the boot hook."""
    global _flag, _levels, _watched, _ready
    if not _ready:
        status()  # what was kept
        _wires[:] = lm.group(lambda: [lm.pin(name, __name__, "up") for name in PINS])
        _flag = asyncio.ThreadSafeFlag()
        _levels = _both()
        for line in _wires:
            line.irq(_edge if line is not _wires[2] else _pushed)
        value(_detents)
        _ready = True  # last: what memory was short for is done by the next call
    if not _watched:
        lm.task("rotary", _watch)
        _watched = True  # its turn may come after the next command
    return status()


def span(low: int, high: int, wrap: bool = False) -> dict:
    """Count from low to high, or round and round; it is kept."""
    for number in (low, high):
        _an_int(number)
    if low >= high:
        raise lm.CommandError("span: expected low below high, got %d and %d" % (low, high))
    _keep(low=low, high=high, wrap=bool(wrap))
    return value(_detents)


def value(number: int) -> dict:
    """Go on from a number, or from the limit next to it."""
    global _detents, _told
    _an_int(number)
    _detents = _told = min(max(number, _kept["low"]), _kept["high"])
    return status()


def read() -> int:
    """Tell the number alone, as a chain wants it."""
    load()
    return _detents


def run(upon: str, line: str = "") -> dict:
    """Run a line of commands at an event, turned or pushed; none without. It is kept."""
    if upon not in EVENTS:
        raise lm.CommandError("upon: expected turned or pushed, got %r" % upon)
    if line:
        lm.run(line, __name__).close()  # what cannot be read is refused now
    _keep(**{upon: line})
    return status()


def _an_int(number):
    if not isinstance(number, int) or not -FARTHEST <= number <= FARTHEST:
        raise lm.CommandError("number: expected -%d to %d, got %r" % (FARTHEST, FARTHEST, number))


def _keep(**wanted):
    status()
    _kept.update(wanted)
    lm.keep(__name__, _kept)
    load()


def _both():
    return _wires[0].value() * 2 + _wires[1].value()


def _edge(_):
    """The interrupt: it counts, so nothing is lost while the node has other things to do."""
    global _levels, _quarters
    now = _both()
    changed, _quarters = now ^ _levels, _quarters + TURNS[_levels * 4 + now]
    _levels = now
    for line in (0, 1):
        if changed & (2 >> line):
            _lone[line] += 1
            _lone[1 - line] = 0
    if now == REST:
        if _quarters >= 2:
            _turned(1)
        elif _quarters <= -2:
            _turned(-1)
        _quarters = 0


def _turned(by_one):
    global _detents
    low, high = _kept["low"], _kept["high"]
    _detents += by_one
    if not low <= _detents <= high:
        _detents = (low if by_one > 0 else high) if _kept["wrap"] else _detents - by_one
    _flag.set()


def _pushed(_):
    _flag.set()


async def _watch():
    global _watched, _told
    try:
        while _wires:
            await _flag.wait()
            if await _press():
                await _tell("pushed")
            if _told != _detents:
                _told = _detents
                await _tell("turned")
    finally:
        _watched = False


async def _press():
    """Is the button down, and has stayed so? If it is, wait until it is up."""
    global _presses
    if not await _stays(0):
        return False
    _presses += 1
    while _wires and not await _stays(1):
        await asyncio.sleep_ms(LOOK)
    return True


async def _stays(side):
    for _ in range(0, QUIET, LOOK):
        if not _wires or _wires[2].value() != side:
            return False
        await asyncio.sleep_ms(LOOK)
    return True


async def _tell(upon):
    if _wires and _kept[upon]:
        await lm.run(_kept[upon], __name__)


def deinit() -> str:
    """Let go of the pins."""
    global _ready
    _ready = False
    for line in _wires:
        line.irq(None)
    _wires.clear()
    if _flag:
        _flag.set()  # the watch ends
    lm.release(__name__)
    return "rotary: released"


def status() -> dict:
    """Tell the number, how often the button was pressed, limits, commands, and what is wrong."""
    if not _wires:
        _kept.update(lm.keep(__name__))
    found = {"value": _detents, "presses": _presses, "low": _kept["low"], "high": _kept["high"]}
    for upon in EVENTS:
        found["at_" + upon] = _kept[upon] or "no commands"
    for line in (0, 1):
        if _lone[1 - line] > LONE:
            name = PINS[line]
            found["problem"] = "pin %s (%d) does not move" % (name, pinmap()[name])
    return found


def pinmap() -> dict:
    """Tell the pins: both contacts, and the button."""
    return lm.pinmap(*PINS)

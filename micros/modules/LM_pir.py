"""Motion: a PIR sensor; there is motion until it has told of none for its hold time.

Examples:
    pir load
    pir hold 30
    pir run motion "light on"
    pir run calm "light off"
    pir status
"""

import asyncio

import lm

PIN = "pir"
EVENTS = ("motion", "calm")
WARM = 60  # seconds from the start; "HC-SR501": until then it may tell what is not there
STUCK = 600  # seconds; its knob goes to 300
LOOK = 100  # ms
LONGEST = 3600  # seconds

_sensor = None
_flag = None
_edged = False  # since the last look
_watched = False
_present = False
_often = 0
_high_at = None  # uptime of the last look at which it was high
_rose_at = 0
_kept = {"hold": 30, "motion": "", "calm": ""}


def load() -> dict:
    """Watch the sensor; belongs into the boot hook."""
    global _sensor, _flag, _watched
    if _sensor is None:
        status()  # what was kept
        sensor = lm.pin(PIN, __name__, "in")
        _flag = asyncio.ThreadSafeFlag()
        sensor.irq(_edge)  # both edges
        _flag.set()  # it may be high
        _sensor = sensor  # last: what memory was short for is done by the next call
    if not _watched:
        lm.task("pir", _watch)
        _watched = True  # its turn may come after the next command
    return status()


def hold(seconds: int) -> dict:
    """Say how long there is motion after the sensor's last word, 1 to 3600 s; it is kept."""
    if not isinstance(seconds, int) or not 1 <= seconds <= LONGEST:
        raise lm.CommandError("hold: expected 1 to %d seconds, got %r" % (LONGEST, seconds))
    return _keep("hold", seconds)


def run(upon: str, line: str = "") -> dict:
    """Run a line of commands at an event, motion or calm; none without. It is kept."""
    if upon not in EVENTS:
        raise lm.CommandError("upon: expected motion or calm, got %r" % upon)
    if line:
        lm.run(line, __name__).close()  # what cannot be read is refused now
    return _keep(upon, line)


def _keep(name, value):
    status()
    _kept[name] = value
    lm.keep(__name__, _kept)
    return load()


def _edge(_):
    global _edged
    _edged = True
    _flag.set()


async def _watch():
    global _watched, _edged
    try:
        while _sensor:
            await _flag.wait()
            cold = WARM - lm.node.clock.uptime()
            if cold > 0:
                await asyncio.sleep(cold)
                _edged = False
            if _sensor and (_edged or _sensor.value()):
                await _visit()
    finally:
        _watched = False


async def _visit():
    """Somebody is there: look until nobody has been for the hold time."""
    global _present, _often, _rose_at
    _rose_at = lm.node.clock.uptime()
    _often += 1
    _present = True
    try:
        await _tell("motion")
        silent = 0
        while _sensor and silent < _kept["hold"] * 1000:
            await asyncio.sleep_ms(LOOK)
            silent = 0 if _still_there() else silent + LOOK
    finally:
        _present = False
    await _tell("calm")


def _still_there():
    global _edged, _high_at, _rose_at
    now = lm.node.clock.uptime()
    high = _sensor and _sensor.value()
    if high or _edged:
        _high_at = now
    if not high:
        _rose_at = now
    there, _edged = high or _edged, False
    return there


async def _tell(upon):
    if _sensor and _kept[upon]:
        await lm.run(_kept[upon], __name__)


def deinit() -> str:
    """Let go of the pin."""
    global _sensor
    if _sensor:
        _sensor.irq(None)
        _sensor = None
        _flag.set()  # the watch ends
        lm.release(__name__)
    return "pir: released"


def status() -> dict:
    """Tell whether there is motion, how often it began, and the seconds since the last."""
    if _sensor is None:
        _kept.update(lm.keep(__name__))
    now = lm.node.clock.uptime()
    ago = None if _high_at is None else now - _high_at
    found = {"motion": _present, "count": _often, "ago": ago, "hold": _kept["hold"]}
    for upon in EVENTS:
        found["at_" + upon] = _kept[upon] or "no commands"
    if _sensor and now < WARM:
        found["problem"] = "it warms up, %d s are left" % (WARM - now)
    if _sensor and _present and now - _rose_at > STUCK:
        high = now - _rose_at
        found["problem"] = "high for %d s: is pin %s (%d) stuck?" % (high, PIN, pinmap()[PIN])
    return found


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)

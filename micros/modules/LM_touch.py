"""Touch: pads of an ESP32, S2 or S3; a finger takes a reading away from what it is at rest.

Examples:
    touch load pwm_2
    touch read pwm_2
    touch sensitivity 20
"""

import asyncio

import lm

READINGS = 9  # of a rest, whose median counts
STEP = 20  # ms between them
NONE = (None, 0)

_pads = {}  # name: [the firmware's TouchPad, what it reads at rest]
_kept = {"share": 25}  # percent of the rest


async def load(pin: str = "pwm_2") -> dict:
    """Learn what a pad reads at rest; do not touch it meanwhile."""
    pad = _pad(pin)
    known = _pads[pin]
    seen = []
    for _ in range(READINGS):
        seen.append(_reading(pad, pin))
        await asyncio.sleep_ms(STEP)
    if _pads.get(pin) is not known:
        raise lm.CommandError("touch: pin %s has been released meanwhile" % pin)
    seen.sort()
    known[1] = seen[READINGS // 2]
    return status()


async def read(pin: str = "pwm_2") -> int:
    """Tell whether a pad is touched: 1 or 0."""
    if not _pads.get(pin, NONE)[1]:
        await load(pin)
    pad, rest = _pads[pin]
    away = abs(_reading(pad, pin) - rest)  # an ESP32 reads less when it is touched, an S3 more
    return int(away * 100 > rest * _kept["share"])


def value(pin: str = "pwm_2") -> int:
    """Tell what a pad reads."""
    return _reading(_pad(pin), pin)


def sensitivity(percent: int) -> dict:
    """Say how far from its rest a reading is a touch, 1 to 90 percent; it is kept."""
    if not isinstance(percent, int) or not 1 <= percent <= 90:
        raise lm.CommandError("sensitivity: expected 1 to 90 percent, got %r" % percent)
    status()
    _kept["share"] = percent
    lm.keep(__name__, _kept)
    return status()


def deinit() -> str:
    """Let go of all pads."""
    _pads.clear()
    lm.release(__name__)
    return "touch: released"


def _pad(pin):
    if pin not in _pads:
        status()  # what was kept
        _pads[pin] = [lm.touch(pin, __name__), 0]
    return _pads[pin][0]


def _reading(pad, pin):
    found = pad.read()
    if not found:
        raise lm.CommandError("touch: pin %s reads nothing, is it shorted?" % pin)
    return found


def status() -> dict:
    """Tell what each pad reads at rest, and how far from it a touch is, in percent."""
    if not _pads:
        _kept.update(lm.keep(__name__))
    found = {"share": _kept["share"]}
    for pin in sorted(_pads, key=str):
        found["rest %s" % pin] = _pads[pin][1]
    return found


def pinmap() -> dict:
    """Tell the pins of the pads in use."""
    return lm.pinmap(*_pads)

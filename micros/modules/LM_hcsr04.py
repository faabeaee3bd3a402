"""HC-SR04: the distance of what reflects ultrasound, 20 to 4000 mm; each echo holds 0.03 s.

Examples:
    hcsr04 distance
    hcsr04 distance 5 celsius=8    # of five echoes, on a cold day
"""

import asyncio
import time

import lm

PINS = ("trigger", "echo")
NEAREST, FARTHEST = 20, 4000  # mm; "HC-SR04", ElecFreaks, "Electric Parameter"
LIMIT = 26500  # microseconds: the sound is back from 4 m in 23300, and in 26100 at -40 C
CYCLE = 60  # ms from one measurement to the next, or it hears the echo before
MOST = 15

_pins = []
_listen = None  # the firmware's time_pulse_us
_busy = False


def load() -> dict:
    """Prepare both pins."""
    global _listen
    if _listen is None:
        listen = lm.pulse_us()
        modes = zip(PINS, ("out", "in"))
        _pins[:] = lm.group(lambda: [lm.pin(name, __name__, mode) for name, mode in modes])
        _pins[0].value(0)
        _listen = listen
    return status()


async def distance(samples: int = 3, celsius: float = 20) -> dict:
    """Tell the distance (mm), the median of 1 to 15 echoes, in air of a temperature."""
    if not isinstance(samples, int) or not 1 <= samples <= MOST:
        raise lm.CommandError("samples: expected 1 to %d, got %r" % (MOST, samples))
    if not isinstance(celsius, (int, float)) or not -40 <= celsius <= 85:
        raise lm.CommandError("celsius: expected -40 to 85, got %r" % celsius)
    return {"mm": await _alone(samples, celsius)}


async def _alone(samples, celsius):
    """Measure when it is one's turn: an echo of somebody else's is heard as well."""
    global _busy
    while _busy:
        await asyncio.sleep_ms(CYCLE)
    _busy = True
    try:
        return await _median(samples, celsius)
    finally:
        _busy = False


async def _median(samples, celsius):
    load()
    heard = []
    for _ in range(samples):
        heard.append(_ping())
        await asyncio.sleep_ms(CYCLE)
    heard.sort()
    echo_us = heard[samples // 2]
    if echo_us == -2:
        raise lm.CommandError("hcsr04: no answer on pin echo (%d)" % pinmap()["echo"])
    if echo_us < 0 and _pins[1].value():
        raise lm.CommandError("hcsr04: the echo on pin echo (%d) does not end" % pinmap()["echo"])
    # m/s of sound in dry air: 331.3 sqrt(1 + C / 273.15) of the textbooks, by its tangent at 0 C;
    # that is 0.3 percent too fast at -40 C, 0.9 at 85.
    mm = round(echo_us * (331.3 + 0.606 * celsius) / 2000)
    if echo_us < 0 or not NEAREST <= mm <= FARTHEST:
        raise lm.CommandError("hcsr04: out of range, %d to %d mm" % (NEAREST, FARTHEST))
    return mm


def _ping():
    """Return how long the sound was under way (us), -1 where it did not end, -2 without any."""
    if _listen is None:
        raise lm.CommandError("hcsr04: it has been released meanwhile")
    trigger, echo = _pins
    trigger.value(1)
    time.sleep_us(10)
    trigger.value(0)
    return _listen(echo, 1, LIMIT)


def deinit() -> str:
    """Let go of both pins."""
    global _listen
    _listen = None
    lm.release(__name__)
    return "hcsr04: released"


def status() -> dict:
    """Tell whether the pins are prepared."""
    return {"prepared": _listen is not None}


def pinmap() -> dict:
    """Tell both pins."""
    return lm.pinmap(*PINS)

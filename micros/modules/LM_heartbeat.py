"""Heartbeat: the built-in LED blinks a rhythm, or grows bright and dark.

Examples:
    heartbeat blink "100 100 100 700"    # ms on, off, on, off
    heartbeat pulse 2000
    heartbeat stop
"""

import asyncio

import lm

PIN = "builtin"
BEAT = "100 150 100 1150"
SHADES = 20  # up, and as many down
SLICE = 100  # ms
MOST = 16  # parts of a rhythm

_wanted = None  # a rhythm, as ms; or (ms,) for one that grows bright and dark
_led = None
_alive = False


def load() -> dict:
    """Prepare nothing: the LED is taken while it blinks."""
    return status()


def blink(rhythm: str = BEAT, inverted: bool | None = None) -> str:
    """Blink for so many ms on, off, on, …; inverted (is kept): the LED shines when it is low."""
    parts = str(rhythm).split()
    if not 2 <= len(parts) <= MOST or len(parts) % 2:
        raise lm.CommandError("rhythm: expected on off …, 2 to %d, got %.60r" % (MOST, rhythm))
    for part in parts:
        if not part.isdigit() or not 10 <= int(part) <= 60000:
            raise lm.CommandError("rhythm: expected 10 to 60000 ms, got %.40r" % part)
    if inverted is not None:
        lm.keep(__name__, {"inverted": bool(inverted)})
    return _begin([int(part) for part in parts])


def pulse(period: int = 2000) -> str:
    """Grow bright and dark again in so many ms, where the pin has PWM."""
    if not isinstance(period, int) or not 800 <= period <= 60000:
        raise lm.CommandError("period: expected 800 to 60000 ms, got %.40r" % (period,))
    return _begin((period,))


def _begin(wanted):
    global _wanted, _alive
    if not _alive:
        lm.task("heartbeat", _live)  # first: no pin is taken where there is no room for it
        _alive = True  # the next command may come before it begins
    if _led is None or len(wanted) != len(_wanted):
        _dark()
        _take(len(wanted) == 1)
    _wanted = wanted
    return "heartbeat: started, 'heartbeat stop' ends it"


def _take(fades):
    global _led
    _led = lm.pwm(PIN, __name__) if fades else lm.pin(PIN, __name__)


def _shine(shade):
    """So bright, 0 to SHADES; the eye sees squares as even steps."""
    if lm.keep(__name__).get("inverted"):
        shade = SHADES - shade
    if len(_wanted) == 1:
        _led.duty_u16(shade * shade * 65535 // (SHADES * SHADES))
    else:
        _led.value(shade > 0)


async def _live():
    global _alive
    try:
        while _wanted:
            rhythm = _wanted
            if len(rhythm) == 1:
                for shade in range(2 * SHADES):
                    if rhythm is _wanted:
                        _shine(min(shade, 2 * SHADES - shade))
                        await _linger(rhythm[0] // (2 * SHADES), rhythm)
                continue
            for place, ms in enumerate(rhythm):
                if rhythm is _wanted:
                    _shine(0 if place % 2 else SHADES)
                    await _linger(ms, rhythm)
    finally:
        _alive = False
        _dark()


async def _linger(ms, rhythm):
    """Wait, but not for what is wanted no more."""
    while ms > 0 and rhythm is _wanted:
        await asyncio.sleep_ms(min(ms, SLICE))
        ms -= SLICE


def _dark():
    """Switch the LED off and give it back."""
    global _wanted, _led
    if _led is not None:
        _shine(0)
        if len(_wanted) == 1:
            _led.deinit()
        _led = None
        lm.release(__name__)
    _wanted = None


def stop() -> str:
    """Go dark."""
    _dark()
    return "heartbeat: stopped"


def status() -> dict:
    """Tell what the LED does."""
    if not _wanted:
        return {"blinks": "no"}
    return {"blinks": _wanted if len(_wanted) > 1 else "bright and dark in %d ms" % _wanted[0]}


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)

"""Cat game: two servos lead a laser, or a toy, about at random, and stop by themselves.

Examples:
    catgame area 60 120 70 110    # degrees of servo 1, from and to, then of servo 2
    catgame game 2
    catgame play 30
    catgame stop
"""

import asyncio
from random import getrandbits

import lm
import LM_servo

LASER = "simple_0"
HOME = 90  # degrees
AREA = [55, 125, 60, 120]
UNIT = 1.76  # degrees of a step of v0.4, which counted 1023 for 20 ms
STRIDE, EVERY = 3, 20  # degrees, ms: no jump
LEAST, MOST = 20, 1500  # ms of rest between two moves
PATIENCE = 200  # looks at a game that ends

_angles = [HOME, HOME]
_laser = None
_left = 0  # ms
_plays = False


def load() -> dict:
    """Prepare the laser, which stays dark, and nothing else."""
    global _laser
    if _laser is None:
        _laser = lm.pin(LASER, __name__)
        _laser.value(0)
    return status()


def area(from_1: float, to_1: float, from_2: float, to_2: float) -> dict:
    """Say between which degrees both servos stay; is kept."""
    given = [from_1, to_1, from_2, to_2]
    for degrees in given:
        if not isinstance(degrees, (int, float)) or not 0 <= degrees <= 180:
            raise lm.CommandError("area: expected 0 to 180 degrees, got %.40r" % (degrees,))
    if from_1 > to_1 or from_2 > to_2:
        raise lm.CommandError("area: expected from below to, got %r" % given)
    lm.keep(__name__, {"area": given})
    return status()


def play(seconds: int = 60) -> str:
    """Play for 5 to 900 seconds in the background."""
    global _left
    if not isinstance(seconds, int) or not 5 <= seconds <= 900:
        raise lm.CommandError("seconds: expected 5 to 900, got %.40r" % (seconds,))
    _free()
    lm.task("catgame", lambda: _play(1000, _area()))  # without a time it ends at once
    load()
    _left = seconds * 1000
    return "catgame: plays for %d s, 'catgame stop' ends it" % seconds


async def game(repeat: int = 10, delta: int = 20) -> str:
    """Make some moves to and fro by `delta` steps of v0.4, 35 degrees for 20; then tell so."""
    global _left
    for name, given, most in (("repeat", repeat, 100), ("delta", delta, 50)):
        if not isinstance(given, int) or not 1 <= given <= most:
            raise lm.CommandError("%s: expected 1 to %d, got %.40r" % (name, most, given))
    _free()
    wide = int(delta * UNIT)
    _left = 900000
    await _play(repeat, [HOME - wide, HOME + wide, HOME, HOME])
    return "Game action"


async def live_game(chance: int = 10) -> str:
    """Play a short game, with a chance in percent."""
    if not isinstance(chance, int) or not 0 <= chance <= 100:
        raise lm.CommandError("chance: expected 0 to 100, got %.40r" % (chance,))
    if _among(0, 99) >= chance:
        return "No action"
    return await game(5)


def _free():
    if _plays or _left:
        raise lm.CommandError("catgame: a game is going on, 'catgame stop' ends it")


async def _play(strokes, within):
    global _left, _plays
    if not _left:
        return  # it was stopped before it began
    _plays = True
    others = LM_servo.status()
    try:
        load()
        _laser.value(1)
        while _left > 0 and strokes > 0:
            strokes -= 1
            await _turn([_among(*within[:2]), _among(*within[2:])], False)
            rest = _among(LEAST, MOST)
            while rest > 0 and _left > 0:
                rest -= EVERY
                await _wait()
        _laser.value(0)
        await _turn([HOME, HOME], True)
    finally:
        _left, _plays = 0, False
        _dark()
        if not others:
            LM_servo.deinit()


async def _turn(goal, always):
    """Turn both servos, step by step."""
    while (always or _left > 0) and _angles != goal:
        for index in range(2):
            away = goal[index] - _angles[index]
            _angles[index] += min(max(away, -STRIDE), STRIDE)
            LM_servo.angle(_angles[index], index + 1)
        await _wait()


async def _wait():
    global _left
    _left = max(_left - EVERY, 0)
    await asyncio.sleep_ms(EVERY)


def _dark():
    """Give back the laser."""
    global _laser
    if _laser is not None:
        _laser.value(0)
        _laser = None
    lm.release(__name__)


def _among(low, high):
    return int(low) + getrandbits(16) * (int(high) - int(low) + 1) // 65536


def _area():
    return lm.keep(__name__).get("area") or AREA


async def stop() -> str:
    """End the game: the laser goes dark, the servos go home; those that it took are let go."""
    global _left
    _left = 0
    for _ in range(PATIENCE):
        if _plays:
            await asyncio.sleep_ms(EVERY)
    if not _plays:
        _dark()  # of a game that has not begun
    return "catgame: ended"


def status() -> dict:
    """Tell whether a game is going on, for how long still (s), and the area."""
    return {"plays": _plays, "left": _left // 1000, "area": _area()}


def pinmap() -> dict:
    """Tell the pins of the servos and of the laser."""
    found = LM_servo.pinmap()
    found.update(lm.pinmap(LASER))
    return found

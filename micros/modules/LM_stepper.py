"""Stepper: a 28BYJ-48 at a ULN2003, or a driver for step and direction; no current at rest.

Examples:
    stepper zero
    stepper angle 10 speed=600
    stepper step -20
    stepper to 0
    stepper stop
"""

import asyncio
import time

import lm

PINS = ("stepper_1", "stepper_2", "stepper_3", "stepper_4")  # or step, direction, enable
FASTEST = {"uln2003": 600, "step": 2000}  # a second; "28BYJ-48", Kiatronics: from rest > 600
COILS = b"\x01\x03\x02\x06\x04\x0c\x08\x09"  # half steps: one coil, two, one, …
FARTHEST = 1000000  # steps
DRAW = 8  # ms until the rotor is where a coil draws it
SETTLE = 2000  # microseconds until the last step is done

_coils = []
_kept = {"driver": "uln2003", "per_turn": 4096, "position": 0, "phase": 0}
_sure = False
_moving = False
_drawn = False  # the rotor is known to be where the coils left it
_less = 0  # of a step, left from the last angle


def load() -> dict:
    """Prepare the pins, without current."""
    if not _coils:
        status()  # what was kept
        names = PINS if _kept["driver"] == "uln2003" else PINS[:3]
        _coils[:] = lm.group(lambda: [lm.pin(name, __name__) for name in names])
        _let_go()
    return status()


def driver(kind: str, per_turn: int = 4096) -> dict:
    """Say what drives it, uln2003 or step, and how many steps make a turn; it is kept."""
    global _drawn, _sure, _less
    if kind not in FASTEST:
        raise lm.CommandError("kind: expected uln2003 or step, got %r" % kind)
    if not isinstance(per_turn, int) or not 4 <= per_turn <= FARTHEST:
        raise lm.CommandError("per_turn: expected 4 to %d steps, got %r" % (FARTHEST, per_turn))
    if _moving:
        raise lm.CommandError("driver: the motor is moving, stop it first")
    status()  # what was kept
    if (kind, per_turn) != (_kept["driver"], _kept["per_turn"]):
        _sure, _less = False, 0  # its steps are others
    _kept.update(driver=kind, per_turn=per_turn)
    _drawn = False
    lm.keep(__name__, _kept)
    _coils.clear()
    lm.release(__name__)
    return load()


async def step(count: int, speed: int = 400) -> dict:
    """Move so many steps, back below 0, 1 to 600 of them a second; with `step` to 2000."""
    load()
    _within("count", count, FARTHEST, int)
    return await _run(count, speed)


async def angle(degrees: float, speed: int = 400) -> dict:
    """Turn by so many degrees, back below 0; parts of a step are added up."""
    global _less
    load()
    exact = _steps(degrees) + _less
    found = await _run(round(exact), speed)
    _less = exact - round(exact)
    return found


async def to(degrees: float, speed: int = 400) -> dict:
    """Turn to an angle, counted from where `zero` was said, by whole turns as well."""
    load()
    return await _run(None, speed, round(_steps(degrees)))


async def stop() -> dict:
    """Stop where it is, and leave it without current."""
    await lm.only("stepper", _still())
    return status()


async def standby() -> dict:
    """Do what `stop` does."""
    return await stop()


def zero() -> dict:
    """Call the place where it is 0; it is sure from then on, until a restart or another driver."""
    global _sure, _less
    load()
    _kept["position"] = _less = 0
    _sure = True
    lm.keep(__name__, _kept)
    return status()


def _within(name, value, top, kind=(int, float)):
    if not isinstance(value, kind) or not -top <= value <= top:
        raise lm.CommandError("%s: expected -%d to %d, got %r" % (name, top, top, value))


def _steps(degrees):
    _within("degrees", degrees, 36000)
    return degrees * _kept["per_turn"] / 360


async def _run(count, speed, goal=0):
    top = FASTEST[_kept["driver"]]
    if not isinstance(speed, int) or not 1 <= speed <= top:
        raise lm.CommandError("speed: expected 1 to %d steps a second, got %r" % (top, speed))
    await lm.only("stepper", _move(count, goal, -(-1000000 // speed)))
    return status()


async def _still():
    pass


async def _move(count, goal, interval_us):
    """Go so many steps, or to a position, once whatever went before has ended."""
    global _moving
    if count is None:
        count = goal - _kept["position"]
    way = 1 if count > 0 else -1
    _moving = True
    try:
        if len(_coils) == 3:
            _coils[1].value(way > 0)
            _coils[2].value(0)  # enable is low
        elif not _drawn:
            await _draw()
        for _ in range(abs(count)):
            _kept["position"] += way
            _kept["phase"] = (_kept["phase"] + way) % 8
            _one()
            await _wait(time.ticks_us(), interval_us)
    finally:
        time.sleep_us(SETTLE)
        _let_go()
        _moving = False
        lm.keep(__name__, _kept)


async def _draw():
    """Draw the rotor to a place, from wherever it was left: half a degree at most."""
    global _drawn
    there = _kept["phase"]
    for aside in (2, 0):  # from the opposite side one coil alone draws it nowhere
        _kept["phase"] = (there + aside) % 8
        _field()
        await asyncio.sleep_ms(DRAW)
    _drawn = True


async def _wait(before_us, interval_us):
    """Wait in the loop, the last part outside: no step comes before its time, none is made up."""
    await asyncio.sleep_ms((interval_us - time.ticks_diff(time.ticks_us(), before_us)) // 1000)
    left = interval_us - time.ticks_diff(time.ticks_us(), before_us)
    if left > 0:
        time.sleep_us(left)


def _one():
    if len(_coils) == 3:
        _coils[0].value(1)
        time.sleep_us(2)  # "A4988", Allegro: at least 1
        _coils[0].value(0)
    else:
        _field()


def _field():
    pattern = COILS[_kept["phase"]]
    for place, coil in enumerate(_coils):
        coil.value(pattern >> place & 1)


def _let_go():
    if len(_coils) == 3:
        _coils[2].value(1)
        return
    for coil in _coils:
        coil.value(0)


def status() -> dict:
    """Tell the position, whether it is sure, and whether it moves."""
    if not _coils:
        _kept.update(lm.keep(__name__))
    place = _kept["position"]
    per_turn = _kept["per_turn"]
    degrees = (place * 36000 + per_turn // 2) // per_turn / 100  # whole numbers leave no noise
    return {"position": place, "degrees": degrees, "sure": _sure, "moving": _moving}


def pinmap() -> dict:
    """Tell the pins; a driver has step, direction and enable at the first three."""
    return lm.pinmap(*PINS)

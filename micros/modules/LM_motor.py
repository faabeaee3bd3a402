"""Motor: two DC motors at an L298N, each with a speed, a direction, a ramp and a brake.

Examples:
    motor ramp 500
    motor speed 60
    motor speed -30 motor=2
    motor brake
    motor stop
"""

import asyncio

import lm

PINS = {1: ("motor_1", "motor_1a", "motor_1b"), 2: ("motor_2", "motor_2a", "motor_2b")}
# "L298", STMicroelectronics: up to 25 kHz. 1 kHz is heard as a whine, which is gone from about
# 20 kHz on; but an ESP8266 has no more, and each switching costs the bridge.
HERTZ = 1000
BEAT = 20  # ms from one change of a ramp to the next
LONGEST = 60000  # ms

_bridges = {}  # number of a motor: its PWM output, its two inputs
_speeds = {1: 0, 2: 0}
_braked = set()
_kept = {"ramp": 500}  # ms from 0 to 100


def load(motor: int = 1) -> dict:
    """Prepare the pins of motor 1 or 2; it does not turn."""
    if motor not in PINS:
        raise lm.CommandError("motor: expected 1 or 2, got %r" % motor)
    if motor not in _bridges:
        status()  # what was kept
        _bridges[motor] = lm.group(lambda: _bridge(motor))
    return status()


def _bridge(motor):
    enable, first, second = PINS[motor]
    inputs = lm.pin(first, __name__), lm.pin(second, __name__)
    for one in inputs:
        one.value(0)
    return (lm.pwm(enable, __name__, HERTZ),) + inputs


def ramp(full_ms: int) -> dict:
    """Say how long it takes from standing to full speed, 0 to 60000 ms; it is kept."""
    if not isinstance(full_ms, int) or not 0 <= full_ms <= LONGEST:
        raise lm.CommandError("ramp: expected 0 to %d ms, got %r" % (LONGEST, full_ms))
    status()
    _kept["ramp"] = full_ms
    lm.keep(__name__, _kept)
    return status()


async def speed(percent: int, motor: int = 1) -> dict:
    """Bring motor 1 or 2 to a speed, -100 to 100 percent; back is below 0."""
    if not isinstance(percent, int) or not -100 <= percent <= 100:
        raise lm.CommandError("speed: expected -100 to 100, got %r" % percent)
    load(motor)
    await lm.only("motor.%d" % motor, _go(motor, percent))
    return status()


async def brake(motor: int = 1) -> dict:
    """Stop motor 1 or 2 at once, by its own current, until it is given a speed or stopped."""
    load(motor)
    await lm.only("motor.%d" % motor, _halt(motor, 1))
    return status()


async def stop(motor: int = 0) -> dict:
    """Switch motor 1 or 2 off at once, or both; it runs out freely."""
    if motor not in (0, 1, 2):
        raise lm.CommandError("motor: expected 1, 2, or 0 for both, got %r" % motor)
    for one in (motor,) if motor else (1, 2):
        if one in _bridges:
            await lm.only("motor.%d" % one, _halt(one, 0))
    return status()


async def _go(motor, goal):
    """Go to the goal by little changes; whatever ends this leaves the speed of that moment."""
    begin = _speeds[motor]
    beats = abs(goal - begin) * _kept["ramp"] // (100 * BEAT)
    for beat in range(1, beats):
        _drive(motor, begin + (goal - begin) * beat // beats)
        await asyncio.sleep_ms(BEAT)
    _drive(motor, goal)


async def _halt(motor, hold):
    """Short the motor's ends, or leave them open."""
    _drive(motor, 0)
    if hold:
        _bridges[motor][0].duty_u16(65535)
        _braked.add(motor)


def _drive(motor, percent):
    output, first, second = _bridges[motor]
    before = _speeds[motor]
    _braked.discard(motor)
    if percent * before <= 0:
        output.duty_u16(0)  # before it is switched over
        first.value(percent > 0)
        second.value(percent < 0)
    output.duty_u16(abs(percent) * 65535 // 100)
    _speeds[motor] = percent


def status() -> dict:
    """Tell the speeds, which motors are braked, and the ramp."""
    if not _bridges:
        _kept.update(lm.keep(__name__))
    return {
        "speed_1": _speeds[1],
        "speed_2": _speeds[2],
        "braked": ", ".join(str(motor) for motor in sorted(_braked)) or "none",
        "ramp": _kept["ramp"],
    }


def pinmap() -> dict:
    """Tell the pins of both motors: enable, and two inputs."""
    return lm.pinmap(*(PINS[1] + PINS[2]))

"""Servo: up to two hobby servos, moved by angle.

Examples:
    servo angle 90
    servo angle 45.5 servo=2
    servo sduty 75
    servo deinit
"""

import asyncio

import lm

PINS = {1: "pwm_4", 2: "pwm_5"}
PERIOD = 20000  # microseconds: the 50 Hz that servos expect
LOW, HIGH = 500, 2500  # microseconds of the pulse at 0 and at 180 degrees

_outputs = {}
_angles = {}


def load(servo: int = 1) -> dict:
    """Prepare a servo's output; it does not move before the first angle."""
    if servo not in PINS:
        raise lm.CommandError("servo: expected 1 or 2, got %r" % servo)
    if servo not in _outputs:
        _outputs[servo] = lm.pwm(PINS[servo], __name__, 1000000 // PERIOD)
    return status()


def angle(degrees: float, servo: int = 1) -> dict:
    """Turn servo 1 or 2 to an angle from 0 to 180."""
    if not isinstance(degrees, (int, float)) or not 0 <= degrees <= 180:
        raise lm.CommandError("angle: expected 0 to 180 degrees, got %r" % degrees)
    load(servo)
    pulse = LOW + int(degrees * (HIGH - LOW) / 180)
    _outputs[servo].duty_u16(pulse * 65535 // PERIOD)
    _angles[servo] = degrees
    return status()


def sduty(duty: int = 75) -> dict:
    """Turn servo 1 by the numbers of micrOS, 40 to 115 of 1023 parts of 20 ms."""
    return _duty(duty, 1)


def s2duty(duty: int = 75) -> dict:
    """Turn servo 2 by the numbers of micrOS."""
    return _duty(duty, 2)


def Servo(duty: int = 100) -> dict:
    """Do what `sduty` does: its name of v0.4."""
    return _duty(duty, 1)


def Servo2(duty: int = 100) -> dict:
    """Do what `s2duty` does: its name of v0.4."""
    return _duty(duty, 2)


async def Servo_demo() -> dict:
    """Show servo 1: to one end, to the other, to the middle."""
    for degrees in (0, 180, 90):
        angle(degrees)
        await asyncio.sleep_ms(700)
    return status()


def Servo_deinit() -> str:
    """Do what `deinit` does."""
    return deinit()


def Servo2_deinit() -> str:
    """Do what `deinit` does."""
    return deinit()


def _duty(duty, servo):
    if not isinstance(duty, int) or not 40 <= duty <= 115:
        raise lm.CommandError("duty: expected 40 to 115, got %r" % duty)
    return angle(round((duty * PERIOD / 1023 - LOW) * 180 / (HIGH - LOW), 1), servo)


def deinit() -> str:
    """Let go of both servos and their pins."""
    for output in _outputs.values():
        output.deinit()
    _outputs.clear()
    _angles.clear()
    lm.release(__name__)
    return "servo: released"


def status() -> dict:
    """Tell the angle of each servo in use."""
    return {"servo %d" % servo: _angles.get(servo, "not moved") for servo in sorted(_outputs)}


def pinmap() -> dict:
    """Tell the pins of both servos."""
    return lm.pinmap(*PINS.values())

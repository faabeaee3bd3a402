"""L298N: the words of micrOS for the first motor of the module motor.

Examples:
    L298N m1_control 0 60
    L298N stop
"""

import lm
import LM_motor

_wanted = [0, 100]  # direction, 0 is forward; percent


def load() -> dict:
    """Prepare the first motor."""
    return LM_motor.load()


async def m1_control(direc: int = 0, speed: int = 100) -> dict:
    """Set direction (0 forward, 1 back) and speed (0 to 100 percent)."""
    if direc not in (0, 1):
        raise lm.CommandError("direc: expected 0 or 1, got %r" % direc)
    if not isinstance(speed, int) or not 0 <= speed <= 100:
        raise lm.CommandError("speed: expected 0 to 100, got %r" % speed)
    _wanted[:] = (direc, speed)
    return await LM_motor.speed(-speed if direc else speed)


async def set_direction(direc: int = 0) -> dict:
    """Set the direction: 0 forward, 1 back."""
    return await m1_control(direc, _wanted[1])


async def set_speed(speed: int = 100) -> dict:
    """Set the speed, 0 to 100 percent."""
    return await m1_control(_wanted[0], speed)


async def stop() -> dict:
    """Switch it off; it runs out freely."""
    return await LM_motor.stop(1)


def status() -> dict:
    """Tell what `motor status` tells."""
    return LM_motor.status()


def pinmap() -> dict:
    """Tell the pins of both motors."""
    return LM_motor.pinmap()

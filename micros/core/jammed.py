"""Whether something holds a line of the I2C bus low. Loaded when a module takes the bus."""

from core.errors import CommandError
from micropython import const

_NOBODY = const(3)  # an address that no device may have ("UM10204", 3.1.12)
_TIMED_OUT = (110, 116)  # ETIMEDOUT of MicroPython, and of the C library of an ESP32


def check(bus, scl, sda):
    """Refuse a bus on which nothing can be said: its clock stands, or everybody says yes."""
    try:
        bus.writeto(_NOBODY, b"")
        held = "data line, i2c_sda %d" % sda
    except OSError as error:
        if error.args[0] not in _TIMED_OUT:
            return
        held = "clock line, i2c_scl %d" % scl
    raise CommandError("i2c: the %s, is held low" % held)

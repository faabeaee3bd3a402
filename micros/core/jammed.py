"""The I2C bus, unless something holds a line of it low. Loaded when a module takes it."""

from core.errors import CommandError
from micropython import const

_NOBODY = const(3)  # an address that no device may have ("UM10204", 3.1.12)
_TIMED_OUT = (110, 116)  # ETIMEDOUT of MicroPython, and of the C library of an ESP32


def i2c(node, take, frequency):
    """Return the bus; refuse one whose clock stands, or on which everybody says yes."""
    scl, sda = [take(node, name, "i2c") for name in ("i2c_scl", "i2c_sda")]
    bus = node.port.i2c(scl, sda, frequency)
    try:
        bus.writeto(_NOBODY, b"")
        held = "data line, i2c_sda %d" % sda
    except OSError as error:
        if error.args[0] not in _TIMED_OUT:
            return bus
        held = "clock line, i2c_scl %d" % scl
    raise CommandError("i2c: the %s, is held low" % held)

"""I2C: what answers on the bus that displays and sensors share.

Examples:
    i2c scan
"""

import asyncio

import lm

PINS = ("i2c_scl", "i2c_sda")
FIRST, LAST = 8, 119  # the others are reserved ("UM10204", 3.1.12)
TIMED_OUT = 110, 116  # ETIMEDOUT of MicroPython, and of the C library of an ESP32


async def scan() -> dict:
    """Ask every address, and tell how many answer, and which: 0x76 is 118."""
    bus = lm.i2c(400000, __name__)
    found = []
    for address in range(FIRST, LAST + 1):
        try:
            bus.writeto(address, b"")
            found.append(address)
        except OSError as error:
            if error.args[0] in TIMED_OUT:
                _stuck("clock", PINS[0])
        if address % 8 == 0:
            await asyncio.sleep_ms(0)  # an address takes some 0.1 ms: others have their turn
    if len(found) > LAST - FIRST:
        _stuck("data", PINS[1])  # which says yes to everything
    result = {"0x%02x" % address: address for address in found}
    result["found"] = len(found)
    return result


def load() -> dict:
    """Take the pins of the bus."""
    lm.i2c(400000, __name__)
    return status()


def status() -> dict:
    """Tell the pins of the bus."""
    return pinmap()


def pinmap() -> dict:
    """Tell the pins of the bus."""
    return lm.pinmap(*PINS)


def _stuck(line, pin):
    number = lm.pinmap(pin)[pin]
    raise lm.CommandError("i2c: the %s line, %s %d, is held low" % (line, pin, number))

"""I2C: what answers on the bus that displays and sensors share.

Examples:
    i2c scan
"""

import asyncio

import lm

PINS = ("i2c_scl", "i2c_sda")
FIRST, LAST = 8, 119  # the others are reserved ("UM10204", 3.1.12)


async def scan() -> dict:
    """Ask every address, and tell how many answer, and which: 0x76 is 118."""
    bus = lm.i2c(400000, __name__)
    found = []
    for address in range(FIRST, LAST + 1):
        try:
            bus.writeto(address, b"")
            found.append(address)
        except OSError:
            pass
        if address % 8 == 0:
            await asyncio.sleep_ms(0)  # an address takes some 0.1 ms: others have their turn
    lm.i2c(400000, __name__)  # refused where a line is held low since
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

"""The mean of many readings of an analog input. Loaded for one."""

import asyncio

from core.errors import CommandError
from micropython import const

_MOST = const(256)  # readings
_PIECE = const(16)  # of them without a pause: 0.1 ms each
_TOP = const(65471)  # what the ten bits of an ESP8266 come to at most; others reach 65535
_DIVIDED = const(32)  # tenths of a volt: NodeMCU and D1 mini divide them by 220 and 100 kΩ
_RANGE = const(33)  # of a chip that does not tell its volts itself, and divides nothing


async def volts(source, samples):
    """Return the mean as 0 to 65535 and in volts, and the rail at which all readings are."""
    if not isinstance(samples, int) or not 1 <= samples <= _MOST:
        raise CommandError("samples: expected 1 to %d, got %.40r" % (_MOST, samples))
    whole = millivolts = 0
    low, high = 65535, 0
    for count in range(samples):
        if count and count % _PIECE == 0:
            await asyncio.sleep_ms(1)
        value = source.read_u16()
        whole += value
        low, high = min(low, value), max(high, value)
        if hasattr(source, "read_uv"):  # as the chip was calibrated when it was made
            millivolts += source.read_uv() // 1000
    tenths = _DIVIDED if hasattr(source, "read") else _RANGE  # an RP2040 has but read_u16
    volt = millivolts / samples / 1000 if millivolts else whole / samples / 655350 * tenths
    rail = "low" if high == 0 else "high" if low >= _TOP else None
    return whole / samples, volt, rail

"""A person's own module that counts who has called, and what the world showed then."""

import asyncio

import lm

_counts = {}
_shown = []
_meter = []


def ring(name="bell"):
    """Count a call under its name, and keep what the world shows at this moment."""
    if not _meter:
        _meter.append(lm.adc("adc_0", __name__))
    _counts[name] = _counts.get(name, 0) + 1
    _shown[:] = [_meter[0].read_u16()]
    return _counts[name]


def count(name="bell"):
    return _counts.get(name, 0)


def shown():
    """What the world showed when it last rang, and how often it has."""
    return [_shown[0] if _shown else 0, sum(_counts.values())]


def broken(name="bell"):
    ring(name)
    raise ValueError("on purpose")


async def swing(milliseconds=60000):
    """Move for a while, as the only one; count how many did so at a time."""

    async def move():
        _counts["now"] = count("now") + 1
        _counts["most"] = max(count("most"), count("now"))
        try:
            await asyncio.sleep_ms(milliseconds)
        finally:
            await asyncio.sleep_ms(2)
            _counts["now"] -= 1
        return "swung"

    return await lm.only("bell", move())

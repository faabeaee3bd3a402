"""GPIO: any pin that the map has, switched, read or pulsed; what another module has is refused.

Examples:
    gpio on simple_1
    gpio read irq1 up
    gpio pulse simple_1 250
    gpio deinit
"""

import asyncio

import lm

LONGEST = 60000  # ms
SENSES = ("in", "up", "down")

_held = {}  # number: [its pin, its mode, how often it was told something]


def load() -> dict:
    """Prepare nothing: its first use takes a pin."""
    return status()


def on(pin: str) -> dict:
    """Put a pin high, given by its name or number on the map."""
    return _put(pin, 1)


def off(pin: str) -> dict:
    """Put a pin low."""
    return _put(pin, 0)


def toggle(pin: str) -> dict:
    """Put a pin to its other level."""
    held = _prepared(pin, "out")
    return _put(pin, 1 - held[0].value())


def read(pin: str, pull: str = "in") -> int:
    """Tell the level of a pin; one that is no output becomes an input: in, up or down (pulls)."""
    if pull not in SENSES:
        raise lm.CommandError("pull: expected in, up or down, got %r" % pull)
    known = _held.get(_found(pin))
    if known and known[1] == "out":
        return known[0].value()
    return _prepared(pin, pull)[0].value()


async def pulse(pin: str, lasting: int = 500) -> dict:
    """Put a pin high for 1 to 60000 ms; whatever it is told meanwhile ends the pulse."""
    if not isinstance(lasting, int) or not 1 <= lasting <= LONGEST:
        raise lm.CommandError("lasting: expected 1 to %d ms, got %r" % (LONGEST, lasting))
    found = _put(pin, 1)
    number = _found(pin)
    held = _held[number]
    mine = held[2]
    try:
        await asyncio.sleep_ms(lasting)
    finally:
        ours = _held.get(number) is held and held[2] == mine
        if ours:
            found = _put(pin, 0)
    if not ours:
        raise lm.CommandError("gpio: a newer call took over")
    return found


def deinit() -> str:
    """Let go of all pins; outputs stay as they are."""
    _held.clear()
    lm.release(__name__)
    return "gpio: released"


def _found(pin):
    """Return the number of a pin of the map: others may be the chip's own."""
    if isinstance(pin, int):
        if pin not in lm.pins().values():
            raise lm.CommandError(
                "pin: expected a name or number of the map, got %d; cstmpmap names others" % pin
            )
        return pin
    return lm.pinmap(pin)[pin]


def _prepared(pin, mode):
    number = _found(pin)
    held = _held.get(number)
    if held is None or held[1] != mode:
        often = held[2] if held else 0
        held = _held[number] = [lm.pin(pin, __name__, mode), mode, often]
    return held


def _put(pin, state):
    held = _prepared(pin, "out")
    held[2] += 1
    held[0].value(state)
    return {"pin": _found(pin), "state": state}


def status() -> dict:
    """Tell the pins in use by their numbers: what they are, and their level."""
    return {
        str(number): "%s %d" % (held[1], held[0].value()) for number, held in sorted(_held.items())
    }


def pinmap() -> dict:
    """Tell the pins in use."""
    return {str(number): number for number in sorted(_held)}

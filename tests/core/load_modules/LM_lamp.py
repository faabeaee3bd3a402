"""A lamp that remembers what it was told; for the tests."""

import asyncio
from json import dumps

from core.errors import CommandError

told = []
stubborn = False


def set(level, colour="white", *, fade=0):
    if level == 13:
        raise CommandError("level: expected 0-12, got 13")
    told.append((level, colour, fade))
    return {"level": level, "colour": colour, "fade": fade}


def everything(*parts):
    return parts


def text(value="plain"):
    return value


def state():
    return {"on": True, "r": 5, "g": 6, "b": 7}


def broken():
    return 1 // 0


class Shy:
    def __str__(self):
        raise ValueError("has no text")


def shy():
    told.append("shy")
    return Shy()


def greedy():
    raise MemoryError("no")


def leave():
    raise SystemExit(3)


def interrupt():
    raise KeyboardInterrupt


async def wait(milliseconds=10_000):
    try:
        await asyncio.sleep_ms(milliseconds)
    except asyncio.CancelledError:
        told.append("cancelled")
        if stubborn:
            await asyncio.sleep_ms(600)
        raise
    finally:
        told.append("finally")
    return "waited"


def long(size=5000):
    return "x" * size


def _hidden():
    return "never"


number = 5
as_text = dumps


def note(t, n=0):
    return "%s %d" % (t, n)

"""The log, line by line, for one who watches it. In memory as long."""

import json

from core.errors import CommandError
from micropython import const

_LEVELS = const(("debug", "info", "warn", "error"))
_LINES = const(8)  # that wait for a slow reader
_LONGEST = const(800)  # bytes of a line as JSON, which has to fit an event
_PAUSE = const(100)  # ms between two looks


async def follow(link, request, name):
    """Tell each new line of a level or above."""
    if name not in (None,) + _LEVELS:
        raise CommandError("watch log: expected debug, info, warn or error, got '%.20s'" % name)
    log, ring = link.node.log, [0]  # how many were dropped, then lines
    least = _LEVELS.index(name or "debug")

    def told(rank, text):
        if rank >= least:
            try:
                if len(ring) > _LINES:
                    ring.pop(1)
                    ring[0] += 1
                ring.append(text)
            except MemoryError:
                ring[0] += 1

    log.watchers += (told,)
    try:
        while True:
            await link.session.sleep_ms(_PAUSE)
            while len(ring) > 1:
                dropped, ring[0] = ring[0], 0
                await link.event(request, {"line": fitted(ring.pop(1))}, dropped)
    finally:
        log.watchers = tuple([other for other in log.watchers if other is not told])


def fitted(text):
    """Return as much of a text as an event takes."""
    while len(json.dumps(text).encode()) > _LONGEST:
        text = text[: len(text) * 3 // 4] + "…"
    return text

"""Payloads that come over the link, piece by piece. Loaded while one is waited for."""

import asyncio

from core.errors import CommandError
from micropython import const

_SILENCE = const(20)  # s for which who sends nothing may keep others from an update


async def coming(_, request):
    """Wait for the next piece of a payload; return where it says that it lies."""
    request.turn = request.turn or asyncio.Event()
    while request.data is None:
        request.waits = True
        request.turn.clear()
        await request.turn.wait()
    request.waits = False
    return request.data[0]


async def part(link, request):
    """Wait for the next piece of a payload, at most 1024 bytes."""
    if request.op == "update" and request.data is None:
        try:
            await asyncio.wait_for(coming(link, request), _SILENCE)
        except asyncio.TimeoutError:
            raise CommandError("expected the next piece within %d s" % _SILENCE)
    else:
        await coming(link, request)
    (at, data), request.data = request.data, None
    request.turn.set()
    left = request.given["size"] - request.taken
    if type(at) is not int or at != request.taken or len(data) > left:
        raise CommandError("expected a chunk at %d, at most %d bytes" % (request.taken, left))
    request.taken += len(data)
    return data

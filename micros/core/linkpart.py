"""Payloads over the link, piece by piece. Loaded while one is waited for, and for one that goes."""

import asyncio
from hashlib import sha256

from core.errors import CommandError


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
    await coming(link, request)
    (at, data), request.data = request.data, None
    request.turn.set()
    left = request.given["size"] - request.taken
    if type(at) is not int or at != request.taken or len(data) > left:
        raise CommandError("expected a chunk at %d, at most %d bytes" % (request.taken, left))
    request.taken += len(data)
    return data


def give(link, chunk, payload):
    """Hand a piece to its request; that of one that has ended is dropped."""
    for request in link.requests:
        if request.id == chunk.get("id") and "size" in request.given and not request.over:
            return hand_over(request, chunk["at"], payload)
    return None


async def hand_over(request, at, payload):
    """A request takes one piece at a time."""
    request.turn = request.turn or asyncio.Event()
    while request.data is not None and not request.over:
        request.turn.clear()
        await request.turn.wait()
    request.data = at, payload
    request.turn.set()


async def chunk(link, request, data):
    """Send a piece of the answer, at most 1024 bytes."""
    head = b'{"id":%d,"at":%d,"size":%d}' % (request.id, request.sent, len(data))
    request.hash = request.hash or sha256()
    request.hash.update(data)
    request.sent += len(data)
    await link.send(head, data)

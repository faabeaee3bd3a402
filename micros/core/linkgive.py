"""A piece of a payload came over the link. Loaded for it, while its request waits in another."""

import asyncio


def give(link, chunk, payload):
    """Hand a piece to its request; it is dropped where that has ended, or takes none."""
    for request in link.requests:
        if request.id != chunk.get("id") or request.over:
            continue
        if "size" in request.given and request.op in ("put", "conf", "update"):
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

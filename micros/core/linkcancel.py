"""The op `cancel`. Loaded for one."""

import asyncio

from core.errors import CommandError
from micropython import const

_PATIENCE = const(200)  # looks, 10 ms apart, for the end of what was cancelled


async def cancel(link, request):
    """End a request, and wait for its end."""
    number = request.given.get("of")
    found = [it for it in link.requests if it.id == number and it is not request]
    if type(number) is not int or not found:
        return False
    other = found[0]
    await asyncio.sleep_ms(0)  # it may only just begin
    if other.over:
        raise CommandError("expected what still runs: %d is being answered" % number)
    if link.writing in (other, other.task):
        link.writing = other  # what it says is to leave whole
    else:
        other.task.cancel()
    looks = _PATIENCE
    while looks:
        if other.over:
            return True
        await asyncio.sleep_ms(10)
        looks -= link.writing is not other
    raise CommandError("expected it to end within 2 s: %s takes no notice" % other.op)

"""One at a time: what moves something gives way to the next. In memory from the first call on."""

import asyncio

from core.errors import CommandError
from micropython import const

_PATIENCE = const(101)  # looks at a cancelled task, whose finally blocks may take their time
_GLANCE = const(20)  # ms between two of them


class Turn:
    """Who has a resource; `next` is the coroutine that waits for it."""

    next = None
    given_up = False  # in favour of a newer call

    def __init__(self, handle):
        self.handle = handle


async def only(tasks, resource, coroutine):
    """Run a coroutine as the only one of its resource; its value."""
    older = tasks.turns.get(resource)
    hindrance = older and await _hindrance(tasks, resource, older, coroutine)
    if hindrance:
        coroutine.close()
        raise CommandError("%s: %s" % (resource, hindrance))
    turn = tasks.turns[resource] = Turn(tasks.spawn(coroutine))
    try:
        return await turn.handle
    except asyncio.CancelledError:
        if not turn.given_up:
            raise  # it is the caller who is to end
        raise CommandError("%s: a newer call took over" % resource)
    finally:
        if tasks.turns.get(resource) is turn and not turn.next:
            del tasks.turns[resource]


async def _hindrance(tasks, resource, older, coroutine):
    """End the older call; None once it has ended, or why the coroutine cannot follow it."""
    if older.handle is asyncio.current_task():
        return "a call cannot wait for its own end"
    waiting, older.next = older.next, coroutine
    if not waiting:
        older.given_up = True
        older.handle.cancel()  # once: its finally blocks are to come to their end
    over = await ended(tasks, older.handle, lambda: older.next is not coroutine)
    if older.next is not coroutine:
        return "a newer call took over"
    if over:
        return None
    older.next = None
    tasks.log.warn("%s: the call before goes on, 2 s after its cancel" % resource)
    return "the call before does not end"


async def ended(tasks, handle, enough=bool):
    """Wait for the end of a cancelled task, 2 s at most, or until it is enough; False: in vain."""
    for look in range(_PATIENCE):
        await tasks.sleep_ms(_GLANCE if look else 0)  # most end at once
        if handle.done() or enough():
            return True
    return False

"""What the steps of an update share: one at a time, one slot, one token. Loaded for a step."""

import asyncio

from core.errors import CommandError
from micropython import const

_GOODBYE = const(500)  # ms in which an answer leaves


async def alone(node, step, work, *arguments):
    """Do a step unless another one runs: two at a time would mix."""
    if node.step:
        raise CommandError("the step '%s' of an update is running" % node.step, "busy step 1")
    node.step = step
    try:
        return await work(*arguments)
    finally:
        if node.step == step:  # else the node is about to restart: nothing more is begun
            node.step = None


def record_of(node):
    """Return the boot record; refuse what cannot be done without one."""
    record = node.slots("newest")
    if not record:
        raise CommandError("the boot record cannot be read: a reset mends it")
    return record


def refusable(node):
    """Return the record; refuse while anything is on trial, or another slot is about to start."""
    record = record_of(node)
    if record["trial"]:
        what = "firmware" if len(record["trial"]) > 1 else "a release"
        said = "%s is on trial: confirm it, or go back, or wait" % what
        raise CommandError(said, "refused trial")
    if record["run"] != node.slot[1:]:
        raise CommandError("the node is about to start another release", "refused trial")
    return record


def leave(node):
    """From now on nothing is begun; restart, once the answer has left."""
    node.step = "to start anew"
    node.tasks.spawn(_leave(node))


async def _leave(node):
    await asyncio.sleep_ms(_GOODBYE)
    try:
        node.restart()
    except MemoryError:  # an unplanned one needs none
        node.slots.__globals__["reset"]()  # of /main.py


def other(node):
    """Return the slot that does not run."""
    return "b" if node.slot == "/a" else "a"


def staged(node, given):
    """Return the folder that a release comes into; refuse what names another token."""
    if not node.staged or given.get("token") != node.staged[0]:
        raise CommandError("this token is void: begin again", "refused token")
    return "/" + other(node)

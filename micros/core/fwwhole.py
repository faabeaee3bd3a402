"""Firmware is read back from the flash: what has come, then goes on trial; or what runs.

Loaded for this.
"""

import asyncio
from binascii import hexlify
from hashlib import sha256

from core.errors import CommandError
from core.once import once
from micropython import const

_BLOCK = const(4096)
_OFTEN = const(32)  # blocks between two events


async def verify(link, request):
    """Compare what the flash holds with what was told."""
    node = link.node
    coming = once("fwparts").staged(node, request.given)
    there, size = once("fwparts").other(node), coming[2]
    if coming[3] != size:
        raise CommandError("%d of %d bytes are missing: send them" % (size - coming[3], size))
    if await hashed(link, request, there, size) != coming[0]:
        node.staged = None
        said = "the flash holds another SHA-256 than was told: begin again"
        raise CommandError(said, "refused token")
    coming[1] = True
    return {"digest": hexlify(coming[0]).decode()}


async def runs(link, request):
    """Tell whether it is this image that runs: somebody who begins it anew need not."""
    given, parts = request.given, once("fwparts")
    ota, size = parts.port(link.node), given.get("image")
    here, wanted = ota.places()[0], parts.digest(given)
    if type(size) is not int or not 24 < size <= ota.room(here):
        return False
    return await hashed(link, request, here, size) == wanted


async def hashed(link, request, partition, size):
    """Return the SHA-256 of the image that a partition holds."""
    block, total = bytearray(_BLOCK), sha256()
    view = memoryview(block)
    for number in range(-(-size // _BLOCK)):
        partition.readblocks(number, block)
        if number == 0:
            once("fwparts").check(link.node, bytes(view[:24]))
        total.update(view[: min(_BLOCK, size - number * _BLOCK)])
        if number % _OFTEN == 0:
            await link.event(request, {"done": number * _BLOCK, "of": size})
        await asyncio.sleep_ms(0)
    return total.digest()


async def commit(link, request):
    """Let the firmware start, on trial: the record first, so that a trial is never unknown."""
    node, parts = link.node, once("fwparts")
    there, ota = parts.other(node), parts.port(node)
    record = node.slots("newest")
    name = ota.named(ota.places()[0]) if node.trial else ota.named(there)
    if record and record["trial"] == name and node.trial:
        return "already so"
    record = once("steps").refusable(node)
    if not parts.staged(node, request.given)[1]:
        raise CommandError("expected it to be verified before this")
    once("store").remove("/crash")  # what is found there later is of this trial
    if not node.slots("attempt", dict(record, trial=name, tries=0, failed=None, auto=0)):
        raise CommandError("the boot record cannot be written: nothing has changed")
    try:
        ota.choose(there)
    except OSError as error:
        node.slots("attempt", record)
        raise CommandError("the chip does not take this firmware: %s" % (error.args[-1],))
    once("steps").leave(node)
    return "committed"

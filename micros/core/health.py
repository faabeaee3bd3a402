"""Whether the node still serves. Loaded for a look."""

import asyncio
import gc

from core.once import once


def report(node, absent, late):
    """Say who has not checked in; with free memory it is what the next start finds as running."""
    if absent == "loop":
        by = node.executor.doing or "what no command has called"
        node.log.error("the loop was held %d s by %s" % ((late + 999) // 1000, by))
    else:
        node.log.error("%s: no check-in, the watchdog is not fed" % absent)
        node.executor.note(None, "-", absent)  # even if there is no memory for what follows
        free = gc.mem_free()
        largest = once("largest").largest_block()
        node.executor.note(None, "-", absent, "free %d/%d" % (free, largest))
        node.executor.memory = None  # what is called from here on is not to blame


def ask(node):
    """Let the node call itself: three calls without an answer are a dead server.

    Not when somebody was served just now, nor when there is no place; and a miss counts only once
    a call was answered: not every firmware can reach itself.
    """
    sessions = node.server.sessions
    served = [session for session in sessions if session.idle < 60]
    if node.network.address and (node.trial or not served) and len(sessions) < node.server.most:
        if node.misses is not None:
            node.misses += 1  # until the answer comes
        node.asking = node.tasks.spawn(hello(node, node.network.address))
    if node.network.address and not node.port.LEAF:
        try:
            once("beacon").begin(node, node.network.address, False)
        except (OSError, MemoryError):
            pass  # another minute


def minute(node, second):
    """Do what is due once a minute; a call of the node to itself has had its time."""
    node.clock.look(node.port)
    if node.asking:
        node.asking.cancel()
        node.asking = None
    if node.safe:
        once("survivor").leave_safe_mode(node, second)


async def hello(node, address):
    """Ask our own port as a client would."""
    stream = None
    try:
        stream = (await asyncio.open_connection(address, node.server.port))[0]
        stream.write(b"hello\n")
        await stream.drain()
        heard = b""
        while b"hello:" not in heard and b"busy" not in heard:
            part = await stream.read(64)
            if not part:
                return
            heard += part
        node.misses = 0
    except (OSError, MemoryError):
        pass  # a miss
    finally:
        if stream:
            stream.close()
            await stream.wait_closed()
        node.asking = None  # what it took, this file too, is free again as soon as it has ended

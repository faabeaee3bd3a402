"""A person's own module that asks much of a node: long answers, all memory, wrong exceptions."""

import asyncio
import gc

import lm

_held = []
_counted = []


def big(size):
    return "x" * size


def fill(leave):
    """Hold memory until no more than `leave` bytes are free."""
    gc.collect()
    while gc.mem_free() > leave + 64:
        try:
            _held.append(bytearray(min(256, gc.mem_free() - leave)))
        except MemoryError:
            break
    gc.collect()
    return gc.mem_free()


def let_go():
    _held.clear()
    gc.collect()


def talk(lines):
    """Fill the log, which is then as large as it ever will be."""
    for number in range(lines):
        lm.log.info("session of 127.66.%d.1 had to make room" % number)


def count():
    """Do something that can be told from doing it twice."""
    _counted.append(1)
    return len(_counted)


def counted():
    return len(_counted)


async def linger(ms):
    """Take so long; others go on."""
    await asyncio.sleep(ms / 1000)

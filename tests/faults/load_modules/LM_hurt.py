"""A person's own module that goes wrong in every way a program can."""

import asyncio
import gc
import time

import lm

_eaten = []


def load():
    return "loaded"


def fail():
    raise ValueError("on purpose")


def block(seconds):
    """Hold the loop as a driver does that waits for its bus."""
    time.sleep(seconds)
    return "blocked"


def spin():
    """Hold it for good."""
    while True:
        pass


async def wait():
    """Never come back, and hold nothing."""
    while True:
        await asyncio.sleep(1)


def eat(piece):
    """Take memory until there is no more, and keep it."""
    while True:
        _eaten.append(bytearray(piece))


def nibble(piece):
    """The same, but it is given back."""
    eaten = []
    while True:
        eaten.append(bytearray(piece))


def tatter():
    """Take all memory, and give back pieces of a kilobyte that touch nowhere."""
    try:
        while True:
            _eaten.append(bytearray(1024))
    except MemoryError:
        for index in range(0, len(_eaten), 2):
            _eaten[index] = None
    return gc.mem_free()


def deaf():
    """Let nobody in any more, though the port is open."""
    lm.node.server.place_for = None


def end_network():
    """End what should never end."""
    lm.node.watched[0].cancel()


def counts():
    """What is counted over resets: failures, those in safe mode, planned, turns."""
    return list(lm.node.memory()[:4])


def trip():
    """Let the node's loop ask for what is nowhere, once a second."""
    lm.node.kept = lm.log

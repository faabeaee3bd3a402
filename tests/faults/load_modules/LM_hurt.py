"""A person's own module that goes wrong in every way a program can."""

import asyncio
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


def counts():
    """What is counted over resets: failures, those in safe mode, planned, turns."""
    return list(lm.node.memory()[:4])

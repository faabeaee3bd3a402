"""Load modules of control under test: imported afresh, and their time is told to them."""

import sys

import lm

MODULES = __file__.replace("\\", "/").rsplit("/tests/", 1)[0] + "/micros/modules"
PERIOD = 1 << 30  # where a board's ticks wrap


class Ticks:
    """Milliseconds that pass when the test says so; they wrap, as on a board."""

    def __init__(self, start=PERIOD - 5000):
        self.start = start
        self.ms = 0

    def __call__(self):
        return (self.start + self.ms) % PERIOD


def module(name, ticks=None):
    """A load module, with no memory of what it did before."""
    if MODULES not in sys.path:
        sys.path.append(MODULES)
    sys.modules.pop("LM_" + name, None)
    found = __import__("LM_" + name)
    if ticks:
        found.ticks_ms = ticks
    return found


def refusal(call, *arguments):
    try:
        call(*arguments)
    except lm.CommandError as error:
        return str(error)
    raise AssertionError("not refused")


class Random:
    """The same numbers on both interpreters."""

    def __init__(self, seed):
        self.state = seed

    def random(self):
        self.state = (self.state * 1103515245 + 12345) % (1 << 31)
        return (self.state >> 8) / (1 << 23)

    def uniform(self, low, high):
        return low + (high - low) * self.random()

    def randrange(self, low, high):
        return low + int((high - low) * self.random())

    def choice(self, several):
        return several[self.randrange(0, len(several))]

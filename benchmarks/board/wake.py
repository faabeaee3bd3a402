# ruff: noqa: UP031 - the dialect of MicroPython
"""A scheduler with some entries in a time of its own. `wake.py core entries`: wakes on each line.

Each line of input is a number: so often it wakes with one entry due. Said: ready, then done.
"""

import sys

sys.path[:] = [sys.argv[1], ".frozen"]

import asyncio  # noqa: E402
import gc  # noqa: E402

from core.log import Clock  # noqa: E402
from core.scheduler import Scheduler  # noqa: E402

_START = 1_800_000_000  # 08:00:00; the entry that is due comes every ten seconds


class Time:
    """Passes when the scheduler waits."""

    now = left = runs = 0

    def ticks(self):
        return self.now & 0x3FFFFFFF


class Node:
    """As much of a node as the scheduler needs; its commands do nothing."""

    def __init__(self, entries):
        self.clock = Clock(passing.ticks)
        self.clock.set(_START, "rtc")
        self.clock.zone = ("CET-1CEST,M3.5.0,M10.5.0/3", 0)
        self.config = self.executor = self.log = self.tasks = self
        self.spawn = asyncio.create_task
        others = ["*:%d:%d:%d!light on" % (n % 24, n % 60, 1 + n % 9) for n in range(1, entries)]
        self.entries = "*:*:*:*/10!light toggle;" + ";".join(others)

    def get(self, name):
        return self.entries if name == "crontasks" else "n/a"

    def warn(self, text):
        print(text)

    async def guard(self, _name, work):
        return None, await work()

    async def call_line(self, *_):
        passing.runs += 1


class Waker(Scheduler):
    """Waits for its input instead of for its time."""

    async def rest(self, milliseconds):
        await asyncio.sleep_ms(0)
        await asyncio.sleep_ms(0)
        if self.agenda and not passing.left:
            self.node.entries = None
            gc.collect()
            print("ready" if not passing.runs else "done", passing.runs)
            passing.left = int(sys.stdin.readline())
        passing.left -= 1
        passing.now += milliseconds
        return False


passing = Time()
node = Node(int(sys.argv[2]))
node.clock.watcher = waker = Waker(node, _START, 0)
asyncio.run(waker.run())

# ruff: noqa: SIM105, UP031 - the dialect of MicroPython
"""A scheduler in a world whose time passes at once: what it runs, and at which second."""

import asyncio
import os

from core import caught, timing
from core.log import Clock
from core.scheduler import Scheduler
from fakes import Log, Settings

PERIOD = 1 << 30  # ticks of a 32-bit board


class Over(Exception):
    """The time is up."""


class Commands:
    """An executor that notes which entry said what, and when."""

    def __init__(self, world):
        self.world = world
        self.calls = []  # (second of uptime, entry, line), in the order of the runs
        self.waits = {}  # line -> a coroutine function that takes its time
        self.errors = {}  # line -> what it ends with
        self.loud = []  # second of uptime of each line whose errors are to be logged

    async def guard(self, _name, work):
        return None, await work()

    async def call_line(self, line, name, loud):
        if loud:
            self.loud.append(self.world.up // 1000)
        self.calls.append((self.world.up // 1000, int(name.split()[1]), line))
        if line in self.waits:
            await self.waits[line]()
        return self.errors.get(line)


class Tasks:
    """Lets coroutines run; a service is restarted by nobody."""

    def __init__(self):
        self.running = []

    def spawn(self, coroutine):
        self.running = [task for task in self.running if not task.done()]
        self.running.append(asyncio.create_task(coroutine))
        return self.running[-1]

    def supervise(self, _name, work):
        raise AssertionError("nobody starts a service here")


class World:
    """As much of a node as a scheduler needs, in a time of its own."""

    safe = False

    def __init__(self, text, utc=None, since=0, ticks=0, **settings):
        """`since`: uptime at which the scheduler begins, 0: with the node."""
        self.up = 0  # ms
        self.origin = ticks
        self.steps = []  # (ms of uptime, what happens), in order
        self.log = Log()
        values = {"cron": True, "crontasks": text, "tz": "UTC0", "geo": "n/a", "gmttime": 0}
        values.update(settings)
        self.config = Settings(**values)
        self.executor = Commands(self)
        self.tasks = Tasks()
        self.watched = []
        self.clock = Clock(lambda: (self.origin + self.up) % PERIOD)
        self.clock.zone = (values["tz"], values["gmttime"])
        self.up = since * 1000
        if utc is not None:
            self.clock.set(utc, "rtc")
        self.scheduler = self.clock.watcher = Timed(self, self.clock.now() or since, since)

    def at(self, second, what, *arguments):
        """Let something happen half a second after a second of uptime."""
        self.steps.append((second * 1000 + 500, what, arguments))

    def set(self, utc):
        """The clock is told the time."""
        assert self.clock.set(utc, "ntp")

    def block(self, seconds):
        """The loop is held: nobody else runs, and nobody asks the clock."""
        self.up += seconds * 1000

    def change(self, values):
        """Somebody changes settings."""
        self.config.values.update(values)
        timing.changed(self, values)

    def live(self, end):
        """Run up to a second of uptime."""
        self.end = end * 1000
        try:
            asyncio.run(self.scheduler.run())
        except Over:
            pass

    def runs(self, end):
        """What is called up to a second of uptime: (uptime, entry) in order."""
        self.live(end)
        return [call[:2] for call in self.executor.calls]


class Timed(Scheduler):
    """A scheduler whose waits take no time; things happen while it waits."""

    async def settle(self):
        """Let the runs go on until each has ended or waits for something."""
        for _ in range(4):
            await asyncio.sleep_ms(0)

    async def rest(self, milliseconds):
        assert 0 <= milliseconds <= 60_000, milliseconds
        world = self.node
        await self.settle()
        until = world.up + milliseconds
        while not self.woken:
            happens = world.steps[0][0] if world.steps else until
            if happens >= until or world.up >= until:
                if until >= world.end:
                    raise Over
                world.up = max(world.up, until)
                return True
            world.up = max(world.up, happens)
            _, what, arguments = world.steps.pop(0)
            what(*arguments)
            await self.settle()
        return False


async def until(true):
    """Wait for something."""
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep_ms(5)
    raise AssertionError("waited in vain")


def lived(scenario, calls=None):
    """What a scheduler calls along a timeline that came as JSON: (uptime, entry, line) in order.

    Its steps are [second of uptime, what, argument]; what: set, block, or a setting.
    """
    caught.FILE = "/tmp/micros-caught-%s" % "".join(["%02x" % byte for byte in os.urandom(6)])
    for key, second in scenario["records"]:
        caught.note(None, key, second)
    start = scenario["entries"], scenario["utc"], 0, scenario["ticks"]
    world = World(*start, **scenario["settings"])
    world.executor.calls = found = [] if calls is None else calls
    for second, what, argument in scenario["steps"]:
        if what in ("set", "block"):
            world.at(second, getattr(world, what), argument)
        else:
            world.at(second, world.change, {what: argument})
    world.live(scenario["end"])
    try:
        os.remove(caught.FILE)
    except OSError:
        pass
    return found

"""Commands on a timer or on an edge of a pin. In memory only while one of these is switched on."""

import asyncio

from core.errors import CommandError
from core.once import once
from micropython import const

_STORM = const(20)  # times the debounce after which a pin that never calms counts all the same
_BOUNCE = const(2)  # windows within which all edges are those of one contact
_LEAST = const(20)  # ms between two runs of a pin's commands
_QUIET = const(60)  # seconds after a pin's error has been logged in which no other one is


class Event:
    """What runs a line of commands again and again.

    `held` is core/line.py where there is memory for it, else it is loaded for each run.
    """

    held = None

    def __init__(self, name, line, executor):
        self.name = name
        self.line = line
        self.executor = executor

    async def run(self, loud=True):
        """Run the commands; an error goes on to the task, which counts it."""
        work = self.held or once("line")
        error = await work.call_line(self.executor, self.line, self.name, loud)
        if error:
            raise CommandError(error)
        return "done"


class Edge(Event):
    """Edges of a pin; they count once no more have come for `debounce` ms.

    The interrupt only tells, and is off until somebody has seen it: however many edges there are,
    one is handled for each turn of `settle`. Whatever comes while it is off has been told already,
    so the commands always run once more after the last edge. Where a storm fills the firmware's
    queue of interrupts, those of `others` are lost: each that is handled looks after them.

    Who rings is heard at once, however often the commands have failed: no pause grows here. What
    grows less is the log.
    """

    quiet = 0  # uptime until which errors are only counted
    seen = False  # an edge that nobody has looked at
    level = 0  # when it last was looked at

    def __init__(self, name, line, executor, pin, trigger, debounce, others):
        super().__init__(name, line, executor)
        self.pin = pin
        self.ignored = {"up": 0, "down": 1}.get(trigger)  # the level that no event leads to
        self.debounce = debounce
        self.edges = None  # number of the trigger, as the port has it
        self.flag = asyncio.ThreadSafeFlag()
        self.others = others  # all pins that are watched
        others.append(self)

    def edge(self, _):
        """The interrupt."""
        self.pin.irq(None)
        for each in self.others:
            if each is self or (each.debounce and each.pin.value() != each.level):
                each.seen = True
                each.flag.set()

    async def run(self):
        """Wait for an event, then run the commands."""
        await self.executor.tasks.sleep_ms(_LEAST)
        while not self.seen or not await self.settle():
            if not self.seen:
                await self.flag.wait()
        now = self.executor.log.clock.uptime()
        try:
            return await super().run(now >= self.quiet)
        except CommandError:
            if now >= self.quiet:
                self.quiet = now + _QUIET
            raise

    async def settle(self):
        """Wait until the pin is calm, or has not calmed for long; is it an event?

        A contact that bounces while it goes the other way is none.
        """
        before, windows = self.level, 0
        while self.seen and windows < _STORM:
            self.seen = False
            self.pin.irq(self.edge, self.edges)
            self.level = self.pin.value()
            if not self.debounce:
                return True
            await self.executor.tasks.sleep_ms(self.debounce)
            windows += 1
        self.level = self.pin.value()
        other_way = before != self.level == self.ignored
        return windows > _BOUNCE or not other_way

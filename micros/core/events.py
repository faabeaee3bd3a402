"""Commands on a timer or on an edge of a pin. In memory only while one of these is switched on."""

import asyncio

import core.line  # noqa: F401  (else it would be loaded for each run)
from core.errors import CommandError
from micropython import const

_STORM = const(20)  # times the debounce after which a pin that never calms counts all the same
_BOUNCE = const(2)  # windows within which all edges are those of one contact


class Event:
    """What runs a line of commands again and again."""

    def __init__(self, name, line, executor):
        self.name = name
        self.line = line
        self.executor = executor

    async def run(self):
        """Run the commands; an error goes on to the task, which counts it and pauses longer."""
        error = await self.executor.call_line(self.line, self.name)
        if error:
            raise CommandError(error)
        return "done"


class Edge(Event):
    """Edges of a pin; they count once no more have come for `debounce` ms.

    The interrupt only tells, and is off until somebody has seen it: however many edges there are,
    one is handled for each turn of `settle`. Whatever comes while it is off has been told already,
    so the commands always run once more after the last edge.
    """

    seen = False  # an edge that nobody has looked at
    level = 0  # when it last was calm

    def __init__(self, name, line, executor, pin, trigger, debounce):
        super().__init__(name, line, executor)
        self.pin = pin
        self.ignored = {"up": 0, "down": 1}.get(trigger)  # the level that no event leads to
        self.debounce = debounce
        self.edges = None  # number of the trigger, as the port has it
        self.flag = asyncio.ThreadSafeFlag()

    def edge(self, _):
        """The interrupt."""
        self.pin.irq(None)
        self.seen = True
        self.flag.set()

    async def run(self):
        """Wait for an event, then run the commands."""
        while not self.seen or not await self.settle():
            if not self.seen:
                await self.flag.wait()
        return await super().run()

    async def settle(self):
        """Wait until the pin is calm, or has not calmed for long; is it an event?

        A contact that bounces while it goes the other way is none.
        """
        windows = 0
        while self.seen and windows < _STORM:
            self.seen = False
            self.pin.irq(self.edge, self.edges)
            if not self.debounce:
                return True
            await self.executor.tasks.sleep_ms(self.debounce)
            windows += 1
        before, self.level = self.level, self.pin.value()
        other_way = before != self.level == self.ignored
        return windows > _BOUNCE or not other_way

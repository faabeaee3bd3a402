"""The composition root of the board: builds every part once, wires them, runs them together."""

import asyncio
import gc
import sys

import lm
from core.once import Rare, once

SILENT = 12  # seconds without a beat of the server after which the watchdog is not fed
WELL = 600  # seconds after which the failures before are forgotten


class Node:
    """What lives as long as the node runs; core/start.py and core/parts.py fill it.

    config secrets log clock network pins modules executor tasks server port: the parts.
    release version uid board slot boot_reason kind safe: facts about this start.
    """

    kind = "dev"  # rel, once a firmware carries the core frozen

    def __init__(self, port, slot):
        self.port = port
        self.slot = slot
        self.uid = port.uid()
        self.problems = []
        self.led = None
        self.time_due = 0  # uptime at which the time server is asked next

    def announce(self, address, mode):
        """Say on the console where the node can be reached."""
        once("core.status").announce(self, address, mode)

    def status(self, part="status"):
        """Return the facts of the word `status`, or those of the machine."""
        return getattr(once("core.status"), part)(self)

    async def keep_time(self):
        """Ask the time server when it is due: the network calls this while it is joined."""
        if self.clock.uptime() < self.time_due:
            return False
        return await once("core.ntp").keep(self)

    def blink(self):
        """Show life on the built-in LED, unless a module has taken it."""
        if not self.led:
            number = self.pins.number("builtin")
            self.led = number, self.port.pin(number, "out")
        number, led = self.led
        if self.pins.owner(number) is None:
            led.value(not led.value())

    def session(self, stream, address):
        """Return a shell for a new connection."""
        from core.session import Session  # the start needs the memory before

        return Session(stream, address, self.words)

    def survivor(self):
        """Return the record that outlives a reset."""
        return once("core.survivor").Survivor(self.port.survivor)

    def restart(self, end=True):
        """Reset the board on purpose: such a start is not counted, and ends safe mode."""
        self.survivor().plan(end)
        self.port.reset()


async def live(node, watchdog):
    """Start everything, then look after it for good."""
    if not node.safe and node.config.get("boothook") not in ("", "n/a"):
        await once("core.start").hook(node)
    node.tasks.supervise("server", node.server.serve)
    await asyncio.sleep(0)  # the server listens before the network is there
    node.tasks.supervise("network", lambda: node.network.run(node.config))
    gc.threshold(-1)
    second = alive = beat = 0
    while True:
        await asyncio.sleep(1)
        second += 1
        node.clock.refresh()
        if node.server.beat != beat:
            beat, alive = node.server.beat, second
        if watchdog and second - alive < SILENT:
            watchdog.feed()
        try:
            now_and_then(node, second)
        except MemoryError:
            node.log.warn("no memory for what is done now and then")


def now_and_then(node, second):
    """Do what no node depends on."""
    if second % 10 == 0:
        gc.collect()  # or else what lives long lies scattered over the whole heap
    if second % 5 == 0 and node.config.get("pled"):
        node.blink()
    if node.safe and second % 60 == 0:
        once("core.survivor").leave_safe_mode(node, second)
    elif second == WELL:
        node.survivor().forget()


def built(slot):
    """Return a node with what it needs to know of itself: settings, secrets, log, clock."""
    start = once("core.start")
    facts = start.manifest(slot)
    node = Node(Rare("port." + facts["family"]), slot)
    start.build(node, facts)
    return node


def run(record, watchdog, _timer, slots):
    """Build the node and run it; only an error comes out of here.

    `slots` calls a function of /slots.py, which knows the boot record. The timer ends a trial
    that nobody has confirmed.
    """
    node = built(sys.path[0])
    once("core.survivor").check(node, record, slots)
    once("core.parts").connect(node)
    lm.bind(node)
    try:
        asyncio.run(live(node, watchdog))
    except KeyboardInterrupt:
        node.survivor().plan()  # whoever is at the serial line will reset the board
        raise

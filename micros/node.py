"""The composition root of the board: what a node is made of, and its loop."""

import asyncio
import gc
import sys

import lm
from core.once import Rare, once
from micropython import const

_SILENT = const(12)  # seconds without a beat of the server after which the watchdog is not fed
_WELL = const(600)  # seconds after which the failures before are forgotten


class Node(Rare):
    """What lives as long as the node runs; core/start.py builds it.

    config log clock network modules executor tasks words server: the parts. port: the chip.
    release version uid board slot boot_reason kind safe: facts about this start.
    taken: pins that have an owner. secrets: passwords and key. slots: the functions of /slots.
    What a node tells of itself, announce, status and machine, is in the file below.
    """

    file = "core.status"
    kind = "dev"  # rel, once a firmware carries the core frozen

    def __init__(self, slot, slots):
        self.slot = slot
        self.slots = slots
        self.problems = []
        self.taken = {}  # number -> owner
        self.led = None  # number and pin of the light that shows life
        self.time_due = 0  # uptime at which the time server is asked next

    async def keep_time(self):
        """Ask the time server when it is due: the network calls this while it is joined."""
        if self.clock.uptime() < self.time_due:
            return False
        return await once("core.ntp").keep(self)

    def session(self, stream, address):
        """Return a shell for a new connection."""
        from core.session import Session  # the start needs the memory before

        return Session(stream, address, self.words)

    def restart(self, end=True):
        """Reset the board on purpose: such a start is not counted, and ends safe mode."""
        once("core.survivor").of(self).plan(end)
        self.port.reset()


async def live(node, watchdog):
    """Start everything, then look after it for good."""
    if node.hook:
        await once("core.start").run_hook(node)
    node.tasks.supervise("server", node.server.serve)
    await asyncio.sleep(0)  # the server listens before the network is there
    node.tasks.supervise("network", lambda: node.network.run(node.config))
    gc.threshold(-1)
    second = alive = beat = 0
    while True:
        await asyncio.sleep(1)
        second += 1
        node.clock.uptime()
        if node.server.beat != beat:
            beat, alive = node.server.beat, second
        if watchdog and second - alive < _SILENT:
            watchdog.feed()
        try:
            now_and_then(node, second)
        except MemoryError:
            node.log.warn("no memory for what is done now and then")


def now_and_then(node, second):
    """Do what no node depends on."""
    if second % 10 == 0:
        gc.collect()  # or else what lives long lies scattered over the whole heap
    if second % 5 == 0 and node.led and node.led[0] not in node.taken:
        led = node.led[1]
        led.value(not led.value())
    if node.safe and second % 60 == 0:
        once("core.survivor").leave_safe_mode(node, second)
    elif second == _WELL:
        once("core.survivor").of(node).forget()


def run(record, watchdog, _timer, slots):
    """Build the node and run it; only an error comes out of here.

    `slots` calls a function of /slots.py, which knows the boot record. The timer ends a trial
    that nobody has confirmed.
    """
    node = Node(sys.path[0], slots)
    once("core.start").know(node)
    once("core.survivor").check(node, record)
    once("core.start").connect(node)
    lm.bind(node)
    try:
        asyncio.run(live(node, watchdog))
    except KeyboardInterrupt:
        once("core.survivor").of(node).plan()  # whoever is at the serial line will reset it
        raise

"""The composition root of the board: what a node is made of, and its loop."""

import asyncio
import gc
import sys

import lm
from core.once import Rare, once
from micropython import const

_ROOM = const(4000)  # bytes free without which the time server is asked another time
_WELL = const(600)  # seconds after which the failures before are forgotten


class Node(Rare):
    """What lives as long as the node runs; core/start.py builds it.

    config log clock network modules executor tasks server: the parts. port: the chip.
    release version uid board slot boot_reason kind safe: facts about this start.
    mark: how every prompt begins, until the next start. secrets: passwords and key.
    slots: the functions of /slots. hook: commands to be run first, or None.
    announce, status and machine tell of the node, restart(end=True) resets it: in the file below.
    """

    file = "core.status"
    kind = "dev"  # rel, once a firmware carries the core frozen

    def __init__(self, slot, slots):
        self.slot = slot
        self.slots = slots
        self.problems = []
        self.taken = {}  # number -> owner
        self.led = None  # number and pin of the light that shows life
        self.guesses = None  # what core/login.py must remember
        self.kept = None  # what modules want to find again, once one of them has asked
        self.time_due = 0  # uptime at which the time server is asked next
        self.scheduler = self.events = None  # where their settings are on

    async def keep_time(self):
        """Ask the time server when it is due: the network calls this while it is joined.

        Somebody who is just being answered has the memory first.
        """
        if self.clock.uptime() < self.time_due or gc.mem_free() < _ROOM:
            return False
        return await once("core.ntp").keep(self)

    def changed(self, names):
        """Follow settings that have new values."""
        once("core.agenda").changed(self, names)


async def live(node, watchdog):
    """Start everything, then look after it for good."""
    if node.hook:
        await once("core.start").run_hook(node)
    await node.server.watch()  # it listens before the network is there
    node.tasks.spawn(node.network.run(node.config, node.executor.guard))
    if not node.safe:
        once("core.start").services(node)
    gc.threshold(node.port.COLLECT)
    second = 0
    while True:
        await asyncio.sleep(1)
        second += 1
        node.clock.uptime()
        await node.server.watch()
        if watchdog:
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
    if second % 60 == 0:
        node.clock.look(node.port)
    now = node.clock.uptime()
    if node.kept and 0 < node.kept.due <= now:
        node.kept.save()
    if node.config.trial and node.config.trial[0] <= now:
        once("core.trial").end(node)


def run(chosen, slots):
    """Build the node and run it; only an error comes out of here.

    `chosen` is [watchdog, timer, record]: the timer ends a trial that nobody has confirmed, the
    record is not kept. `slots` calls a function of /slots.py, which knows more of it.
    """
    node = Node(sys.path[0], slots)
    once("core.start").know(node)
    once("core.survivor").check(node, chosen.pop())
    once("core.start").connect(node)
    lm.bind(node)
    try:
        asyncio.run(live(node, chosen[0]))
    except KeyboardInterrupt:
        once("core.survivor").of(node).plan()  # whoever is at the serial line will reset it
        raise

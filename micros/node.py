"""The composition root of the board: what a node is made of, and its loop."""

import asyncio
import gc
import sys

import lm
from core.once import Rare, once, pane
from micropython import const

_ROOM = const(4000)  # bytes free without which the time server is asked another time
_WELL = const(600)  # seconds after which the failures before are forgotten
_SPAN = const(0xFFFFFFF)  # of a time in ms, so that it takes no memory of its own
_LATE = const(4000)  # milliseconds by which the loop may be late
_HOPELESS = const(660)  # seconds without that
_SETTLED = const(15)  # seconds after which a start has to have come to its end
_LEAST = const(2048)  # bytes that must be free in one piece
# The record of core/survivor.py that brings safe mode: three failures, a planned reset, its check.
_SAFE = const(b"\x03\x00\x01\x00\x00\x00\x00\x00\xb3\xeb\x84\xde")


class Node(Rare):
    """What lives as long as the node runs; core/start.py builds it.

    config log clock network modules executor tasks server: the parts. port: the chip.
    release version uid board slot boot_reason kind safe: facts about this start.
    mark: how every prompt begins, until the next start. secrets: passwords and key.
    slots: the functions of /slots. hook: commands to be run first, or None.
    announce and machine tell of the node, restart(end=True) resets it: in the file below.
    """

    file = "about"
    kind = "dev"  # rel, once a firmware carries the core frozen
    led = None  # number and pin of the light that shows life
    guesses = None  # what core/login.py must remember
    link = None  # core/link.py, while somebody talks over it
    started = None  # what tells this start from all others, once a link has asked
    done = None  # what came of requests that may be asked for again, see core/linkrid.py
    kept = None  # what modules want to find again, once one of them has asked
    time_due = time_wait = 0  # the time server: uptime to ask it, pause after failure
    scheduler = events = None  # where their settings are on
    ended = setup = None  # how the start before failed; the own network is asked for
    memory = None  # outlives a reset, see core/survivor.py
    recorded = None  # what the boot record says of the watchdog
    misses = asking = None  # calls of itself without an answer, and the running one
    tight = 0  # seconds without 2 KB in one piece
    overdue = None  # who has not checked in
    trial = staged = step = None  # of an update, see core/update.py

    def __init__(self, slot, slots):
        self.slot = slot
        self.slots = slots
        self.problems = []
        self.taken = {}  # number -> owner, and more: see core/pins.py
        self.watched = []  # tasks that must never end, that of the network first

    async def keep_time(self):
        """Ask the time server when it is due: the network calls this while it is joined.

        Somebody who is just being answered has the memory first.
        """
        if self.clock.uptime() < self.time_due or gc.mem_free() < _ROOM:
            return False
        return await once("ntp").keep(self)

    def reset(self):
        """Reset the board into safe mode, with no memory to spare but that of the log."""
        self.log.kept = None
        try:
            self.memory(_SAFE)
        finally:
            self.slots.__globals__["reset"]()  # of /main.py


async def live(node, chosen):
    """Let everything start, and look after it for good; `chosen` begins with the watchdog."""
    begun = node.tasks.spawn(once("begin").begin(node))
    last = node.clock.uptime_ms() & _SPAN
    second, well, wait = 0, 0, 1000
    settling = [3, 10]  # seconds after which something is to be written
    while True:
        await asyncio.sleep_ms(wait)
        now = node.clock.uptime_ms() & _SPAN
        late, last = ((now - last) & _SPAN) - wait, now
        second += 1
        if begun and begun.done():
            await begun  # what went wrong comes out here
            begun = None
        try:
            if not begun:
                await node.server.look_after()
            missing = overdue(node, late)
            well, wait = 0 if missing else well + 1, 100 if late >= _LATE else 1000
            if chosen[0] and not missing:
                chosen[0].feed()
            if missing and missing != node.overdue:
                once("health").report(node, missing, late)
            elif node.executor.doing and not missing:
                node.executor.memory = node.memory
                node.executor.note(None)
            node.overdue = missing
            now_and_then(node, second)
            if settling and second >= settling[0]:
                once("settle").at(node, settling[0], chosen)
                settling.pop(0)  # unless there was no memory for it
            elif well >= _WELL and not node.safe:
                once("survivor").record_of(node).forget()
                well = 0
        except Exception as error:  # noqa: BLE001 - a fault in what no node depends on ends none
            short_of_memory(node, error, settling and second > _SETTLED)


def short_of_memory(node, error, starting):
    """Tell it, or another fault; a start that without any session never comes to its end fails."""
    node.log.warn("now and then: %s" % error)
    if starting and not node.server.sessions:
        raise SystemExit("no memory to start")


def overdue(node, late):
    """Return who has not checked in, None where all goes on."""
    if late >= _LATE:
        return "loop"
    now = node.clock.uptime()
    if now - node.server.seen > 12 or ((node.misses or 0) > 2 and not node.asking):
        return "server"
    if now - node.network.seen > 65:
        return "network"
    for task in node.watched:
        if task.done():
            return "network" if task is node.watched[0] else "tasks"
    return "scheduler" if node.scheduler and now - node.scheduler.seen > 65 else None


def now_and_then(node, second):
    """Do what no node depends on."""
    if second % 10 == 0:
        look_for_room(node)
    if second % 5 == 0 and node.led and node.led[0] not in node.taken:
        led = node.led[1]
        led.value(not led.value())
    if second % 60 == 50:
        once("health").ask(node)
    if second % 60 == 0:
        once("health").minute(node, second)
    if node.trial and second % 10 == 0:
        once("deciding").look(node)
    now = node.clock.uptime()
    if node.kept and 0 < node.kept.due <= now:
        once("kept").save(node)
    if node.config.trial and node.config.trial[0] <= now:
        once("trial").end(node)


def look_for_room(node):
    """Collect, or else what lives long lies scattered over the whole heap; then try a piece."""
    gc.collect()
    try:
        bytearray(_LEAST)
        node.tight = 0
    except MemoryError:
        node.tight += 10
        if node.tight > _HOPELESS:
            raise SystemExit("no memory even for a planned restart")
        if node.tight % 60 == 0:
            once("problem").tight(node)


def run(chosen, slots):
    """Build the node and run it; only an error comes out of here.

    `chosen` is [watchdog, timer, record]: the timer ends a trial that nobody has confirmed, the
    record is not kept. `slots` calls a function of /slots.py, which knows more of it.
    """
    node = Node(sys.path[0], slots)
    pane.pack = node.slot + "/pack"
    try:
        once("start").know(node, chosen)
        once("survivor").check(node, chosen.pop())
        once("start").connect(node)
        lm.bind(node)
        once("wash").wash(24)
        asyncio.run(live(node, chosen))
    except KeyboardInterrupt:
        if node.memory:  # /slots does the same where it knows this memory
            once("survivor").record_of(node).plan()
        raise

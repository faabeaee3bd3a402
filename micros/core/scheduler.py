"""Commands at times of day. In memory only while `cron` is on; it knows nothing of calendars."""

import asyncio

from core.once import Rare, once
from micropython import const

_AT_ONCE = const(8)  # runs
_LONGEST = const(60_000)  # ms of a wait: 30-bit ticks cannot count to next week
_QUIET = const(60)  # seconds after an entry's errors have been logged in which none are
_STUCK = const(1_000)  # ms after which what waits for itself is overtaken


class Scheduler(Rare):
    """Wakes when an entry is due. Seconds are those of UTC, of uptime while that is all there is.

    Each entry has its next second in `dues`; all of them are in the heap `agenda`, less `base`, so
    that a number takes no memory of its own. Where it is due it stands in `waiting`, sorted:
    [second, entry, end of the time it missed, does it get a next second?], for one of the `places`.
    `done`: the second up to which all is decided, of periodic and of fixed entries. `counts`:
    {entry: [runs, drops, last error, now running]}. `quiet`: {entry: uptime until which its errors
    are only counted}. `seen`: uptime of the last look.
    decide() and moved(first), called before and after the clock is set, are in the file below.
    """

    file = "runs"

    def __init__(self, node, mark, since):
        self.node = node
        self.clock = node.clock
        self.done = [mark, mark]
        self.since = self.seen = since  # uptime
        self.catching = not since  # what was missed while the node was off is still to be run
        self.texts, self.starts = b"", [0]  # of all entries in one piece: each begins where
        self.agenda, self.dues, self.waiting, self.counts, self.quiet = [], [], [], {}, {}
        self.places = _AT_ONCE
        self.base = self.changes = 0
        self.built = None  # as many changes as the agenda knows of; None: it is to be trusted not
        self.place = self.tools = self.reader = None
        self.woken = False
        self.resting = None  # its task, while that waits

    async def run(self):
        """Wait and run while the clock knows it; after a fault the agenda is made anew."""
        self.built, overtake = None, False
        while self.clock.watcher is self:
            self.seen = self.clock.uptime()
            self.woken = False
            if self.built != self.changes:
                await once("agenda").build(self)
            if not self.pause() or (self.waiting and self.places):
                await self.turn(overtake)
            stuck = self.waiting
            overtake = await self.rest(self.pause()) and stuck

    def now(self):
        """Return the second that it is."""
        return (self.clock.anchor + self.clock.uptime_ms()) // 1000

    def pause(self):
        """Return the ms to what is due next."""
        pause = _STUCK if self.waiting else _LONGEST
        if self.agenda:
            now = self.clock.anchor + self.clock.uptime_ms()
            pause = min(pause, (self.agenda[0] + self.base) * 1000 - now)
        return max(pause, 0)

    async def rest(self, milliseconds):
        """Wait so long, or until it is woken; tell whether nobody did."""
        if self.woken:
            return False
        self.resting = asyncio.current_task()
        try:
            await asyncio.sleep_ms(milliseconds)
            return True
        except asyncio.CancelledError:
            if not self.woken:
                raise
            return False
        finally:
            self.resting = None

    def wake(self):
        """Have it look again: something has changed."""
        self.woken = True
        if self.resting:
            self.resting.cancel()  # asyncio's Event and wait_for would do it with 1.3 KB more

    async def perform(self, index, count, lines):
        """Run the commands of an entry in order, whatever comes of them."""
        executor, name, now = self.node.executor, "cron %d" % index, self.clock.uptime()
        loud = now >= self.quiet.get(index, 0)
        try:
            for line in lines:
                error = await executor.guard(
                    name, lambda line=line: executor.call_line(line, name, loud)
                )
                count[2] = error[1] or count[2]
                if error[1] and loud:
                    self.quiet[index] = now + _QUIET
        finally:
            count[3] -= 1
            self.places += 1
            self.wake()

"""One task: its runs, its pauses, what came of it. In memory while there is one."""

import time

from micropython import const

_LONGEST_PAUSE = const(60_000)  # ms between two tries of what always fails
_REMEMBERED = const(6)  # ended tasks whose last word can still be asked for
_WELL = const(600_000)  # ms after which an earlier failure is forgotten


class Job:
    """A task under its tag."""

    state = "running"  # running, ended, failed, cancelled
    rounds = 0
    failures = 0  # in a row
    last = None  # the last result or error, as text
    error = None  # the last error
    service = False  # of the node itself
    stopping = False  # even if its work takes no notice of a cancel
    handle = None

    def __init__(self, tag):
        self.tag = tag

    async def run(self, tasks, work, delay, interval):
        """Run a coroutine once, or a function every `interval` ms, after `delay` ms."""
        state = "cancelled"
        try:
            while True:
                await tasks.sleep_ms(delay)
                started = time.ticks_ms()
                kind, value = await tasks.guard(self.tag, work)
                self.rounds += 1
                self.last = str(value)[:200]
                took = time.ticks_diff(time.ticks_ms(), started)
                self.failures = self.failures + 1 if kind else 0
                self.error = self.last if kind else self.error
                if self.stopping:
                    return
                if interval is None:
                    state = "failed" if kind else "ended"
                    return
                delay = self.pause(interval, took)
        finally:
            self.over(tasks, state)

    def over(self, tasks, state):
        """Leave nothing but what can still be asked for; with the last one the class goes too."""
        self.state = state
        if self in tasks.jobs:
            tasks.jobs.remove(self)
            tasks.ended = tasks.ended[1 - _REMEMBERED :] + [self.told()]
        if not tasks.jobs:
            tasks.kind = None

    def told(self):
        """Return (tag, state, runs, failures in a row, last result or error, last error)."""
        return (self.tag, self.state, self.rounds, self.failures, self.last, self.error)

    def pause(self, interval, took):
        """The ms to the next run: what is left of the interval, longer after each failure.

        After six days `took` is below 0: the ticks wrap.
        """
        if not 0 <= took <= _WELL:
            self.failures = min(self.failures, 1)
        if not self.failures:
            return min(max(interval - took, 0), interval)
        return max(interval, min(interval << min(self.failures, 16), _LONGEST_PAUSE))

"""The tasks of the node: the only place where one is created, watched and ended."""

import asyncio
import time

from core.once import Rare
from micropython import const

_LONGEST_PAUSE = const(60_000)  # ms between two tries of what always fails
_WELL = const(600_000)  # ms after which an earlier failure is forgotten


class Job:
    """One task under its tag, and what came of it."""

    state = "running"  # running, ended, failed, cancelled
    runs = 0
    failures = 0  # in a row
    last = None  # the last result or error, as text
    handle = None

    def __init__(self, tag):
        self.tag = tag


class Tasks(Rare):
    """Commands in the background, limited in number, and the node's own services.

    start(tag, work, delay=0, interval=None) and listing() are in the file below.
    """

    file = "core.jobs"

    def __init__(self, log, limit=8, sleep_ms=asyncio.sleep_ms):
        self.log = log
        self.limit = limit
        self.sleep_ms = sleep_ms
        self.jobs = []  # running and lately ended, the oldest first
        self.guard = None  # lent by the executor: runs anything, answers (kind, value)

    def supervise(self, name, function):
        """Run a service of the node for good; when it ends, start it again."""
        return self.launch(Job(name), function, 0, 1000)

    def launch(self, job, work, delay, interval):
        """Run a job; only what has been admitted comes here."""
        job.handle = asyncio.create_task(self._run(job, work, delay, interval))
        return job

    async def _run(self, job, work, delay, interval):
        state = "cancelled"
        try:
            while True:
                await self.sleep_ms(delay)
                started = time.ticks_ms()
                kind, value = await self.guard(job.tag, work)
                job.runs += 1
                job.last = str(value)[:200]
                took = time.ticks_diff(time.ticks_ms(), started)
                job.failures = job.failures + 1 if kind else 0
                if interval is None:
                    state = "failed" if kind else "ended"
                    return
                delay = self._pause(job, interval, took)
        finally:
            job.state = state

    def _pause(self, job, interval, took):
        """The ms to the next run: what is left of the interval, longer after each failure."""
        if took > _WELL:
            job.failures = min(job.failures, 1)
        if not job.failures:
            return max(interval - took, 0)
        return max(interval, min(interval << min(job.failures, 16), _LONGEST_PAUSE))

"""The tasks of the node: the only place where one is created."""

import asyncio

from core.once import Rare


class Tasks(Rare):
    """Commands in the background, limited in number, and the node's own services.

    start(tag, work, delay=0, interval=None), supervise(name, function, interval=1000, delay=0) and
    listing() are in the file below; their end is in core/task.py, lm.only in core/only.py.
    """

    file = "jobs"

    def __init__(self, log, places=8, sleep_ms=asyncio.sleep_ms):
        self.log = log
        self.places = places
        self.sleep_ms = sleep_ms
        self.jobs = []  # that run, the oldest first
        self.ended = []  # what is told of those that ran before, the latest last
        self.turns = {}  # resource -> who moves it
        self.kind = None  # the class of jobs, while one runs
        self.guard = None  # lent by the executor: runs anything, answers (kind, value)

    def spawn(self, coroutine):
        """Let a coroutine run by itself; whoever asks for it looks after it."""
        return asyncio.create_task(coroutine)

"""asyncio's tasks and queues on the board's clock, where that is not the interpreter's.

The interpreter's own are written in C: they stamp what is due now with its clock, and `cancel`
would take a queue of any other kind for one of theirs.
"""

import time
from asyncio import core


class TaskQueue:
    """Tasks in the order in which they are due."""

    def __init__(self):
        self._tasks = []

    def peek(self):
        return self._tasks[0] if self._tasks else None

    def push(self, task, due=None):
        task.data = None
        task.ph_key = time.ticks_ms() if due is None else due
        at = len(self._tasks)
        while at and time.ticks_diff(task.ph_key, self._tasks[at - 1].ph_key) < 0:
            at -= 1
        self._tasks.insert(at, task)

    def pop(self):
        return self._tasks.pop(0)

    def remove(self, task):
        self._tasks.remove(task)


class Task:
    """A coroutine on its way. `state`: True while it runs, or who waits for it; else it is done.

    `data`: the queue or the task it waits for, what it will be thrown, how it ended.
    """

    def __init__(self, coro, _names=None):
        self.coro = coro
        self.data = None
        self.state = True
        self.ph_key = 0

    def __iter__(self):
        if not self.state:
            self.state = False  # somebody has asked for its end
        elif self.state is True:
            self.state = TaskQueue()
        elif type(self.state) is not TaskQueue:
            raise RuntimeError("can't wait")
        return self

    __await__ = __iter__

    def __next__(self):
        if not self.state:
            raise self.data
        self.state.push(core.cur_task)
        core.cur_task.data = self

    def done(self):
        return not self.state

    def cancel(self):
        if not self.state:
            return False
        if self is core.cur_task:
            raise RuntimeError("can't cancel self")
        while isinstance(self.data, Task):
            self = self.data
        if hasattr(self.data, "remove"):
            self.data.remove(self)
            core._task_queue.push(self)
        elif time.ticks_diff(self.ph_key, time.ticks_ms()) > 0:
            core._task_queue.remove(self)
            core._task_queue.push(self)
        self.data = core.CancelledError
        return True

"""What a module does step by step over time. In memory from the first use on.

Steps are a generator: it does one, and yields the ms until the next. There is one task for each
owner, and in it one generator: a newer one takes over at once, so two commands never fight.
"""

import sys
import time

from core.errors import CommandError
from micropython import const

_GLANCE = const(20)  # ms after which a pause is looked at again: the longest that a newer one waits
_LONGEST = const(3_600_000)  # ms


class Player:
    """Plays the steps of its owner."""

    steps = None

    def __init__(self, tasks, owner):
        self.tasks = tasks
        self.owner = owner

    def busy(self):
        """Return whether steps are being done."""
        return self.steps is not None

    def play(self, steps):
        """Do these steps from now on, and no others any more; None: no steps."""
        if steps and self.owner[3:] not in [job.tag for job in self.tasks.jobs]:
            self.tasks.start(self.owner[3:], self._perform_all)
        before, self.steps = self.steps, steps
        if before:
            before.close()  # its finally blocks; nobody else calls them

    async def _perform_all(self):
        steps = None
        try:
            while self.steps and self.owner in sys.modules:  # not once it has been unloaded
                now = time.ticks_ms()
                if self.steps is not steps:
                    steps, due = self.steps, now
                left = time.ticks_diff(due, now)
                if left <= 0:
                    try:
                        pause = next(steps)
                    except StopIteration:
                        break
                    due = time.ticks_add(due if left > -_GLANCE else now, pause)
                    left = pause
                await self.tasks.sleep_ms(min(left, _GLANCE))
        finally:
            self.play(None)

    def fade(self, outputs, goals, ms):
        """Move PWM outputs to other duties, 0 to 65535, within so many ms."""
        if ms.__class__ is not int or not 0 <= ms <= _LONGEST:
            raise CommandError("ms: expected 0 to %d, got %r" % (_LONGEST, ms))
        if ms:
            self.play(_fading(outputs, goals, ms))
        else:
            self.play(None)
            for output, goal in zip(outputs, goals):
                output.duty_u16(goal)


def share(begun, ms):
    """Return how much of a time has passed, in thousandths."""
    passed = time.ticks_diff(time.ticks_ms(), begun)
    return passed * 1000 // ms if passed < ms else 1000


def _fading(outputs, goals, ms):
    begun = time.ticks_ms()
    levels = [output.duty_u16() for output in outputs]
    done = 0
    while done < 1000:
        done = share(begun, ms)
        for output, level, goal in zip(outputs, levels, goals):
            output.duty_u16(level + (goal - level) * done // 1000)
        yield _GLANCE

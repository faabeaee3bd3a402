"""A button between its pin and ground: each time it goes down or up its contact bounces."""

import time

import _alarms
from _link import tell
from _pins import drive

_BETWEEN = 700  # µs from one bounce to the next


class Device:
    """`pressed` holds it, `presses` are ms down, up, down, …, after which it is up again.

    It is one of the timers of the board while it moves: `due`, `period` and `callback` are theirs.
    """

    id = -1
    period = 0

    def __init__(self, number, kind):
        self.number = number
        self.kind = kind
        self.asked = 0  # how often it went down
        self.callback = self.move
        self.coming = []  # [when, level, or None to let go]
        self.down = False

    def set(self, state):
        self.state = state
        times = list(state["presses"])
        moment = time._now()
        if times:
            for place, milliseconds in enumerate(times):
                self._go(moment, place % 2 == 0)
                moment += int(milliseconds * 1000)
            self._go(moment, False)
        elif state["pressed"] != self.down:
            self._go(moment, state["pressed"])
        if self.coming:
            self.due = self.coming[0][0]
            _alarms.add(self)

    def _go(self, moment, down):
        """Plan the bounces of one way, of which the last stays."""
        if down and not self.down:
            self.asked += 1
            tell("asked", self.number, self.asked)
        self.down = down
        for bounce in range(self.state["bounces"] * 2, -1, -1):
            self.coming.append((moment, 0 if down == (bounce % 2 == 0) else None))
            moment += _BETWEEN

    def move(self, _):
        if self.state["fault"] is None:
            drive(self.number, self.coming[0][1])
        self.coming.pop(0)
        if self.coming:
            self.due = self.coming[0][0]
            _alarms.add(self)

    def unplug(self):
        self.coming = []
        _alarms.remove(self)
        drive(self.number, None)

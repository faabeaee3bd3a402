"""A rotary encoder between two pins and ground, whose contacts bounce: at rest both are open.

After "EC11 Series", Alps Alpine: a detent is a whole turn of both signals, A before B clockwise.
"""

import time

import _alarms
from _link import tell
from _pins import drive

_BETWEEN = 200  # µs from one bounce to the next
_DETENT = ((0, 0), (1, 0), (0, 1), (1, 1))  # which line goes where, clockwise


class Device:
    """`turns` are detents, counterclockwise below 0; `pace` is the ms for a quarter of one.

    It is one of the timers of the board while it moves: `due`, `period` and `callback` are theirs.
    """

    id = -1
    period = 0

    def __init__(self, number, kind):
        self.number = number
        self.kind = kind
        self.asked = 0  # quarters it has turned
        self.callback = self.move
        self.coming = []  # (when, which line, level, or None to let go)
        self.lines = (number, None)

    def set(self, state):
        self.state = state
        self.lines = (self.number, state["b"])
        moment = max([time._now()] + [when for when, _, _ in self.coming])
        for detents in state["turns"]:
            for _ in range(abs(detents)):
                for line, level in _DETENT:
                    moment += int(state["pace"] * 1000)
                    self._go(moment, line if detents > 0 else 1 - line, level)
        self._plan()

    def _go(self, moment, line, level):
        """Plan the bounces of one contact, of which the last stays."""
        for bounce in range(self.state["bounces"] * 2, -1, -1):
            closed = (level == 0) == (bounce % 2 == 0)
            self.coming.append((moment, line, 0 if closed else None))
            moment += _BETWEEN

    def _plan(self):
        if self.coming:
            self.due = self.coming[0][0]
            _alarms.add(self)

    def move(self, _):
        _, line, level = self.coming.pop(0)
        fault = self.state["fault"]
        dead = fault == "no answer" or fault == ("a open", "b open")[line]
        if not dead and not (fault == "stuck" and line == 0):
            self.asked += 1
            tell("asked", self.number, self.asked)
            drive(self.lines[line], level)
        self._plan()

    def unplug(self):
        self.coming = []
        _alarms.remove(self)
        for number in self.lines:
            if number is not None:
                drive(number, None)

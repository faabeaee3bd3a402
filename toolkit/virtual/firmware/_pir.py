"""A PIR sensor at its output: it stays high for a while after somebody moved, then rests.

After "HC-SR501 PIR Motion Detector": with its jumper at H each motion starts the time anew, and
for 2.5 s after it the sensor sees nothing ("Block time").
"""

import time

import _alarms
from _link import tell
from _pins import drive

_BLOCK = 2500  # ms


class Device:
    """`moves` are ms until somebody moves, and moves again; `stays` is what is set by its knob.

    It is one of the timers of the board while it moves: `due`, `period` and `callback` are theirs.
    """

    id = -1
    period = 0

    def __init__(self, number, kind):
        self.number = number
        self.kind = kind
        self.asked = 0  # how often it went high
        self.callback = self.move
        self.coming = []  # (when, level)
        self.until = -_BLOCK * 1000
        self.level = 0
        drive(number, 0)

    def set(self, state):
        self.state = state
        moment = time._now()
        for milliseconds in state["moves"]:
            moment += int(milliseconds * 1000)
            self._seen(moment)
        self._show()
        self._plan()

    def _seen(self, moment):
        stays = int(self.state["stays"] * 1000)
        if moment < self.until:
            self.coming[-1] = (moment + stays, 0)
        elif moment < self.until + _BLOCK * 1000:
            return
        else:
            self.coming += [(moment, 1), (moment + stays, 0)]
        self.until = moment + stays

    def _plan(self):
        if self.coming:
            self.due = self.coming[0][0]
            _alarms.add(self)

    def move(self, _):
        self.level = self.coming.pop(0)[1]
        self.asked += self.level
        tell("asked", self.number, self.asked)
        self._show()
        self._plan()

    def _show(self):
        held = {"no answer": 0, "stuck": 0, "held high": 1}.get(self.state["fault"])
        drive(self.number, self.level if held is None else held)

    def unplug(self):
        self.coming = []
        _alarms.remove(self)
        drive(self.number, None)

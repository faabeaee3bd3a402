"""Stepper motors: one whose four coils are switched, one behind a driver for step and direction.

The first turns as a 28BYJ-48 does, after "28BYJ-48 – 5V Stepper Motor", Kiatronics: from rest it
follows at least 600 half steps a second ("Idle In-traction Frequency"), turning at least 1000
("Idle Out-traction Frequency"). The second follows "A4988", Allegro, "Timing Requirements".
"""

import time

from _link import tell
from _pins import Pin, listeners

_FROM_REST, _TURNING = 1538, 952  # µs for a half step: a little better than the sheet promises
_BRIEF = 200  # µs of a field between two others, while a program sets one coil after the other
_CALM = 20000  # µs without a step after which it rests
_DRIVEN = 400  # µs for a step of the other motor
_FIELD = {  # where coils A - C and B - D point to, in half steps
    (1, 0): 0,
    (1, 1): 1,
    (0, 1): 2,
    (-1, 1): 3,
    (-1, 0): 4,
    (-1, -1): 5,
    (0, -1): 6,
    (1, -1): 7,
}


class Device:
    """`steps` is where the rotor is, `lost` counts what it was told to and did not follow."""

    def __init__(self, number, kind):
        self.number = number
        self.kind = kind
        self.steps = None
        self.pins = ()
        self.since = time._now() - _CALM
        self.turning = False

    def set(self, state):
        self.unplug()
        self.state = state
        if self.steps is None:
            self.steps, self.lost = state["steps"], state["lost"]
        self.pins = state["coils"] if self.kind == "stepper" else state["inputs"]
        self.levels = [Pin(number)._level for number in self.pins]
        for place, number in enumerate(self.pins):
            listeners[number] = self._listener(place)

    def unplug(self):
        for number in self.pins:
            listeners.pop(number, None)

    def _listener(self, place):
        act = self._coil if self.kind == "stepper" else self._driver
        return lambda level: act(place, level)

    def _coil(self, place, level):
        """A coil goes on or off: the rotor has done what the field before asked for, or not."""
        now = time._now()
        if now - self.since >= _BRIEF:
            self._follow(now - self.since)
        self.levels[place] = level
        self.since = now

    def _follow(self, dwell):
        fault = self.state["fault"]
        a, b, c, d = [
            level if fault != "coil %d" % (place + 1) else 0
            for place, level in enumerate(self.levels)
        ]
        field = _FIELD.get((a - c, b - d))
        way = 0 if field is None else (field - self.steps + 4) % 8 - 4
        if not way:
            self.turning = self.turning and dwell < _CALM
            return
        need = abs(way) * (_TURNING if self.turning else _FROM_REST)
        opposite = way == -4  # it is drawn to no side
        self._moved(way, not opposite and dwell >= need and fault != "jammed")
        self.turning = self.turning and dwell < _CALM

    def _moved(self, way, followed):
        self.turning = followed
        if followed:
            self.steps += way
        else:
            self.lost += 1
        tell("seen", self.number, {"steps": self.steps, "lost": self.lost})

    def _driver(self, place, level):
        """A rising edge at its input for steps; enable is low while it has current."""
        self.levels[place] = level
        if place or not level:
            return
        now = time._now()
        gap, self.since = now - self.since, now
        if self.levels[2] == 0:
            fault = self.state["fault"]
            self._moved(1 if self.levels[1] else -1, fault is None and gap >= _DRIVEN)

"""An HC-SR04 at its echo pin: it listens to the trigger, and answers with one long pulse.

After "Ultrasonic Ranging Module HC-SR04", ElecFreaks: at least 10 µs of trigger, eight periods of
40 kHz, then an echo as long as the sound is under way; 38 ms of it where nothing reflects.
"""

import time

from _link import tell
from _pins import drive, listeners

_TRIGGER, _BEFORE, _NOTHING = 10, 460, 38000  # µs
_FARTHEST = 4000  # mm


class Device:
    """`mm` is how far the next thing is, in air of so many `celsius`.

    `next` are distances that come before it, once each.
    """

    def __init__(self, number, kind):
        self.number = number
        self.kind = kind
        self.asked = 0
        self.trigger = None
        self.rose = None
        self.armed = False
        self.held = False  # an echo that does not end

    def set(self, state):
        self.unplug()
        self.state = state
        self.trigger = state["trigger"]
        listeners[self.trigger] = self.edge

    def unplug(self):
        listeners.pop(self.trigger, None)
        if self.held:
            self.held = False
            drive(self.number, None)

    def edge(self, level):
        if level:
            self.rose = time._now()
        elif self.rose is not None and time._now() - self.rose >= _TRIGGER:
            self.armed = True
            self.asked += 1
            tell("asked", self.number, self.asked)

    def pulse(self, level, limit):
        """The echo, as `machine.time_pulse_us` counts it."""
        fault = self.state["fault"]
        armed, self.armed = self.armed, False
        if not armed or not level or fault in ("no answer", "stuck") or limit < _BEFORE:
            time.sleep_us(limit)
            return -2
        following = self.state["next"]
        mm = following.pop(0) if following else self.state["mm"]
        speed = 331.3 + 0.606 * self.state["celsius"]  # of sound in dry air, m/s
        width = int(mm * 2000 / speed) if 0 <= mm <= _FARTHEST else _NOTHING
        if fault == "endless":
            self.held = True
            drive(self.number, 1)
        endless = fault == "endless" or width > limit
        time.sleep_us(_BEFORE + (limit if endless else width))
        return -1 if endless else width

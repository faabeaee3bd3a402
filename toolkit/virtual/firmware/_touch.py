"""Touch pads of an ESP32, S2 or S3: `machine.TouchPad`, and a finger at a pin.

"ESP32 Series Datasheet", "Touch Sensor": ten pads, fourteen on the others. A finger takes a
reading down on an ESP32, and up on the others.
"""

from _link import SETTINGS, tell
from _pins import Pin
from _pulses import wired

_FIRST = SETTINGS["chip"] == "esp32"
_PADS = (4, 0, 2, 15, 13, 12, 14, 27, 33, 32) if _FIRST else range(1, 15)
_BARE = 1000  # with nothing at the pin
_FINGER = 4  # so many times less, or more


class TouchPad:
    """What the firmware offers."""

    def __init__(self, pin):
        self._number = pin._number if isinstance(pin, Pin) else pin
        if self._number not in _PADS:
            raise ValueError("invalid pin for touchpad")

    def read(self):
        device = wired.get(self._number)
        return device.read() if device and device.kind == "touch" else _BARE

    def config(self, _threshold):
        pass


class Device:
    """`value` is read at rest, `noise` is by how much readings go up and down."""

    def __init__(self, number, kind):
        self.number = number
        self.kind = kind
        self.asked = 0

    def set(self, state):
        self.state = state

    def read(self):
        self.asked += 1
        tell("asked", self.number, self.asked)
        state = self.state
        if state["fault"] in ("short", "stuck"):
            return 0
        value = state["value"]
        if state["finger"] and state["fault"] != "no answer":
            value = value // _FINGER if _FIRST else value * _FINGER
        noise = state["noise"]
        return value + (noise, 0, -noise)[self.asked % 3]

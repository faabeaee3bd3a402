"""A DHT11 or DHT22 (AM2302): one wire, 40 bits told by how long the line is high.

After "Digital-output relative humidity & temperature sensor/module DHT22", Aosong, section 7, and
"DHT11 Humidity & Temperature Sensor", Aosong, section 5: the answer to a start is 80 µs low and
80 µs high, then each bit is 50 µs low and 26 to 28 µs (0) or 70 µs (1) high.
"""

import time

from _link import SETTINGS, tell

_PREAMBLE, _ZERO, _ONE = 80, 27, 70
_BOUND = 48  # µs: the firmware takes what is longer for a 1
_WAIT_MS, _START_MS = 250, 18  # of the firmware's driver: the line at rest, then the start
_ETIMEDOUT = 116 if SETTINGS["chip"][:5] == "esp32" else 110  # its C library's; MicroPython's


class Device:
    """What it measures is its state: temperature in °C, humidity in %; fault, or None."""

    def __init__(self, number, kind):
        self.number = number
        self.kind = kind
        self.asked = 0  # how often

    def set(self, state):
        self.state = state

    def bytes(self):
        """What it sends."""
        temperature, humidity = self.state["temperature"], self.state["humidity"]
        if self.kind == "dht11":
            data = [int(humidity), 0, int(temperature), 0]
        else:
            wet, warm = round(humidity * 10), round(abs(temperature) * 10)
            sign = 0x80 if temperature < 0 else 0
            data = [wet >> 8, wet & 255, warm >> 8 | sign, warm & 255]
        data.append(sum(data) + (self.state["fault"] == "checksum") & 255)
        return data

    def answer(self):
        """How long the line is high after a start, again and again, in µs."""
        self.asked += 1
        tell("asked", self.number, self.asked)
        fault = self.state["fault"]
        if fault in ("no answer", "stuck"):
            return []
        bits = [byte >> place & 1 for byte in self.bytes() for place in range(7, -1, -1)]
        times = [_PREAMBLE] + [_ONE if bit else _ZERO for bit in bits]
        return times[:20] if fault == "short" else times


def readinto(pin, buffer):
    """`dht_readinto` of the firmware: holds everything for as long as it takes."""
    from _pulses import wired

    if len(buffer) < 5:
        raise ValueError("buffer too small")
    pin.init(pin.OPEN_DRAIN, value=1)
    time.sleep_ms(_WAIT_MS + _START_MS)
    device = wired.get(pin._number)
    times = device.answer() if isinstance(device, Device) else []
    if len(times) < 41:
        raise OSError(_ETIMEDOUT)
    for place in range(40):
        byte = buffer[place // 8] << 1 & 255
        buffer[place // 8] = byte | (times[place + 1] > _BOUND)

"""A voltage at a pin, as the converter of the chip reads it. Loaded when one is plugged in.

ESP32 and ESP32-C3: "ESP32 Series Datasheet" and "ESP32-C3 Series Datasheet", ADC characteristics
at the largest attenuation: 150 to 2450 mV and 0 to 2500 mV are sure; the ESP32 counts from 142 mV
on, and up to 3.1 V (unverified). ESP8266: ten bits of 1 V, to which NodeMCU and D1 mini divide
3.2 V by 220 and 100 kΩ. ESP32-C6, S2 and S3: ranges of the ESP-IDF Programming Guide, "ADC"
(unverified). What lies beyond reads as the end of the range.
"""

from _link import SETTINGS
from _pins import _voltages

_LOW, _HIGH, _BITS = {  # µV of the first count, of the last; bits
    "esp32": (142000, 3100000, 12),
    "esp32c3": (0, 2500000, 12),
    "esp32c6": (0, 3300000, 12),
    "esp32s2": (0, 2500000, 13),
    "esp32s3": (0, 3100000, 12),
    "esp8266": (0, 3200000, 10),
}[SETTINGS["chip"]]


class Device:
    """Read by machine.ADC; each reading errs by another share of the noise."""

    def __init__(self, number, kind):
        self.number, self.kind = number, kind
        self.seed = 1
        _voltages[number] = self

    def set(self, state):
        self.micro, self.noise = state["uv"], state["noise"]

    def unplug(self):
        _voltages.pop(self.number, None)

    def counts(self):
        micro = self.micro
        if self.noise:
            self.seed = (self.seed * 75 + 74) % 65537
            micro += self.noise * (self.seed - 32768) // 32768
        most = (1 << _BITS) - 1
        return min(max((micro - _LOW) * (most + 1) // (_HIGH - _LOW), 0), most)

    def u16(self):
        counts = self.counts()
        if _BITS == 10:
            return counts * 65535 // 1024
        return counts << 16 - _BITS | counts >> 2 * _BITS - 16

    def uv(self):
        """As the firmware of an ESP32 reckons it back, in whole millivolts."""
        most = (1 << _BITS) - 1
        return (_LOW + self.counts() * (_HIGH - _LOW) // most) // 1000 * 1000

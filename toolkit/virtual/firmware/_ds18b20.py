"""DS18B20s on a 1-Wire bus, bit by bit.

After "DS18B20 Programmable Resolution 1-Wire Digital Thermometer", Maxim: a slot that reads is one
in which the master writes a 1; whoever holds the line low makes it a 0.
"""

import time

import ubinascii
from _link import tell
from _onewire import crc8

_CONVERSION = 750000  # µs at 12 bits
_SEARCH, _READ_ROM, _MATCH, _SKIP = 0xF0, 0x33, 0x55, 0xCC
_CONVERT, _READ, _WRITE, _POWER = 0x44, 0xBE, 0x4E, 0xB4
_START = b"\x50\x05\x4b\x46\x7f\xff\x0c\x10"  # 85 °C until the first conversion has ended


class _Sensor:
    """One of them: what it remembers, and a conversation that each reset begins anew."""

    def __init__(self, bus, rom):
        self.bus = bus
        self.rom = rom
        self.scratchpad = bytearray(_START)
        self.due = None  # when the conversion ends
        self.talk = None

    def reset(self):
        self.talk = self._conversation()
        self.sends = next(self.talk)

    def slot(self, bit):
        try:
            self.sends = self.talk.send(bit)
        except StopIteration:
            self.talk, self.sends = None, 1  # silent until the next reset

    def _conversation(self):
        """Yield the bit for the next slot, 1 to listen; get what the master wrote in it."""
        command = yield from self._heard()
        meant = command in (_READ_ROM, _SKIP)
        if command == _READ_ROM:
            yield from self._said(self.rom)
        elif command in (_SEARCH, _MATCH):
            meant = yield from self._chosen(command)
        if meant:
            command = yield from self._heard()
            yield from self._done(command)

    def _chosen(self, command):
        """Compare the ROM bit by bit; is it this one that is meant?"""
        for place in range(64):
            own = self.rom[place // 8] >> place % 8 & 1
            if command == _SEARCH:
                yield own
                yield 1 - own
            chosen = yield 1
            if chosen != own:
                return False
        return True

    def _done(self, command):
        """Do what the one that is meant was told."""
        if command == _CONVERT and self.bus.state["fault"] == "no conversion":
            self.scratchpad[:] = _START  # its supply breaks down under the load: it starts anew
        elif command == _CONVERT:
            self.due = time._now() + _CONVERSION
            while True:
                yield 1 if self._converted() else 0
        elif command == _READ:
            self._converted()
            check = crc8(self.scratchpad) ^ (self.bus.state["fault"] == "checksum")
            yield from self._said(self.scratchpad + bytes((check,)))
        elif command == _WRITE:
            for place in (2, 3, 4):
                self.scratchpad[place] = yield from self._heard()
        elif command == _POWER:
            yield 1

    def _heard(self):
        byte = 0
        for place in range(8):
            bit = yield 1
            byte |= bit << place
        return byte

    def _said(self, data):
        for byte in data:
            for place in range(8):
                yield byte >> place & 1

    def _converted(self):
        """Is there no conversion under way? What has ended lies in the scratchpad."""
        if self.due is not None and time._now() >= self.due:
            self.due = None
            celsius = self.bus.state["sensors"][ubinascii.hexlify(self.rom[1:7]).decode()]
            raw = round(celsius * 16) & 0xFFFF
            self.scratchpad[0], self.scratchpad[1] = raw & 255, raw >> 8
        return self.due is None


class Device:
    """The bus: `sensors` are temperatures by serial number, 12 hex digits in the order sent."""

    def __init__(self, number, kind):
        self.number = number
        self.kind = kind
        self.asked = 0  # how often it was reset
        self.sensors = []

    def set(self, state):
        self.state = state
        known = {sensor.rom: sensor for sensor in self.sensors}
        self.sensors = []
        for serial in state["sensors"]:
            rom = b"\x28" + ubinascii.unhexlify(serial)
            rom += bytes((crc8(rom),))
            self.sensors.append(known.get(rom) or _Sensor(self, rom))

    def reset(self):
        """Begin; does somebody answer?"""
        self.asked += 1
        tell("asked", self.number, self.asked)
        for sensor in self.sensors:
            sensor.reset()
        fault = self.state["fault"]
        return fault == "stuck" or (fault != "no answer" and len(self.sensors) > 0)

    def slot(self, bit):
        """One bit's time: what the master writes, and what the line then is."""
        if self.state["fault"] == "stuck":
            return 0
        if self.state["fault"] == "no answer":
            return bit
        line = bit
        for sensor in self.sensors:
            if sensor.talk:
                line &= sensor.sends
                sensor.slot(bit)
        return line

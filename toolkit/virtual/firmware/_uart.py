"""`machine.UART`, and what hangs at its other end. Loaded when one is opened, or plugged in.

Bytes take their time on the wire, one start bit, eight of data and one stop bit each. Both sides
have to agree upon the speed; at another one all bytes are others.
"""

import time

import _pulses
from _link import tell

_FIFO = 128  # bytes a program can write without waiting
_LONGEST = 300  # bytes of a line that is remembered
_GARBAGE = b"\xff\x00\x81\xfe\x13\xc0\n"


class Device:
    """What is at the other end; it is known by the pin at which the board hears it."""

    def __init__(self, number, kind):
        self.number, self.kind = number, kind
        self.asked = 0
        self.began = b""  # of a line that comes
        self.sent = []  # [when it is there, byte]

    def set(self, state):
        self.state = state
        for line in state["say"]:
            self.answer(line)

    def hear(self, data, baud):
        """Take what the board sends."""
        if baud != self.state["baud"]:
            data = _garbled(data)
        self.began = (self.began + data)[-_LONGEST:]
        while b"\n" in self.began:
            line, self.began = self.began.split(b"\n", 1)
            self.asked += 1
            text = "".join([chr(it) if 32 <= it < 127 else "?" for it in line.rstrip()])
            tell("asked", self.number, self.asked)
            tell("heard", self.number, text)
            self.reply(text)

    def reply(self, text):
        fault, replies = self.state["fault"], self.state["replies"]
        if fault == "garbage":
            self.send(_GARBAGE)
        elif fault == "endless":
            self.send(b"x" * 600)
        elif fault is None and replies:
            self.answer(replies.pop(0))
        elif fault is None and self.state["echo"]:
            self.answer(text)

    def answer(self, text):
        self.send(text.encode() + b"\r\n")

    def send(self, data):
        moment = max(time._now(), self.sent[-1][0] if self.sent else 0)
        for byte in data:
            moment += 10000000 // self.state["baud"]
            self.sent.append((moment, byte))

    def arrived(self, baud):
        """The bytes that have come by now."""
        now, data = time._now(), bytearray()
        while self.sent and self.sent[0][0] <= now:
            data.append(self.sent.pop(0)[1])
        return bytes(data) if baud == self.state["baud"] else _garbled(data)


def _garbled(data):
    return bytes([(byte * 7 + 0x55 | 0x80) & 255 for byte in data])


class UART:
    """A serial port of the chip; it holds `rxbuf` bytes, the others are lost."""

    def __init__(self, id, baudrate=115200, bits=8, parity=None, stop=1, *, tx=None, rx=None,
                 rxbuf=256, txbuf=256, timeout=0, timeout_char=0):  # fmt: skip
        if id not in (1, 2):
            raise ValueError("UART(%d) does not exist" % id)
        self._baud, self._pin, self._room, self._data = baudrate, rx, rxbuf, b""
        self._free = 0  # when all that was written has left

    def init(self, baudrate=None, **_options):
        self._baud = baudrate or self._baud

    def deinit(self):
        self._pin = None

    def _device(self):
        return _pulses.wired.get(self._pin._number) if self._pin else None

    def any(self):
        device = self._device()
        if device and device.kind == "uart":
            self._data = (self._data + device.arrived(self._baud))[: self._room]
        return len(self._data)

    def read(self, count=-1):
        if not self.any():
            return None
        count = len(self._data) if count < 0 else count
        data, self._data = self._data[:count], self._data[count:]
        return data

    def readinto(self, buffer, count=-1):
        data = self.read(len(buffer) if count < 0 else min(count, len(buffer)))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def readline(self):
        self.any()
        at = self._data.find(b"\n")
        return self.read(at + 1 if at >= 0 else -1)

    def write(self, data):
        each = 10000000 // self._baud
        now = time._now()
        self._free = max(self._free, now) + len(data) * each
        time.sleep_us(max(self._free - now - _FIFO * each, 0))
        device = self._device()
        if device and device.kind == "uart":
            device.hear(bytes(data), self._baud)
        return len(data)

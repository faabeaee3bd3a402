"""An SSD1306 display of 128 x 64 dots on the bus: its commands, its memory, and what it shows.

After the maker's "SSD1306" sheet, revision 1.1: I2C 8.1.5, commands 9 and 10, charge pump in its
application note. The panel is mounted as on the usual boards: upright with A1 and C8.
"""

import random
from collections.abc import Mapping
from typing import Any

from toolkit.virtual import keys
from toolkit.virtual.keys import Key

WIDTH, HEIGHT = 128, 64
KEYS: Mapping[str, Key] = {"fault": keys.fault("silent")}

_ARGUMENTS = {  # bytes that follow a command
    0x20: 1, 0x21: 2, 0x22: 2, 0x26: 6, 0x27: 6, 0x29: 5, 0x2A: 5, 0x81: 1, 0x8D: 1, 0xA3: 2,
    0xA8: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1,
}  # fmt: skip
_FOLLOWS = {0x00: "commands", 0x40: "data", 0x80: "command", 0xC0: "datum"}  # a control byte
_HORIZONTAL, _VERTICAL, _PAGE = 0, 1, 2


class Model:
    """One display. What it does not know it counts as `unknown`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.fault: str | None = None
        self.lose_power()

    # -- from outside ------------------------------------------------------------------------

    @property
    def present(self) -> bool:
        """Does it answer?"""
        return self.fault != "silent"

    def change(self, state: dict[str, Any]) -> None:
        """Take a fault: null or silent."""
        keys.taken(KEYS, self.kind, state)
        self.fault = state.get("fault", self.fault)

    def lose_power(self) -> None:
        """Forget everything; what the memory holds after that is chance (here always the same)."""
        chance = random.Random(1306)
        self._memory = [bytearray(chance.randbytes(WIDTH)) for _ in range(HEIGHT // 8)]
        self._mode = _PAGE
        self._columns, self._pages = (0, WIDTH - 1), (0, 7)
        self._column = self._page = 0
        self._command = bytearray()
        self._expected = "control"  # then: commands, data, command, datum
        self.on = self.inverted = self.pump = self.whole = False
        self.remapped = self.upside = False
        self.contrast, self.start_line, self.offset = 0x7F, 0, 0
        self.unknown = list[str]()
        self.bytes_written = 0

    def seen(self) -> dict[str, Any]:
        """What there is to see: the dots of each line, from the left, 8 in a byte, in hex."""
        return {
            "model": self.kind,
            "fault": self.fault,
            "on": self.on and self.pump,
            "inverted": self.inverted,
            "contrast": self.contrast,
            "unknown": self.unknown[-8:],
            "bytes": self.bytes_written,
            "lines": [self._line(y) for y in range(HEIGHT)],
        }

    def _line(self, y: int) -> str:
        if not (self.on and self.pump):
            return bytes(WIDTH // 8).hex()
        scan = y if self.upside else HEIGHT - 1 - y
        row = (scan + self.start_line + self.offset) % HEIGHT
        dots = 0
        for x in range(WIDTH):
            lit = self.whole or self._memory[row // 8][WIDTH - 1 - x] >> row % 8 & 1
            dots = dots << 1 | (bool(lit) != self.inverted)
        return dots.to_bytes(WIDTH // 8).hex()

    # -- on the bus --------------------------------------------------------------------------

    def read(self, _now: int, count: int) -> bytes:
        """The status: bit 6 is set while it is off."""
        return bytes([0 if self.on else 0x40] * count)

    def write(self, _now: int, place: int, data: bytes) -> None:
        """Control bytes say what follows: commands or data, one byte of it or all the rest."""
        if place == 0:
            self._expected = "control"
        self.bytes_written += len(data)
        for byte in data:
            if self._expected == "control":
                self._expected = _FOLLOWS[byte & 0xC0]
                continue
            if self._expected in ("data", "datum"):
                self._store(byte)
            else:
                self._take(byte)
            if self._expected in ("datum", "command"):
                self._expected = "control"

    def _store(self, byte: int) -> None:
        segment = WIDTH - 1 - self._column if self.remapped else self._column
        self._memory[self._page][segment] = byte
        if self._mode == _VERTICAL:
            self._page, over = _next(self._page, self._pages)
            if over:
                self._column, _ = _next(self._column, self._columns)
        elif self._mode == _HORIZONTAL:
            self._column, over = _next(self._column, self._columns)
            if over:
                self._page, _ = _next(self._page, self._pages)
        else:
            self._column = (self._column + 1) % WIDTH

    def _take(self, byte: int) -> None:
        self._command.append(byte)
        first = self._command[0]
        if len(self._command) > _ARGUMENTS.get(first, 0):
            values, self._command = list(self._command[1:]), bytearray()
            self._do(first, values)

    def _do(self, command: int, values: list[int]) -> None:
        if command in _ARGUMENTS:
            self._set(command, values)
        elif command < 0x10:
            self._column = self._column & 0x70 | command
        elif command < 0x20:
            self._column = self._column & 0x0F | (command & 7) << 4
        elif 0x40 <= command < 0x80:
            self.start_line = command & 0x3F
        elif 0xB0 <= command < 0xB8:
            self._page = command & 7
        else:
            self._switch(command)

    def _set(self, command: int, values: list[int]) -> None:
        """A command with values."""
        if command == 0x20:
            self._mode = values[0] & 3
        elif command == 0x21:
            self._columns = values[0] & 127, values[1] & 127
            self._column = self._columns[0]
        elif command == 0x22:
            self._pages = values[0] & 7, values[1] & 7
            self._page = self._pages[0]
        elif command == 0x81:
            self.contrast = values[0]
        elif command == 0x8D:
            self.pump = bool(values[0] & 4)
        elif command == 0xD3:
            self.offset = values[0] & 0x3F

    def _switch(self, command: int) -> None:
        """A command that is its own value."""
        names = {0xA0: "remapped", 0xA4: "whole", 0xA6: "inverted", 0xAE: "on"}
        if command & 0xFE in names:
            setattr(self, names[command & 0xFE], bool(command & 1))
        elif command & 0xF0 == 0xC0:
            self.upside = bool(command & 8)
        elif command not in (0x2E, 0x2F, 0xE3):
            self.unknown.append(f"{command:02x}")


def _next(place: int, bounds: tuple[int, int]) -> tuple[int, bool]:
    """The place after this one, and whether that is the first one again."""
    return (bounds[0], True) if place == bounds[1] else ((place + 1) % 128, False)

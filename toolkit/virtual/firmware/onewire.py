"""`onewire` as the firmware ships it: a bus, and the search for those on it."""

import _onewire


class OneWireError(Exception):
    pass


class OneWire:
    SEARCH_ROM = 0xF0
    MATCH_ROM = 0x55
    SKIP_ROM = 0xCC

    def __init__(self, pin):
        self.pin = pin
        pin.init(pin.OPEN_DRAIN, pin.PULL_UP, value=1)

    def reset(self, required=False):
        found = _onewire.reset(self.pin)
        if required and not found:
            raise OneWireError
        return found

    def readbit(self):
        return _onewire.readbit(self.pin)

    def readbyte(self):
        return _onewire.readbyte(self.pin)

    def readinto(self, buf):
        for place in range(len(buf)):
            buf[place] = self.readbyte()

    def writebit(self, value):
        _onewire.writebit(self.pin, value)

    def writebyte(self, value):
        _onewire.writebyte(self.pin, value)

    def write(self, buf):
        for byte in buf:
            self.writebyte(byte)

    def select_rom(self, rom):
        self.reset()
        self.writebyte(OneWire.MATCH_ROM)
        self.write(rom)

    def crc8(self, data):
        return _onewire.crc8(data)

    def scan(self):
        """All ROMs: where two differ, the branch of 0 is followed first, then that of 1."""
        found, rom, fork = [], bytearray(8), -1
        while self.reset():
            self.writebyte(OneWire.SEARCH_ROM)
            last = self._follow(rom, fork)
            if last is None:
                break
            found.append(bytearray(rom))
            if last < 0:
                break
            fork = last
        return found

    def _follow(self, rom, fork):
        """Fill in one ROM; the last place where 1 is left to try, -1: nowhere, None: no answer."""
        last = -1
        for place in range(64):
            index, mask = place // 8, 1 << place % 8
            bit, other = self.readbit(), self.readbit()
            if bit and other:
                return None
            if bit == other:
                bit = place == fork or (place < fork and rom[index] & mask != 0)
                if not bit:
                    last = place
            self.writebit(bit)
            rom[index] = rom[index] | mask if bit else rom[index] & ~mask
        return last

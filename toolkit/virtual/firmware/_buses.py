"""`machine.I2C`, `SoftI2C`, `SPI`, `SoftSPI` and `UART`: buses with devices hung on from outside.

An I2C device is a map of registers that the supervisor hands over. A write names a register and
fills what follows; a read goes on from the register named last.
"""

import ubinascii
from _link import SETTINGS, on, tell

_ENODEV = 19
_devices = {}


class _Device:
    def __init__(self, registers):
        self.registers = {int(r): ubinascii.unhexlify(v)[0] for r, v in registers.items()}
        self.pointer = 0

    def read(self, count):
        start, self.pointer = self.pointer, self.pointer + count
        return bytes(self.registers.get(start + i, 0) for i in range(count))

    def write(self, data):
        for byte in data:
            self.registers[self.pointer] = byte
            self.pointer += 1


def _plug(address, registers):
    """The world attaches a device, changes its registers, or takes it away (None)."""
    if registers is None:
        _devices.pop(address, None)
    elif address in _devices:
        _devices[address].registers.update(_Device(registers).registers)
    else:
        _devices[address] = _Device(registers)


class SoftI2C:
    """Bit-banged: speaks about a missing device with ENODEV."""

    _missing = _ENODEV

    def __init__(self, scl=None, sda=None, *, freq=400000, timeout=50000):
        pass

    def init(self, *_args, **_options):
        pass

    def deinit(self):
        pass

    def _device(self, address):
        device = _devices.get(address)
        if device is None:
            raise OSError(self._missing)
        return device

    def scan(self):
        return sorted(_devices)

    def readfrom(self, address, count, _stop=True):
        return self._device(address).read(count)

    def readfrom_into(self, address, buffer, _stop=True):
        buffer[:] = self._device(address).read(len(buffer))

    def writeto(self, address, data, _stop=True):
        device = self._device(address)
        data = bytes(data)
        if data:
            device.pointer = data[0]
            device.write(data[1:])
            tell("i2c", address, data[0], ubinascii.hexlify(data[1:]).decode())
        return len(data) + 1

    def writevto(self, address, vector, _stop=True):
        return self.writeto(address, b"".join(bytes(part) for part in vector))

    def readfrom_mem(self, address, register, count, *, addrsize=8):
        device = self._device(address)
        device.pointer = register
        return device.read(count)

    def readfrom_mem_into(self, address, register, buffer, *, addrsize=8):
        buffer[:] = self.readfrom_mem(address, register, len(buffer))

    def writeto_mem(self, address, register, data, *, addrsize=8):
        device = self._device(address)
        data = bytes(data)
        device.pointer = register
        device.write(data)
        tell("i2c", address, register, ubinascii.hexlify(data).decode())


class I2C(SoftI2C):
    """The chip's own controller."""

    def __init__(self, id=-1, *, scl=None, sda=None, freq=400000, timeout=50000):
        pass


class SoftSPI:
    """Nothing answers on SPI: what is sent is told to the supervisor, what is read is zero."""

    MSB, LSB = 0, 1

    def __init__(self, *_args, **_options):
        pass

    def init(self, *_args, **_options):
        pass

    def deinit(self):
        pass

    def write(self, data):
        tell("spi", ubinascii.hexlify(bytes(data)).decode())

    def read(self, count, _write=0):
        return bytes(count)

    def readinto(self, buffer, _write=0):
        buffer[:] = bytes(len(buffer))

    def write_readinto(self, data, buffer):
        self.write(data)
        self.readinto(buffer)


class SPI(SoftSPI):
    """The chip's own controller."""


class UART:
    """A second serial port with nothing at its end."""

    def __init__(self, *_args, **_options):
        pass

    def init(self, *_args, **_options):
        pass

    def deinit(self):
        pass

    def any(self):
        return 0

    def read(self, _count=-1):
        return None

    readline = read

    def readinto(self, _buffer, _count=-1):
        return None

    def write(self, data):
        return len(data)


def begin():
    for address, registers in SETTINGS["i2c"].items():
        _plug(int(address), registers)
    on("i2c", _plug)

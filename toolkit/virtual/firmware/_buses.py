"""`machine.I2C`, `SoftI2C`, `SPI`, `SoftSPI` and `UART`: buses with devices hung on from outside.

An I2C device is a map of registers that the supervisor hands over, or it is the supervisor's: then
it is told what is written, and asked for what is read, each with the board's own time.
"""

import time

import ubinascii
from _link import SETTINGS, fetch, on, tell

_ENODEV = 19
_ETIMEDOUT = 116 if SETTINGS["chip"][:5] == "esp32" else 110  # its C library's; MicroPython's
_PIECE = 32  # bytes told at a time: memory may be scarce
_FIRST, _LAST = 0x08, 0x77  # the addresses that a scan asks
_devices = {}
_stuck = None  # "scl" or "sda": the line that something holds low


class _Registers:
    """A write names a register and fills what follows; a read goes on from the one named last."""

    def __init__(self, address, registers):
        self.address, self.registers, self.pointer = address, {}, 0
        self.change(registers)

    def change(self, registers):
        for register, value in registers.items():
            self.registers[int(register)] = ubinascii.unhexlify(value)[0]

    def read(self, count):
        start, self.pointer = self.pointer, self.pointer + count
        return bytes(self.registers.get(start + i, 0) for i in range(count))

    def write(self, data):
        if not data:
            return
        for place, byte in enumerate(data[1:]):
            self.registers[data[0] + place] = byte
        self.pointer = data[0] + len(data) - 1
        if len(data) > 1:
            tell("i2c", self.address, data[0], ubinascii.hexlify(data[1:]).decode())


class _Model:
    """A device that the supervisor plays."""

    def __init__(self, address):
        self.address = address

    def read(self, count):
        answer = fetch("i2c read", self.address, time._now(), count)
        if answer is None:
            raise OSError(_ETIMEDOUT)
        return ubinascii.unhexlify(answer)

    def write(self, data, before=0):
        """Take a message, or what comes in it after so many bytes."""
        now = time._now()
        for place in range(0, len(data), _PIECE):
            piece = ubinascii.hexlify(data[place : place + _PIECE]).decode()
            tell("i2c write", self.address, now, before + place, piece)


class _Nobody:
    """Every address, while the data line is low: that reads as an answer, and as zeros."""

    def read(self, count):
        return bytes(count)

    def write(self, _data):
        pass


def _plug(address, registers):
    """The world attaches a device, changes its registers, or takes it away (None)."""
    if registers is None:
        _devices.pop(address, None)
    elif address in _devices:
        _devices[address].change(registers)
    else:
        _devices[address] = _Registers(address, registers)


def _plug_model(address, present):
    """The world attaches a device that the supervisor plays, or it falls silent."""
    _devices.pop(address, None)
    if present:
        _devices[address] = _Model(address)


def _jam(line):
    """Something holds a line of the bus low, or (None) lets go of it."""
    global _stuck
    _stuck = line


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
        if _stuck == "scl":  # as a device that stretches the clock too long
            raise OSError(_ETIMEDOUT)
        if _stuck == "sda":
            return _Nobody()
        device = _devices.get(address)
        if device is None:
            raise OSError(self._missing)
        return device

    def scan(self):
        if _stuck == "scl":
            return []
        return list(range(_FIRST, _LAST + 1)) if _stuck else sorted(_devices)

    def readfrom(self, address, count, _stop=True):
        return self._device(address).read(count)

    def readfrom_into(self, address, buffer, _stop=True):
        buffer[:] = self._device(address).read(len(buffer))

    def writeto(self, address, data, _stop=True):
        data = bytes(data)
        self._device(address).write(data)
        return len(data) + 1

    def writevto(self, address, vector, _stop=True):
        device, before = self._device(address), 0
        if not isinstance(device, _Model):
            return self.writeto(address, b"".join(bytes(part) for part in vector))
        for part in vector:  # as they are: on a chip they are not copied, either
            device.write(part, before)
            before += len(part)
        return before + 1

    def readfrom_mem(self, address, register, count, *, addrsize=8):
        device = self._device(address)
        device.write(bytes((register,)))
        return device.read(count)

    def readfrom_mem_into(self, address, register, buffer, *, addrsize=8):
        buffer[:] = self.readfrom_mem(address, register, len(buffer))

    def writeto_mem(self, address, register, data, *, addrsize=8):
        self._device(address).write(bytes((register,)) + bytes(data))


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
    for address in SETTINGS["i2c_models"]:
        _plug_model(address, True)
    _jam(SETTINGS["i2c_stuck"])
    on("i2c", _plug)
    on("i2c model", _plug_model)
    on("i2c stuck", _jam)

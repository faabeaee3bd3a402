"""A bench for the tests of a load module: the node's real façade, and pins that remember.

    from bench import made, module, refusal

    def test_it_opens():
        blinds = module("blinds")
        blinds.tilt(100)
        assert made("pwm_0").share == 8138

Runs on CPython and on MicroPython; `devToolKit.py --test-module` starts it on both.
"""

import sys

import lm
from core import pins
from core.errors import CommandError
from core.executor import Executor
from core.tasks import Tasks

_node = None


def module(name, board="esp32", **settings):
    """Import a load module afresh, on a node that has just started."""
    global _node
    for known in [known for known in sys.modules if known[:3] == "LM_"]:
        del sys.modules[known]
    _node = _Node(board, settings)
    lm.bind(_node)
    return __import__("LM_" + name)


def again(name):
    """Import a load module afresh, on a node that finds again what modules keep."""
    kept = _node.kept
    found = module(name, _node.board, **_node.config.values)
    _node.kept = kept
    return found


def made(name):
    """Return what the module has made of a pin, by the pin's name or number; None where nothing."""
    return _node.port.made.get(pins.number(_node, name))


def device(address, registers):
    """Hang a device on the I2C bus: {register: byte}; None takes it away. Returns its registers."""
    if registers is None:
        _node.port.devices.pop(address, None)
    else:
        _node.port.devices[address] = dict(registers)
    return _node.port.devices.get(address)


def input_level(name, level):
    """Set the level of an input, or the reading of an analog one (0 to 65535); an edge is told."""
    number = pins.number(_node, name)
    _node.port.levels[number] = level
    handler = getattr(_node.port.made.get(number), "handler", None)
    if handler:
        handler(_node.port.made[number])


def pass_time(seconds):
    """Let the node be up for so many more seconds."""
    _node.clock.seconds += seconds


def called():
    """Return the commands that modules have run, at a press for example."""
    return _node.executor.modules.called


def logged():
    """Return the lines in the node's log."""
    return _node.log.lines


def kept(name):
    """Return what a module keeps."""
    return lm.keep("LM_" + name)


def refusal(call, *arguments, **named):
    """Return the sentence with which a call is refused."""
    try:
        call(*arguments, **named)
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


async def refused(work):
    """Return the sentence with which what is awaited is refused."""
    try:
        await work
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


class _Node:
    """As much of a node as a load module has a reason to reach for."""

    trial = kept = None

    def __init__(self, board, settings):
        self.board = board
        self.config = _Settings(settings)
        self.secrets = {}
        self.taken = {}
        self.log = _Log()
        self.clock = _Clock()
        self.port = _Port()
        self.tasks = Tasks(self.log)
        self.executor = _Executor(_Loaded(), self.tasks, self.log)
        self.memory = bytes


class _Executor(Executor):
    """The node's own, which notes what it would call."""

    def perform(self, command, at_once=False):
        given = [command.module, command.function] + [str(it) for it in command.args]
        self.modules.called.append(" ".join(given))


class _Loaded:
    def __init__(self):
        self.called = []


class _Settings:
    def __init__(self, values):
        self.values = {"cstmpmap": "n/a", "poweron": "n/a", "devfid": "node01", "version": "n/a"}
        self.values.update(values)

    def get(self, name):
        return self.values.get(name)


class _Log:
    def __init__(self):
        self.lines = []

    def info(self, text):
        self.lines.append(text)

    debug = warn = error = info


class _Clock:
    source = None
    seconds = 0

    def uptime(self):
        return self.seconds

    def stamp(self):
        return "%d s" % self.seconds


class _Port:
    """What the firmware makes of pins, in memory."""

    def __init__(self):
        self.made = {}
        self.levels = {}
        self.devices = {}

    def _keep(self, number, thing):
        self.made[number] = thing
        return thing

    def pin(self, number, mode):
        if mode not in ("out", "in", "up", "down", "od"):
            raise ValueError("no mode " + mode)
        return self._keep(number, Pin(self, number, mode))

    def pwm(self, number, frequency):
        return self._keep(number, Pwm(number, frequency))

    def adc(self, number):
        return self._keep(number, Adc(self, number))

    def neopixel(self, number, count, size=3):
        return self._keep(number, Pixels(count, size))

    def i2c(self, _scl, _sda, _frequency):
        return Bus(self.devices)


class Pin:
    """A pin: `level` is what was set, `history` all that was."""

    handler = None

    def __init__(self, port, number, mode):
        self.port, self.number, self.mode = port, number, mode
        self.history = []

    @property
    def level(self):
        idle = 1 if self.mode == "up" else 0
        return self.port.levels.get(self.number, self.history[-1] if self.history else idle)

    def value(self, level=None):
        if level is None:
            return self.level
        self.history.append(int(bool(level)))
        return None

    def irq(self, handler=None, trigger=None):
        self.handler = handler

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


class Pwm:
    """A PWM output: `share` of 65535, `frequency` in Hz, and whether it is still used."""

    def __init__(self, number, frequency):
        self.number, self.frequency = number, frequency
        self.share, self.used = 0, True

    def duty_u16(self, share=None):
        if share is None:
            return self.share
        if not isinstance(share, int) or not 0 <= share <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        self.share = share
        return None

    def freq(self, frequency=None):
        if frequency is None:
            return self.frequency
        self.frequency = frequency
        return None

    def deinit(self):
        self.share, self.used = 0, False


class Adc:
    """An analog input."""

    def __init__(self, port, number):
        self.port, self.number = port, number

    def read_u16(self):
        return self.port.levels.get(self.number, 0)


class Pixels:
    """A chain of NeoPixels: `shown` is what it shows, since the last write().

    n, bpp and buf as the firmware's: of each light its green, red, blue, and white where bpp is 4.
    """

    ORDER = (1, 0, 2, 3)

    def __init__(self, count, size):
        self.n, self.bpp = count, size
        self.buf = bytearray(count * size)
        self.write()

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        start = self._start(index)
        return tuple([self.buf[start + self.ORDER[part]] for part in range(self.bpp)])

    def __setitem__(self, index, colour):
        start = self._start(index)
        for part in range(self.bpp):
            self.buf[start + self.ORDER[part]] = colour[part]

    def _start(self, index):
        if not -self.n <= index < self.n:
            raise IndexError("there are %d lights, no %d" % (self.n, index))
        return index % self.n * self.bpp

    def fill(self, colour):
        for index in range(self.n):
            self[index] = colour

    def write(self):
        self.shown = [self[index] for index in range(self.n)]


class Bus:
    """An I2C bus; a device keeps bytes in its registers, the number of the next one goes up."""

    def __init__(self, devices):
        self._devices = devices

    def _device(self, address):
        if address not in self._devices:
            raise OSError(19, "ENODEV")
        return self._devices[address]

    def scan(self):
        return sorted(self._devices)

    def readfrom_mem(self, address, register, count):
        found = self._device(address)
        return bytes([found.get(register + at, 0) for at in range(count)])

    def readfrom_mem_into(self, address, register, buffer):
        buffer[:] = self.readfrom_mem(address, register, len(buffer))

    def writeto_mem(self, address, register, data):
        found = self._device(address)
        for at, byte in enumerate(data):
            found[register + at] = byte

    def writeto(self, address, data):
        if data:
            self.writeto_mem(address, data[0], data[1:])
            self._device(address)["at"] = data[0]
        self._device(address)
        return len(data)

    def writevto(self, address, pieces):
        return self.writeto(address, b"".join([bytes(piece) for piece in pieces]))

    def readfrom(self, address, count):
        return self.readfrom_mem(address, self._device(address).get("at", 0), count)

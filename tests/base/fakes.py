# ruff: noqa: UP031 - the dialect of MicroPython
"""What the parts under test are handed instead of the real ones, and a folder for their files."""

import os

FOLDER = "/tmp/micros-base-%s" % "".join("%02x" % byte for byte in os.urandom(6))


def folder():
    """Return an empty folder."""
    if FOLDER[5:] in os.listdir("/tmp"):
        for name in os.listdir(FOLDER):
            os.remove(FOLDER + "/" + name)
    else:
        os.mkdir(FOLDER)
    return FOLDER


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


class Log:
    """Keeps what is logged."""

    def __init__(self):
        self.entries = []

    def add(self, rank, text):
        pass

    def debug(self, text):
        pass

    def info(self, text):
        pass

    def warn(self, text):
        self.entries.append(text)

    error = warn


class Settings:
    """Settings in memory."""

    path = "/node_config.1.json"

    def __init__(self, **values):
        self.values = values

    def get(self, name):
        return self.values.get(name)

    def dump(self, part=""):
        return [(name, str(self.values[name])) for name in self.values if part in name]


class Port:
    """The firmware's part of pins and resets, on fakes."""

    def __init__(self):
        self.made = []
        self.deaf = 0  # pins that memory is too short for to be listened to
        self.resets = 0
        self.kept = b""
        self.alarms = []

    def pin(self, number, mode="out"):
        self.made.append(Output(number))
        if self.deaf:
            self.deaf -= 1
            self.made[-1].irq_set = None
        return self.made[-1]

    def adc(self, number):
        return number

    def neopixel(self, number, count, size):
        self.made.append(Strip(count * size))
        return self.made[-1]

    def pwm(self, number, frequency):
        self.made.append(Output(number, frequency))
        return self.made[-1]

    def reset(self):
        self.resets += 1

    def survivor(self, data=None):
        if data is None:
            return self.kept
        self.kept = data
        return None

    def alarm(self, milliseconds):
        self.alarms.append(milliseconds)
        return self

    def deinit(self):
        self.alarms.append("off")


class Output:
    """A pin or a PWM output."""

    def __init__(self, number, frequency=0):
        self.number = number
        self.frequency = frequency
        self.level = 0
        self.share = 0
        self.used = True

    irq_set = False

    def irq(self, _):
        if self.irq_set is None:
            raise MemoryError
        self.irq_set = True

    def value(self, level=None):
        if level is None:
            return self.level
        self.level = int(level)
        return None

    def duty_u16(self, share):
        assert 0 <= share <= 65535
        self.share = share

    def deinit(self):
        self.used = False


class Strip:
    """A chain of lights."""

    def __init__(self, size):
        self.buf = bytearray(size)

    def write(self):
        pass

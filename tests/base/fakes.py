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

    def debug(self, text):
        pass

    def info(self, text):
        pass

    def warn(self, text):
        self.entries.append(text)

    error = warn


class Settings:
    """Settings in memory."""

    def __init__(self, **values):
        self.values = values

    def get(self, name):
        return self.values.get(name)


class Wlan:
    """A radio: what is on the air, what lets us in, and what was asked of it."""

    def __init__(self, address="192.168.1.7"):
        self.air = {}  # name -> password
        self.hidden = ()
        self.calls = []
        self.joined = None
        self.config = (address, "255.255.255.0", "192.168.1.1", "192.168.1.1")
        self.wrong = None
        self.on = True

    def scan(self):
        self.calls.append("scan")
        return [(name.encode(), b"", 1, -60, 3, False) for name in self.air if name != self.hidden]

    def connect(self, name, password):
        self.calls.append("connect " + name)
        self.wrong = None
        if name not in self.air:
            self.wrong = "not found"
        elif self.air[name] == "never answers":
            return
        elif self.air[name] != password:
            self.wrong = "wrong password"
        else:
            self.joined = name

    def disconnect(self):
        self.joined = None

    def isconnected(self):
        return self.joined is not None and self.joined in self.air

    def ifconfig(self, config=None):
        if config:
            self.config = config
        return self.config

    def status(self, what):
        return -60


class Port:
    """The firmware's part of the network and of pins, on fakes."""

    def __init__(self):
        self.station = Wlan()
        self.point = Wlan("192.168.4.1")
        self.point.on = False
        self.protected = None
        self.visitors = 0
        self.made = []
        self.resets = 0
        self.kept = b""
        self.alarms = []

    def wlan(self, kind, hostname):
        radio = self.station if kind == "sta" else self.point
        radio.on = True
        return radio

    def wlan_off(self, kind):
        (self.station if kind == "sta" else self.point).on = False

    def failure(self, station):
        return station.wrong

    def protect(self, point, name, password):
        self.protected = name, password

    def stations(self, point):
        return self.visitors

    def pin(self, number, mode="out"):
        self.made.append(Output(number))
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

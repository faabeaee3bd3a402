"""The firmware's `network` and `machine` as a test needs them: a radio, the air, its own clock.

`Radio(family, clock, air)` stands for the module `network` of an ESP32, an ESP8266 or a Pico W, so
the real files of micros/port run on it, on CPython and on MicroPython. It answers as that family's
firmware does, and tells the lies that real radios are known for. Each lie is an attribute of the
radio, off at first:

    scan_fails        scan() raises OSError
    idle_first        a join shows CONNECTING, then IDLE, and only then GOT_IP
    silent_refusal    a wrong password is never told: CONNECTING for ever
                      (micropython issue 11625, cyw43-driver issue 62)
    refusal           the code by which a wrong password is told, where it is not the usual one
                      (ESP-IDF: 2, 15, 203, 204, 205)
    false_refusals    so many joins are refused although the password is right
                      (micropython pull 4842, cyw43-driver pull 150)
    empty_ms          isconnected() is True for so long before there is an address
    busy_connect      connect() raises while there is a connection or an attempt, and for 100 ms
                      after disconnect()
    sticky            once a network was not found, none ever is until the radio was switched off
                      and on (ESP32, micropython issue 14382)
    restart_ms        switched on again within this time, the radio raises at everything
                      (micropython issue 11247)
    late_leave        a disconnect() is told, as code 8, only after the next connect() (ESP32)
    config_wants_on   an access point's config() raises while it is off (ESP32, old firmware)
    rssi_fails        status("rssi") raises
    broken            every call raises

Always so: scan() holds the loop for `scan_ms`; an ESP8266 comes up with an access point whose
password is known, sets one up only while it is on, writes its flash at each change of mode and
network, and joins again by itself; a Pico W sets an access point up only while it is off, and its
ifconfig("dhcp") holds the loop for 10 s. An ESP32 without `reconnects=0` tries for ever.

The lies were collected from public reports; the names above say where. Nothing here waits in real
time: `Clock.sleep_ms` is handed to the program instead of `asyncio.sleep_ms`.
"""

import sys

_ASSOCIATION_MS, _DHCP_MS, _SEARCH_MS = 1500, 700, 2500
_NOBODY = "0.0.0.0"
_CODES = {  # idle, connecting, wrong password, not found, refused, got an address
    "esp32": (1000, 1001, 202, 201, 203, 1010),
    "esp8266": (0, 1, 2, 3, 4, 5),
    "rp2": (0, 1, -3, -2, -1, 3),
}
_NAMES = ("IDLE", "CONNECTING", "WRONG_PASSWORD", "NO_AP_FOUND", "CONNECT_FAIL", "GOT_IP")
_CYW43_NOIP = 2
_ASSOC_LEAVE = 8


class Over(BaseException):
    """The time that a test wanted to see has passed."""


class Clock:
    """Time that passes when the program waits, or when a call holds it up."""

    def __init__(self):
        self.ms = 0
        self.end = None  # ms at which Over is raised
        self.held = []  # (since when, how long) of each call that held the loop
        self.watch = None  # called after each wait
        self._events = []

    def uptime(self):
        return self.ms // 1000

    def at(self, second, action):
        """Have `action()` called when that second comes."""
        self._events.append((second * 1000, len(self._events), action))
        self._events.sort()

    def advance(self, milliseconds):
        target = self.ms + milliseconds
        while self._events and self._events[0][0] <= target:
            when, _, action = self._events.pop(0)
            self.ms = max(self.ms, when)
            action()
        self.ms = target
        if self.watch:
            self.watch()
        if self.end is not None and self.ms >= self.end:
            raise Over

    def hold(self, milliseconds):
        """What a call does that does not give the loop away."""
        self.held.append((self.ms, milliseconds))
        self.advance(milliseconds)

    async def sleep_ms(self, milliseconds):
        self.advance(milliseconds)


class Cell:
    """A network on the air."""

    def __init__(self, password="", subnet="192.168.1", hidden=False, dhcp=True, options=True):
        self.password = password
        self.subnet = subnet
        self.hidden = hidden
        self.dhcp = dhcp  # whether it hands out addresses
        self.options = options  # whether it tells gateway and name server with them
        self.last = 7  # of the address it hands out

    def lease(self):
        router = self.subnet + ".1" if self.options else _NOBODY
        return (f"{self.subnet}.{self.last}", "255.255.255.0", router, router)


class Machine:
    """`machine`: any name is there; only reset() does something, it counts."""

    def __init__(self):
        self.resets = 0

    def reset(self):
        self.resets += 1

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self


class _Interface:
    def __init__(self, radio):
        self.radio = radio
        self.on = False

    def active(self, on=None):
        if on is None:
            return self.on
        self.radio.check()
        if bool(on) != self.on:
            self.on = bool(on)
            self.radio.flash_writes += self.radio.family == "esp8266"
            self.changed()
        return self.on


class Station(_Interface):
    """Joins a cell; each question works out first how far that has come."""

    def __init__(self, radio):
        super().__init__(radio)
        self.asked = None  # (name, password) of the attempt, or of the connection
        self.stored = None  # what an ESP8266 has in flash
        self.since = 0
        self.joined = None
        self.code = None  # why not
        self.left = -1000  # ms of the last disconnect()
        self.stuck = False
        self.fixed = None
        self.reconnects = -1
        self.switched = -1_000_000
        self.deaf = False

    def changed(self):
        now = self.radio.clock.ms
        self.deaf = self.on and now - self.switched < self.radio.restart_ms
        self.switched = now
        self.stuck = False
        self._forget()

    def _forget(self):
        self.asked = self.joined = self.code = None

    def _check(self):
        self.radio.check()
        if not self.on:
            raise OSError("STA must be active")
        if self.deaf:
            raise OSError(1, "EPERM")

    def scan(self):
        self._check()
        radio = self.radio
        radio.scans.append(radio.clock.ms)
        radio.disturbed += bool(radio.point.on and radio.visitors)
        radio.clock.hold(radio.scan_ms)
        if radio.scan_fails:
            raise OSError("scan failed")
        names = [b"" if cell.hidden else name.encode() for name, cell in radio.air.items()]
        names += [b"\xff\xfe neighbour"]  # nobody promised that a name is UTF-8
        return [(name, b"123456", 6, -60, 3, False) for name in names]

    def connect(self, name, password=None):
        self._check()
        if self.radio.busy_connect and (self.asked or self._since_left() < 100):
            raise OSError("Wifi Internal State Error")
        self._forget()
        self.asked = (name, password or "")
        self.radio.flash_writes += self.radio.family == "esp8266" and self.asked != self.stored
        self.stored = self.asked
        self.radio.connects.append(name)
        self.since = self.radio.clock.ms

    def disconnect(self):
        self._check()
        if self.asked:
            self.left = self.radio.clock.ms
        self._forget()

    def _since_left(self):
        return self.radio.clock.ms - self.left

    def _progress(self):
        """Work out what has become of the attempt, or of the connection, by now."""
        radio, passed = self.radio, self.radio.clock.ms - self.since
        if not self.on or not self.asked:
            return
        cell = radio.air.get(self.asked[0])
        if self.joined and cell is not self.joined:
            self.joined, self.code = None, radio.codes[3] if radio.family == "esp8266" else 200
            if radio.family == "esp8266":
                self.since = radio.clock.ms  # the firmware tries again by itself
        elif self.joined or (self.code is not None and radio.family != "esp8266"):
            return
        elif self.stuck or (cell is None and passed >= _SEARCH_MS):
            self.code = radio.codes[3]
            self.stuck = radio.sticky and radio.family == "esp32"
        elif cell and passed >= _ASSOCIATION_MS:
            self._associate(cell)

    def _associate(self, cell):
        radio = self.radio
        if radio.false_refusals:
            radio.false_refusals -= 1
            self.code = radio.codes[2]
        elif cell.password != self.asked[1]:
            self.code = radio.codes[1] if radio.silent_refusal else radio.refusal or radio.codes[2]
        else:
            self.joined, self.code = cell, None

    def _address(self):
        """Address, mask, gateway and name server by now, or None."""
        self._progress()
        if not self.joined:
            return None
        if self.fixed:
            return self.fixed
        passed = self.radio.clock.ms - self.since - _ASSOCIATION_MS
        if self.joined.dhcp and passed >= _DHCP_MS + self.radio.empty_ms:
            return self.joined.lease()
        return None

    def isconnected(self):
        self.radio.check()
        self._progress()
        early = self.radio.empty_ms and self.joined
        return bool(early or self._address())

    def status(self, what=None):
        self.radio.check()
        self._progress()
        radio, codes = self.radio, self.radio.codes
        if what == "rssi":
            if radio.rssi_fails or (not self.joined and radio.family != "esp8266"):
                raise OSError("Wifi Not Connected")
            return -60 if self.joined else 31
        if what is not None:
            raise ValueError("unknown status param")
        if radio.late_leave and self.asked and self._since_left() < 600:
            return _ASSOC_LEAVE
        if self._address():
            return codes[5]
        if self.code is not None and not (radio.family == "esp32" and self.reconnects):
            return self.code
        if self.joined and radio.family == "rp2":
            return _CYW43_NOIP
        passed = radio.clock.ms - self.since
        if not self.asked or (radio.idle_first and 500 < passed < _ASSOCIATION_MS):
            return codes[0]
        return codes[1]

    def ifconfig(self, addresses=None):
        self.radio.check()
        if addresses is None:
            return self._address() or (_NOBODY, _NOBODY, _NOBODY, _NOBODY)
        if addresses == "dhcp":
            self.fixed = None
            if self.radio.family == "rp2":
                self.radio.clock.hold(10_000)
                raise OSError("timeout waiting for DHCP to get IP address")
        else:
            assert len(addresses) == 4
            self.fixed = tuple(addresses)
        return None

    def ipconfig(self, dhcp4):
        assert dhcp4 is True
        assert self.radio.family == "rp2"
        self.fixed = None

    def config(self, reconnects):
        self._check()
        self.reconnects = reconnects


class Point(_Interface):
    """A network of the board's own. `exposed`: it was on the air and others could have joined."""

    def __init__(self, radio):
        super().__init__(radio)
        self.name, self.key, self.safe = "ESP_123456", "", False
        self.on = radio.family == "esp8266"
        self.exposed = False

    def changed(self):
        self.exposed |= self.on and not self.safe

    def config(self, **options):
        radio = self.radio
        radio.check()
        name = options.get("ssid") or options["essid"]
        key = options.get("key") or options["password"]
        if self.on and radio.family == "rp2":
            return  # too late: the default network is on the air
        if len(key) < 8 or (not self.on and (radio.family == "esp8266" or radio.config_wants_on)):
            raise OSError("can't set AP config")
        self.name, self.key = name, key
        self.safe = options["security"] != radio.AUTH_OPEN

    def ifconfig(self):
        return ("192.168.4.1", "255.255.255.0", "192.168.4.1", _NOBODY)

    def isconnected(self):
        return bool(self.on and self.radio.visitors)

    def status(self, what):
        if self.radio.family == "esp8266" or what != "stations":
            raise ValueError("unknown status param")
        if not self.on:
            raise OSError("Wifi Not Started")
        return [(b"123456",)] * self.radio.visitors


class _Interfaces:
    """`network.WLAN`."""

    SEC_WPA_WPA2 = 0x00400006

    def __init__(self, radio):
        self._both = (radio.station, radio.point)

    def __call__(self, kind):
        return self._both[kind]


class Radio:
    """The module `network` of a family; see the first lines of this file for its lies."""

    STA_IF, AP_IF = 0, 1
    AUTH_OPEN, AUTH_WPA2_PSK, AUTH_WPA_WPA2_PSK = 0, 3, 4

    def __init__(self, family, clock, air):
        self.family, self.clock, self.air = family, clock, air
        self.codes = _CODES[family]
        for place, name in enumerate(_NAMES):
            setattr(self, "STAT_" + name, self.codes[place])
        self.scan_ms = 3000
        self.empty_ms = self.restart_ms = self.false_refusals = 0
        self.scan_fails = self.idle_first = self.silent_refusal = self.busy_connect = False
        self.sticky = self.late_leave = self.config_wants_on = self.rssi_fails = self.broken = False
        self.refusal = None
        self.visitors = 0  # on the access point
        self.scans = []  # when each began
        self.connects = []  # the names that were asked for
        self.disturbed = 0  # scans that took the radio away from a visitor
        self.flash_writes = 0
        self.names = []
        self.station, self.point = Station(self), Point(self)
        self.WLAN = _Interfaces(self)

    def check(self):
        if self.broken:
            raise OSError("Wifi Unknown Error 0x0101")

    def hostname(self, name):
        self.names.append(name)

    def install(self):
        """Be what the program imports as `network`, with a `machine` beside; return that."""
        sys.modules["network"] = self
        sys.modules["machine"] = machine = Machine()
        return machine

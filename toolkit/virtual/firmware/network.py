"""`network` of the board: a station and an access point on the virtual air."""

import time

import ubinascii
from _link import SETTINGS, on, tell

_ESP8266 = SETTINGS["chip"] == "esp8266"
_MAC = ubinascii.unhexlify(SETTINGS["mac"])
_SCAN_MS = 3000

STA_IF, AP_IF = 0, 1
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = (0, 1, 5) if _ESP8266 else (1000, 1001, 1010)
STAT_WRONG_PASSWORD, STAT_NO_AP_FOUND = (2, 3) if _ESP8266 else (202, 201)
if _ESP8266:
    STAT_CONNECT_FAIL = 4
else:
    STAT_BEACON_TIMEOUT, STAT_ASSOC_FAIL, STAT_HANDSHAKE_TIMEOUT = 200, 203, 204
AUTH_OPEN, AUTH_WEP, AUTH_WPA_PSK, AUTH_WPA2_PSK, AUTH_WPA_WPA2_PSK = range(5)
if not _ESP8266:
    AUTH_WPA2_ENTERPRISE, AUTH_WPA3_PSK, AUTH_WPA2_WPA3_PSK = 5, 6, 7
MODE_11B, MODE_11G, MODE_11N = 1, 2, 4

_air = list(SETTINGS["networks"])
when_lost = []  # called when the station loses its network
_hostname = ["mpy-" + SETTINGS["chip"]]
_country = ["XX"]


def hostname(name=None):
    if name is None:
        return _hostname[0]
    if len(name) > 32:
        raise ValueError
    _hostname[0] = name
    return None


def country(code=None):
    if code is None:
        return _country[0]
    if len(code) != 2:
        raise ValueError
    _country[0] = code
    return None


def phy_mode(_mode=None):
    return MODE_11N


def reachable():
    """Whether anybody on the air can reach this board now."""
    return WLAN(STA_IF).isconnected() or WLAN(AP_IF).active()


def online():
    """Whether names and servers beyond the air can be reached."""
    return SETTINGS["internet"] and WLAN(STA_IF).isconnected()


def _air_changed(networks, internet, visitors):
    _air[:] = networks
    SETTINGS["internet"] = internet
    SETTINGS["visitors"] = visitors


class _Interface:
    """What station and access point have in common."""

    def __init__(self):
        self._active = False
        self._addresses = SETTINGS["address"], "255.255.255.0", SETTINGS["gateway"]
        self._options = {"channel": 6, "txpower": 20, "pm": 1, "reconnects": -1}

    def ifconfig(self, addresses=None):
        """A static address is accepted and shown; reached is the board where it always is."""
        if addresses is None:
            if not self._has_address():
                return "0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0"
            return self._addresses + (SETTINGS["gateway"],)
        if addresses != "dhcp":
            self._addresses = tuple(addresses[:3])
        return None

    def ipconfig(self, name=None, **settings):
        if name == "addr4":
            return self.ifconfig()[:2]
        if name == "gw4":
            return self.ifconfig()[2]
        if name == "dhcp4":
            return self._addresses[0] == SETTINGS["address"]
        if name is not None:
            raise ValueError("unknown config param")
        if "addr4" in settings:
            self._addresses = settings["addr4"][0], settings["addr4"][1], self._addresses[2]
        return None

    def config(self, name=None, **settings):
        if name is None:
            for key, value in settings.items():
                self._set(key, value)
            return None
        if name == "mac":
            return self._mac()
        if name in ("hostname", "dhcp_hostname"):
            return hostname()
        if name == "essid":
            name = "ssid"
        if name not in self._options:
            raise ValueError("unknown config param")
        return self._options[name]

    def _set(self, key, value):
        if key in ("hostname", "dhcp_hostname"):
            hostname(value)
        elif key == "mac":
            pass
        else:
            key = {"essid": "ssid", "authmode": "security", "password": "key"}.get(key, key)
            self._options[key] = value.decode() if isinstance(value, bytes) else value


class _Station(_Interface):
    """Joins a network of the air; every answer works out first what has happened meanwhile."""

    def __init__(self):
        super().__init__()
        self._options["ssid"] = ""
        self._ssid = self._key = ""
        self._requested = self._connected = False
        self._reason = 0
        self._retries = 0
        self._answer_at = 0

    def _mac(self):
        return _MAC

    def _has_address(self):
        return self.isconnected()

    def active(self, on=None):
        if on is None:
            return self._active
        self._active = bool(on)
        if not on:
            self._lose(0)
            self._requested = False
        return None if _ESP8266 else self._active

    def connect(self, ssid=None, key=None, *, bssid=None):
        if not self._active:
            raise OSError("Wifi Not Started" if not _ESP8266 else "Cannot connect to AP")
        if not _ESP8266 and self._requested and self.status() == STAT_CONNECTING:
            raise OSError("Wifi Internal State Error")
        if ssid is not None:
            self._ssid = ssid.decode() if isinstance(ssid, bytes) else ssid
            self._key = key.decode() if isinstance(key, bytes) else key or ""
        self._lose(0)
        self._requested, self._retries = True, 0
        self._answer_at = time._now() + SETTINGS["join_ms"] * 1000

    def disconnect(self):
        self._requested = False
        self._lose(0)

    def _lose(self, reason):
        if self._connected:
            tell("station", None)
            for act in when_lost:
                act()
        self._connected = False
        self._reason = reason

    def _settled(self):
        return time._now() >= self._answer_at

    def _network(self):
        found = [n for n in _air if n["ssid"] == self._ssid]
        return max(found, key=lambda n: n["rssi"]) if found else None

    def _refresh(self):
        """Where the attempt stands: joined, refused with a reason, or lost again."""
        if self._connected:
            if self._network() is None:
                self._lose(STAT_NO_AP_FOUND if _ESP8266 else STAT_BEACON_TIMEOUT)
                self._answer_at = time._now() + SETTINGS["join_ms"] * 1000
        elif self._requested and self._active and self._settled():
            network = self._network()
            if network is None:
                self._fail(STAT_NO_AP_FOUND)
            elif network["password"] and network["password"] != self._key:
                self._fail(STAT_WRONG_PASSWORD)
            else:
                self._connected, self._reason = True, 0
                self._options["ssid"] = self._ssid
                tell("station", self._ssid, hostname())

    def _fail(self, reason):
        self._reason = reason
        self._retries += 1
        self._answer_at = time._now() + SETTINGS["join_ms"] * 1000

    def isconnected(self):
        self._refresh()
        return self._connected

    def status(self, what=None):
        self._refresh()
        if what == "rssi":
            network = self._network()
            if not self._connected or network is None:
                if _ESP8266:
                    return 31
                raise OSError("Wifi Not Connected")
            return network["rssi"]
        if what is not None:
            raise ValueError("unknown status param")
        if self._connected:
            return STAT_GOT_IP
        limit = self._options["reconnects"]  # -1: for ever; 0: none after the first attempt
        again = not _ESP8266 and self._requested and (limit < 0 or self._retries <= limit)
        # An ESP32 goes on trying, and says so, however often it was refused.
        if again or (self._requested and not self._reason):
            return STAT_CONNECTING
        return self._reason or STAT_IDLE

    def scan(self):
        if not self._active:
            raise OSError("STA must be active")
        if SETTINGS["mean"]:
            time.sleep_ms(_SCAN_MS)
        found = sorted(_air, key=lambda n: -n["rssi"])
        return [_seen(network) for network in found]


def _seen(network):
    bssid = ubinascii.unhexlify(network["bssid"])
    auth = AUTH_WPA2_PSK if network["password"] else AUTH_OPEN
    return network["ssid"].encode(), bssid, network["channel"], network["rssi"], auth, False


class _AccessPoint(_Interface):
    """A network of the board's own, joined by as many as the control socket says."""

    def __init__(self):
        super().__init__()
        name = "MicroPython-" if _ESP8266 else "ESP_"
        self._options["ssid"] = name + ubinascii.hexlify(_MAC[-3:]).decode().upper()
        self._options["security"] = AUTH_WPA_WPA2_PSK if _ESP8266 else AUTH_OPEN
        self._options["key"] = "micropythoN" if _ESP8266 else ""
        self._options["hidden"] = False
        self._options["max_clients"] = 4
        self._active = _ESP8266  # an ESP8266 comes with its access point switched on

    def _mac(self):
        return bytes((_MAC[0] | 2,)) + _MAC[1:] if _ESP8266 else _MAC[:5] + bytes((_MAC[5] ^ 1,))

    def _has_address(self):
        return self._active

    def active(self, on=None):
        if on is None:
            return self._active
        self._active = bool(on)
        self._tell()
        return None if _ESP8266 else self._active

    def _tell(self):
        tell("access point", self._options["ssid"] if self._active else None)

    def config(self, name=None, **settings):
        key = settings.get("key", settings.get("password"))
        if key and len(key) < 8:
            raise OSError("Wifi Invalid Password" if not _ESP8266 else "can't set AP config")
        answer = super().config(name, **settings)
        if settings and self._active:
            self._tell()
        return answer

    def connect(self, *_args, **_options):
        raise OSError("STA required")

    disconnect = scan = connect

    def isconnected(self):
        return bool(self._active and SETTINGS["visitors"])

    def status(self, what=None):
        if what == "stations" and not _ESP8266:
            return [(_MAC,)] * SETTINGS["visitors"] if self._active else []
        if what is not None:
            raise ValueError("unknown status param")
        return -1 if _ESP8266 else None


_interfaces = _Station(), _AccessPoint()


class WLAN:
    """`WLAN(id)` answers one of the two interfaces, always the same."""

    IF_STA, IF_AP = STA_IF, AP_IF
    PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2
    SEC_OPEN, SEC_WEP, SEC_WPA, SEC_WPA2, SEC_WPA_WPA2 = range(5)

    def __new__(cls, interface=STA_IF):
        if interface not in (STA_IF, AP_IF):
            raise ValueError("invalid WLAN interface identifier")
        return _interfaces[interface]


on("air", _air_changed)

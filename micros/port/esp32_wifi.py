"""Wi-Fi of the ESP32 family. The same names in each family, and no state, as in port/esp32.

Holds the loop for longer than 20 ms: the station's scan(), 2 to 4 s.
"""

import network
from micropython import const

_ASSOC_LEAVE = const(8)  # our own leave, which may come to be known after the next attempt began
_WAITING = (network.STAT_IDLE, network.STAT_CONNECTING, network.STAT_GOT_IP, _ASSOC_LEAVE)
_FAILURES = {  # the rest of ESP-IDF's wifi_err_reason_t says little to a person
    15: "wrong password",  # 4WAY_HANDSHAKE_TIMEOUT
    201: "not found",
    202: "wrong password",  # AUTH_FAIL
    204: "wrong password",  # HANDSHAKE_TIMEOUT
    210: "its security does not fit",  # NO_AP_FOUND_W_COMPATIBLE_SECURITY
}


def wlan(kind, hostname):
    """Return the station ("sta"), switched on, or the access point ("ap"), still off."""
    network.hostname(hostname)
    found = network.WLAN(network.STA_IF if kind == "sta" else network.AP_IF)
    if kind == "sta":
        found.active(True)
        found.config(reconnects=0)  # the node decides itself when to try again
    return found


def wlan_off(kind):
    """Switch the station or the access point off."""
    network.WLAN(network.STA_IF if kind == "sta" else network.AP_IF).active(False)


def dhcp(station):
    """Have the station ask for an address again, after a fixed one."""
    station.ifconfig("dhcp")


def failure(station, late=False):
    """Say why joining a network has failed, None while it may still work; `late`: it will not."""
    status = station.status()
    if status not in _WAITING:
        return _FAILURES.get(status, "refused, reason %d" % status)
    if not late:
        return None
    try:
        station.status("rssi")
    except OSError:
        return "no answer"
    return "joined, but no address by DHCP"


def protect(point, name, password):
    """Give an access point its name and its WPA2 password, and switch it on."""
    options = {"ssid": name, "security": network.AUTH_WPA2_PSK, "key": password}
    try:
        point.config(**options)  # while it is off: it shall not be an open one for a moment
    except OSError:
        point.active(True)  # some firmware wants it on
        point.config(**options)
    point.active(True)


def stations(point):
    """Return how many stations are on the access point."""
    return len(point.status("stations"))

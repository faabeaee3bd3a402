"""Wi-Fi of the Pico W. The same names in each family, and no state, as in port/esp32.

Holds the loop for longer than 20 ms: the station's scan(), 2 to 4 s (at most 10), and switching
the radio on, 1 to 2 s.
"""

import network
from micropython import const

_NOIP = const(2)  # CYW43_LINK_NOIP: joined, no address; the firmware has no name for it
_FAILURES = {
    network.STAT_WRONG_PASSWORD: "wrong password",
    network.STAT_NO_AP_FOUND: "not found",
    network.STAT_CONNECT_FAIL: "refused",
}


def wlan(kind, hostname):
    """Return the station ("sta"), switched on, or the access point ("ap"), still off.

    This radio takes the name and the password of an access point only while it is off.
    """
    network.hostname(hostname)
    found = network.WLAN(network.STA_IF if kind == "sta" else network.AP_IF)
    if kind == "sta":
        found.active(True)
    return found


def wlan_off(kind):
    """Switch the station or the access point off."""
    found = network.WLAN(network.STA_IF if kind == "sta" else network.AP_IF)
    if kind == "sta" or found.active():
        found.active(False)


def dhcp(station):
    """Have the station ask for an address again, after a fixed one; ifconfig("dhcp") waits 10 s."""
    station.ipconfig(dhcp4=True)


def failure(station, late=False):
    """Say why joining a network has failed, None while it may still work; `late`: it will not."""
    status = station.status()
    if late and status not in _FAILURES:
        return "joined, but no address by DHCP" if status == _NOIP else "no answer"
    return _FAILURES.get(status)


def protect(point, name, password):
    """Give an access point its name and its WPA2 password, and switch it on."""
    point.config(essid=name, security=network.WLAN.SEC_WPA_WPA2, password=password)
    point.active(True)


def stations(point):
    """Return how many stations are on the access point."""
    return len(point.status("stations"))

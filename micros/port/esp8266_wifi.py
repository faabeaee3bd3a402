"""Wi-Fi of the ESP8266. The same names in each family, and no state, as in port/esp32.

Holds the loop for longer than 20 ms: the station's scan(), 2 to 4 s.
"""

import network

_FAILURES = {
    network.STAT_WRONG_PASSWORD: "wrong password",
    network.STAT_NO_AP_FOUND: "not found",
    network.STAT_CONNECT_FAIL: "refused",
}


def wlan(kind, hostname):
    """Return the station ("sta"), switched on, or the access point ("ap"), still off."""
    network.hostname(hostname)
    found = network.WLAN(network.STA_IF if kind == "sta" else network.AP_IF)
    if kind == "sta":
        found.active(True)
    return found


def wlan_off(kind):
    """Switch the access point off, or let the station rest: switching is written to flash here."""
    if kind == "sta":
        network.WLAN(network.STA_IF).disconnect()
    elif network.WLAN(network.AP_IF).active():
        network.WLAN(network.AP_IF).active(False)


def dhcp(station):
    """Have the station ask for an address again, after a fixed one."""
    station.ifconfig("dhcp")


def failure(station, late=False):
    """Say why joining a network has failed, None while it may still work; `late`: it will not."""
    reason = _FAILURES.get(station.status())
    if late and not reason:
        # 31 stands for no network
        return "joined, but no address by DHCP" if station.status("rssi") < 0 else "no answer"
    return reason


def protect(point, name, password):
    """Give an access point its name and its WPA2 password; it can be set up only while it is on."""
    point.active(True)
    point.config(ssid=name, security=network.AUTH_WPA_WPA2_PSK, key=password)


def stations(point):
    """Return 1 when somebody is on the access point: how many, this firmware does not tell."""
    return int(point.isconnected())

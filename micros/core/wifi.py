"""Joining a Wi-Fi network, or opening one. Loaded when the node is in none.

What a radio says is a hint: "connected" counts with an address, a refusal when it comes twice,
silence after 15 s. A radio that got the node nowhere is switched off until the next try.
"""

from core.once import once
from micropython import const

_LOOKS = const(60)  # at an attempt: 15 s for association and DHCP
_SLICE = const(250)  # milliseconds between two looks
_FIRST = const(2)  # seconds to the next look after success, doubled after each failure
_PATIENCE = const(300)  # to this at most
_VISIT = const(10)  # seconds between two looks whether somebody is still on the node's own


def candidates(config, seen):
    """Return (name, password) of the known networks; those not on the air, or hidden, are last."""
    names = [name.strip() for name in config.get("staessid").split(";")]
    passwords = (config.secrets.get("stapwd") or "").split(";") + [""] * len(names)
    wanted = [pair for pair in zip(names, passwords) if pair[0] not in ("", "n/a")]
    on_air = [pair for pair in wanted if pair[0].encode() in seen]
    return on_air + [pair for pair in wanted if pair not in on_air]


async def enter(network, config):
    """Try every known network once, else open an own one; return the seconds to the next look."""
    port = network.port
    if network.mode == "sta":
        network.log.warn("network: lost " + network.name)
        network.mode, network.address = "off", ""
    if network.point and port.stations(network.point):
        return _VISIT  # a scan would take the radio away from him
    network.wait = min(network.wait * 2, _PATIENCE)
    try:
        if not network.point:
            port.wlan_off("ap")  # an ESP8266 comes with one, whose password is well known
        if candidates(config, ()) and await join(network, config):
            port.wlan_off("ap")
            network.point = None
            network.wait = _FIRST
    except (OSError, RuntimeError) as error:
        network.log.warn("network: the radio refuses: %r" % error)
    if network.mode == "off":
        open_point(network, config)
    return network.wait


async def join(network, config):
    """Join the first known network that lets the node in."""
    fixed = config.get("devip").replace("n/a", "")
    network.station = network.port.wlan("sta", config.get("devfid"))
    seen = ()
    try:
        seen = [found[0] for found in network.station.scan()]  # holds the loop for 2 to 4 s
    except (OSError, MemoryError) as error:
        network.log.debug("network: no scan: %r" % error)
    for network.name, password in candidates(config, seen):
        try:
            reason = await attempt(network, password, fixed)
        except (OSError, ValueError) as error:
            reason = "not possible: %r" % error
        if reason is None:
            network.trouble.pop(network.name, None)
            settle(network, fixed)
            network.mode, network.address = "sta", network.linked() or fixed
            return True
        note(network, reason)
    network.port.wlan_off("sta")
    return False


async def attempt(network, password, fixed):
    """Try to join one network; return None, or the reason why not."""
    station, port = network.station, network.port
    for _ in range(2):  # a first refusal may be wrong: micropython pull 4842, cyw43-driver pull 150
        station.disconnect()
        await network.pause(_SLICE)  # what is still told of before must not count
        if fixed:
            port.dhcp(station)  # the fixed one may not belong to this network
        station.connect(network.name, password or None)
        reason = await outcome(network, _LOOKS)
        if reason == "" and fixed:
            settle(network, fixed)
            reason = await outcome(network, _LOOKS // 5)
        if not reason:
            break
    return port.failure(station, True) if reason == "" else reason


async def outcome(network, looks):
    """Return None once joined, a reason when refused, an empty one when nothing came of it."""
    before = None
    for _ in range(looks):
        await network.pause(_SLICE)
        if network.linked():
            return None
        status = network.station.status()
        if status != before and (reason := network.port.failure(network.station)):
            return reason
        before = status
    return ""


def settle(network, fixed):
    """Take the fixed address, if any, with what DHCP gave or what is usual; not a foreign one."""
    found = list(network.station.ifconfig())
    usual = fixed[: fixed.rfind(".")]
    if found[0] == "0.0.0.0":
        found[:2] = usual + ".1", "255.255.255.0"
    parts = zip(fixed.split("."), *[text.split(".") for text in found[:2]])
    if fixed and any((int(a) ^ int(b)) & int(mask) for a, b, mask in parts):
        note(network, "devip %s is none of its addresses, it gave %s" % (fixed, found[0]))
    elif fixed:
        rest = [usual + ".1" if text == "0.0.0.0" else text for text in found[2:]]
        network.station.ifconfig((fixed, found[1]) + tuple(rest))


def note(network, reason):
    """Remember why a network cannot be used as wanted; tell the log when that is new."""
    if network.trouble.get(network.name) != reason:
        network.log.warn("network: %s: %s" % (network.name, reason))
    network.trouble[network.name] = reason


def rssi(network):
    """Return the strength of the joined network in dBm, or None."""
    return once("radio").rssi(network)


def open_point(network, config):
    """Open the node's own network: named after it, WPA2 with its password, never open."""
    name = config.get("devfid")
    point = network.port.wlan("ap", name)
    try:
        network.port.protect(point, name, config.secrets["appwd"])
    except OSError:
        network.port.wlan_off("ap")  # it may be open to all
        raise
    network.point = point
    network.mode, network.address = "ap", point.ifconfig()[0]

"""Joining a Wi-Fi network, or opening one. Loaded when the node is in none."""

from micropython import const

_JOINING = const(15)  # seconds for association and address
_SLICE = const(250)  # milliseconds between two looks


def known(config):
    """Return the known networks with their passwords, in the order of preference."""
    names = [name.strip() for name in config.get("staessid").split(";")]
    passwords = (config.get("stapwd") or "").split(";")
    passwords += [""] * (len(names) - len(passwords))
    return [pair for pair in zip(names, passwords) if pair[0] not in ("", "n/a")]


def candidates(wanted, seen):
    """Return the wanted networks, those on the air first; a hidden one is tried last."""
    on_air = [pair for pair in wanted if pair[0] in seen]
    return on_air + [pair for pair in wanted if pair[0] not in seen]


async def enter(network, config):
    """Try every known network once; open an access point when none can be joined."""
    wanted = known(config)
    # a scan takes the radio away from whoever is on the node's own network
    busy = network.point and network.port.stations(network.point)
    if wanted and not busy and await join(network, config, wanted):
        if network.point:
            network.port.wlan_off("ap")
            network.point = None
        return True
    if not network.point:
        open_point(network, config)
    return False


async def join(network, config, wanted):
    """Join the first known network that lets the node in."""
    hostname = config.get("devfid")
    network.station = network.station or network.port.wlan("sta", hostname)
    try:
        seen = [found[0].decode() for found in network.station.scan()]
    except (OSError, ValueError) as error:
        network.log.debug("network: no scan: %r" % error)
        seen = []
    for name, password in candidates(wanted, seen):
        reason = await attempt(network, name, password)
        if reason is None:
            network.name = name
            network.trouble.pop(name, None)
            obtained(network, "sta", settle(network.station, config.get("devip")))
            return True
        if network.trouble.get(name) != reason:
            network.log.warn("network: %s: %s" % (name, reason))
        network.trouble[name] = reason
    return False


async def attempt(network, name, password):
    """Try to join one network; return None, or the reason why not."""
    station = network.station
    try:
        station.disconnect()
        station.connect(name, password)
    except OSError as error:
        return "not possible: %r" % error
    for _ in range(_JOINING * 1000 // _SLICE):
        if station.isconnected():
            return None
        await network.sleep_ms(_SLICE)
        reason = network.port.failure(station)
        if reason:
            break
    else:
        reason = "no answer in %d s" % _JOINING
    station.disconnect()
    return reason


def obtained(network, mode, address):
    """Take over a new state of the connection and tell about it."""
    network.mode = mode
    network.address = address
    network.log.info("network: %s %s" % (mode, address))
    network.host.announce(address, mode)


def rssi(network):
    """Return the strength of the joined network in dBm, or None."""
    return network.station.status("rssi") if network.mode == "sta" else None


def settle(station, fixed):
    """Take the fixed address where a person has set one; return the address in use."""
    found = station.ifconfig()
    if fixed not in ("", "n/a") and fixed != found[0]:
        station.ifconfig((fixed,) + tuple(found[1:]))
    return station.ifconfig()[0]


def open_point(network, config):
    """Open the node's own network: named after it, WPA2 with its password, never open."""
    name = config.get("devfid")
    password = config.get("appwd")
    if len(password) < 8:
        network.log.error("network: no access point, WPA2 wants a password of 8 or more")
        return
    network.point = network.port.wlan("ap", name)
    network.port.protect(network.point, name, password)
    obtained(network, "ap", network.point.ifconfig()[0])

"""How strong the joined network is. Loaded for one question."""


def rssi(network):
    """Return the strength of the joined network in dBm, or None: some raise, an ESP8266 says 31."""
    try:
        found = network.station.status("rssi") if network.mode == "sta" else 0
    except (OSError, ValueError):
        return None
    return found if found < 0 else None

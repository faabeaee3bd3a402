"""What a setting takes, in words. Loaded when something else came."""

_TYPES = {bool: "True or False", int: "a whole number", str: "a text"}
_RULES = {  # those of core/settings.py in words
    "devfid": " of letters, digits, _ and -",
    "appwd": " of printable ASCII with no blank at either end",
    "auth": ": on or off",
    "devip": " such as 192.168.1.20, or n/a",
    "trig": ": up, down or both",
    "tz": ": a rule such as CET-1CEST,M3.5.0,M10.5.0/3, or n/a",
    "geo": ": degrees north, degrees east such as 47.5,19.05, or n/a",
}


def expected(name, default, limits):
    """Say what a setting takes."""
    sentence = "%s: expected %s" % (name, _TYPES[type(default)])
    if limits:
        unit = " characters" if isinstance(default, str) else ""
        sentence += " from %d to %d%s" % (limits[0], limits[1], unit)
    return sentence + _RULES.get("trig" if name.endswith("trig") else name, "")

"""What a setting takes, in words. Loaded when something else came."""

_TYPES = {bool: "True or False", int: "a whole number", str: "a text"}


def expected(name, default, limits, help=""):
    """Say what a setting takes; its help tells behind a colon what a type and a range do not."""
    sentence = "%s: expected %s" % (name, _TYPES[type(default)])
    if limits:
        unit = " characters" if isinstance(default, str) else ""
        sentence += " from %d to %d%s" % (limits[0], limits[1], unit)
    return sentence + help[(help + ": ").index(": ") :]

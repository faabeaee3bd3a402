"""The table of settings and the file with their values, to be read. Loaded when it is needed.

The table is a file of lines [name, default, limits, flags, help]. Flags: r needs a reboot,
s secret, o shown by the node and never set, m held in memory, for it is read again and again,
f copied to a file that is read before the settings are, and so cannot be tried, c read by
core/sense.py before it is taken.
"""

import json

from core.once import once
from micropython import const

_NAME = const("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")
_RULES = {  # what a type and a range do not say
    "devfid": lambda text: all(c in _NAME for c in text),
    "appwd": lambda text: text == text.strip() and all(" " <= c <= "~" for c in text),
    "auth": lambda text: text in ("on", "off"),
    "devip": lambda text: text == "n/a" or _is_address(text),
    "trig": lambda text: text in ("up", "down", "both"),
    "tz": lambda text: text == "n/a" or _is_read(once("zone").zone, text, 0),
    "geo": lambda text: text == "n/a" or _is_read(once("sun").place, text),
}


def _is_address(text):
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


def _is_read(read, *arguments):
    try:
        return bool(read(*arguments))
    except (ValueError, RuntimeError):  # the latter: an expression nested too deep
        return False


def rows(config):
    """Yield the rows of the table, one in memory at a time."""
    with open(config.table) as file:
        for line in file:
            yield json.loads(line)


def fits(name, default, limits, value):
    """Tell whether a value has the type and lies in the range of its setting."""
    if type(value) is not type(default):
        return False
    size = len(value) if isinstance(value, str) else value
    if limits and not limits[0] <= size <= limits[1]:
        return False
    rule = _RULES.get("trig" if name.endswith("trig") else name)
    return not rule or rule(value)


def content(config):
    """Return what the file holds, nothing where it cannot be read."""
    return once("store").load(config.path)[0] or {}


def fill(config):
    """Put the defaults and what the file says into memory; what does not fit is reported."""
    config.log.secrets = hidden(config.secrets)
    kept, config.problem = once("store").load(config.path)
    if kept is None and config.problem.endswith("is missing"):
        config.problem = None
    kept = kept or {}
    for name, default, limits, flags, _ in rows(config):
        if "s" in flags:
            continue
        value = kept.get(name, default)
        if not fits(name, default, limits, value):
            expected = once("expected").expected(name, default, limits)
            config.problem = "%s, the file has %r" % (expected, value)
        config.values[name] = sound(name, default, limits, flags, value)
    if config.problem:
        config.log.error("settings: " + config.problem)


def sound(name, default, limits, flags, value):
    """Return the value, or the default where it does not fit or is none of the file's."""
    return value if "o" not in flags and fits(name, default, limits, value) else default


def thin(config):
    """Let go what is not read again and again; read() finds it in the file."""
    tried = config.trial[1] if config.trial else ()
    often = [name for name, _, _, flags, _ in rows(config) if "m" in flags or name in tried]
    config.values = {name: config.values[name] for name in often}


def read(config, name):
    """Return the value of a setting that memory does not hold, None for a name that is none."""
    for found, default, limits, flags, _ in rows(config):
        if found == name and "s" not in flags:
            return sound(name, default, limits, flags, content(config).get(name, default))
    return config.secrets.get(name)


def dump(config, part=""):
    """Return an iterator of name and value as text, secrets masked."""
    return shown(config, part, content(config))  # the file is read before the first is asked for


def shown(config, part, kept):
    """Yield what dump returns."""
    for name, default, limits, flags, _ in rows(config):
        if part not in name:
            continue
        if "s" in flags:
            yield name, "***"
        elif name in config.values:
            yield name, str(config.values[name])
        else:
            yield name, str(sound(name, default, limits, flags, kept.get(name, default)))


def hidden(secrets):
    """Return what must never be shown: the passwords, each of a list on its own."""
    passwords = (secrets.get("stapwd") or "").split(";") + [secrets.get("appwd") or ""]
    return [password for password in passwords if len(password) >= 8]  # WPA2's least

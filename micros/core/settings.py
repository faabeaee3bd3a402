"""What may be done with settings: defaults, checks, saving. Loaded when it is needed.

The table is a file of lines [name, default, limits, flags, help]. Flags: r needs a reboot,
s secret, o shown by the node and never set, m held in memory, for it is read again and again.
"""

import json

from core.errors import CommandError
from core.once import once

TYPES = {bool: "True or False", int: "a whole number", str: "a text"}
NAME = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
RULES = {  # what a type and a range do not say
    "devfid": (" of letters, digits, _ and -", lambda text: all(c in NAME for c in text)),
    "appwd": (" of printable ASCII", lambda text: all(" " <= c <= "~" for c in text)),
    "auth": (": on, link or off", lambda text: text in ("on", "link", "off")),
}


def rows(config):
    """Yield the rows of the table, one in memory at a time."""
    with open(config.table) as file:
        for line in file:
            yield json.loads(line)


def expected(name, default, limits):
    """Say what a setting takes."""
    sentence = "%s: expected %s" % (name, TYPES[type(default)])
    if limits:
        unit = " characters" if isinstance(default, str) else ""
        sentence += " from %d to %d%s" % (limits[0], limits[1], unit)
    return sentence + (RULES[name][0] if name in RULES else "")


def fits(name, default, limits, value):
    """Tell whether a value has the type and lies in the range of its setting."""
    if type(value) is not type(default):
        return False
    size = len(value) if isinstance(value, str) else value
    if limits and not limits[0] <= size <= limits[1]:
        return False
    return name not in RULES or RULES[name][1](value)


def parsed(name, default, limits, flags, text):
    """Turn text into the value of a setting, or refuse it; a secret is not repeated."""
    value = text
    if isinstance(default, bool):
        value = {"true": True, "false": False}.get(text.lower())
    elif isinstance(default, int):
        try:
            value = int(text)
        except ValueError:
            value = None
    if not fits(name, default, limits, value):
        came = "something else" if "s" in flags else "'%s'" % text
        raise CommandError("%s, got %s" % (expected(name, default, limits), came))
    return value


def content(config):
    """Return what the file holds, nothing where it cannot be read."""
    return once("core.store").load(config.path)[0] or {}


def fill(config):
    """Put the defaults and what the file says into memory; what does not fit is reported."""
    config.log.secrets = hidden(config.secrets)
    kept, config.problem = once("core.store").load(config.path)
    if kept is None and config.problem.endswith("is missing"):
        config.problem = None
    kept = kept or {}
    for name, default, limits, flags, _ in rows(config):
        if "s" in flags:
            continue
        value = kept.get(name, default)
        if not fits(name, default, limits, value):
            config.problem = "%s, the file has %r" % (expected(name, default, limits), value)
        config.values[name] = sound(name, default, limits, flags, value)
    if config.problem:
        config.log.error("settings: " + config.problem)


def sound(name, default, limits, flags, value):
    """Return the value, or the default where it does not fit or is none of the file's."""
    return value if "o" not in flags and fits(name, default, limits, value) else default


def thin(config):
    """Let go what is not read again and again; read() finds it in the file."""
    often = [name for name, _, _, flags, _ in rows(config) if "m" in flags]
    config.values = {name: config.values[name] for name in often}


def read(config, name):
    """Return the value of a setting that memory does not hold, None for a name that is none."""
    for found, default, limits, flags, _ in rows(config):
        if found == name and "s" not in flags:
            return sound(name, default, limits, flags, content(config).get(name, default))
    return config.secrets.get(name)


def dump(config, part=""):
    """Yield name and value as text, secrets masked."""
    kept = content(config)
    for name, default, limits, flags, _ in rows(config):
        if part not in name:
            continue
        if "s" in flags:
            yield name, "***"
        elif name in config.values:
            yield name, str(config.values[name])
        else:
            yield name, str(sound(name, default, limits, flags, kept.get(name, default)))


def known(config, name):
    """Tell whether the table has such a setting."""
    return any(found[0] == name for found in rows(config))


def set(config, name, text):
    """Check, save and use a new value; CommandError says what was expected."""
    set_many(config, {name: text})


def set_many(config, texts):
    """Set all of them or none."""
    values, secrets = {}, {}
    for name, default, limits, flags, _ in rows(config):
        if name not in texts:
            continue
        if "o" in flags:
            raise CommandError("%s is shown by the node, it cannot be set" % name)
        value = parsed(name, default, limits, flags, texts[name])
        (secrets if "s" in flags else values)[name] = value
    for name in texts:
        if name not in values and name not in secrets:
            raise CommandError("Invalid key: " + name)
    if secrets:
        keep_secrets(config, secrets)
    if values:
        change(config, values)


def reset(config):
    """Put every setting that is no secret back to its default, on flash first."""
    own = [row for row in rows(config) if "s" not in row[3] and "o" not in row[3]]
    change(config, {row[0]: row[1] for row in own})


def change(config, values):
    """Write what differs from the defaults, and what the table does not know; then use it."""
    kept = content(config)
    before = dict(kept)
    for name, default, limits, flags, _ in rows(config):
        value = values.get(name, kept.pop(name, default))
        if value != default and sound(name, default, limits, flags, value) == value:
            kept[name] = value
    if kept != before:
        save(config.path, kept, "value")
    config.problem = None
    for name in values:
        if name in config.values:
            config.values[name] = values[name]


def save(path, kept, what):
    """Write a file; CommandError when that fails."""
    try:
        once("core.store").save(path, kept)
    except OSError as error:
        raise CommandError("not saved, the old %s stays: %r" % (what, error))


def keep_secrets(config, changed):
    """Save secrets; a new password claims the node, the old key goes."""
    kept = dict(config.secrets)
    if "appwd" in changed:
        kept.update(claimed=True, k=None, i=None)
    kept.update(changed)
    if kept != config.secrets:
        save(config.secret_path, kept, "secret")
    config.secrets.update(kept)
    config.log.secrets = hidden(kept)


def hidden(secrets):
    """Return what must never be shown: the passwords, each of a list on its own."""
    passwords = (secrets.get("stapwd") or "").split(";") + [secrets.get("appwd") or ""]
    return [password for password in passwords if len(password) >= 8]  # WPA2's least

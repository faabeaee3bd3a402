"""What may be done with settings: defaults, checks, saving. Loaded when it is needed.

The table is a file of lines [name, default, limits, flags, help]. Flags: r needs a reboot,
s secret, o shown by the node and never set.
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


def fill(config):
    """Put the defaults and what the file says into memory; what does not fit is reported."""
    kept, config.problem = once("core.store").load(config.path)
    if kept is None and config.problem.endswith("is missing"):
        config.problem = None
    kept = kept or {}
    for name, default, limits, flags, _ in rows(config):
        if "s" in flags:
            continue
        value = kept.pop(name, default)
        if "o" in flags:
            value = default
        elif not fits(name, default, limits, value):
            config.problem = "%s, the file has %r" % (expected(name, default, limits), value)
            value = default
        config.values[name] = value
    config.unknown = kept
    if config.problem:
        config.log.error("settings: " + config.problem)


def save(config, values):
    """Write what differs from the defaults, and what the table does not know."""
    content = dict(config.unknown)
    for name, default, _, flags, _ in rows(config):
        if name in values and values[name] != default and "o" not in flags:
            content[name] = values[name]
    try:
        once("core.store").save(config.path, content)
    except OSError as error:
        raise CommandError("not saved, the old value stays: %r" % error)
    config.problem = None


def set_many(config, texts):
    """Set all of them or none."""
    values, secrets = {}, {}
    for name, default, limits, flags, _ in rows(config):
        if name not in texts:
            continue
        if "o" in flags:
            raise CommandError("%s is shown by the node, it cannot be set" % name)
        value = parsed(name, default, limits, flags, texts[name])
        if "s" in flags:
            secrets[name] = value
        else:
            values[name] = value
    for name in texts:
        if name not in values and name not in secrets:
            raise CommandError("Invalid key: " + name)
    if secrets:
        config.secrets.set_many(secrets)
    if any(config.values[name] != value for name, value in values.items()):
        values = dict(config.values, **values)
        save(config, values)
        config.values = values


def set(config, name, text):
    """Check, save and use a new value; CommandError says what was expected."""
    set_many(config, {name: text})


def known(config, name):
    """Tell whether the table has such a setting."""
    return any(found[0] == name for found in rows(config))


def dump(config, part=""):
    """Yield name and value as text, secrets masked."""
    for name, _, _, flags, _ in rows(config):
        if part in name:
            yield name, "***" if "s" in flags else str(config.get(name))


def reset(config):
    """Put every setting that is no secret back to its default, on flash first."""
    values = {}
    for name, default, _, flags, _ in rows(config):
        if "s" not in flags:
            values[name] = config.values[name] if "o" in flags else default
    save(config, values)
    config.values = values


def keep_secrets(path, kept, changed):
    """Save secrets and return them; a new password claims the node, the old key goes."""
    kept = dict(kept)
    before = dict(kept)
    if "appwd" in changed:
        kept.update(claimed=True, k=None, i=None)
    kept.update(changed)
    try:
        if kept != before:
            once("core.store").save(path, kept)
    except OSError as error:
        raise CommandError("not saved, the old secret stays: %r" % error)
    return kept

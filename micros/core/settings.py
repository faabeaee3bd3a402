"""The file with the values of the settings, to be read. Loaded when it is needed."""

from core.once import once


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
    table = once("table")
    for name, default, limits, flags, help in table.rows(config):
        if "s" in flags:
            continue
        value = kept.get(name, default)
        if not table.fits(name, default, limits, value):
            expected = once("expected").expected(name, default, limits, help)
            config.problem = "%s, the file has %r" % (expected, value)
        config.values[name] = table.sound(name, default, limits, flags, value)
    if config.problem:
        config.log.error("settings: " + config.problem)


def thin(config):
    """Let go what is not read again and again; read() finds it in the file."""
    tried = config.trial[1] if config.trial else ()
    often = [row[0] for row in once("table").rows(config) if "m" in row[3] or row[0] in tried]
    config.values = {name: config.values[name] for name in often}


def read(config, name):
    """Return the value of a setting that memory does not hold, None for a name that is none."""
    kept, table = content(config), once("table")  # not both files in memory at a time
    for found, default, limits, flags, _ in table.rows(config):
        if found == name and "s" not in flags:
            return table.sound(name, default, limits, flags, kept.get(name, default))
    return config.secrets.get(name)


def dump(config, part=""):
    """Return an iterator of name and value as text, secrets masked."""
    return once("dumped").shown(config, part, content(config))  # the file is read before the first


def hidden(secrets):
    """Return what must never be shown: the passwords, each of a list on its own."""
    passwords = (secrets.get("stapwd") or "").split(";") + [secrets.get("appwd") or ""]
    return [password for password in passwords if len(password) >= 8]  # WPA2's least

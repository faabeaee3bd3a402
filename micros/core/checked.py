"""New values of settings are read: each by its type and range, some as their users will."""

import gc

from core.errors import CommandError
from core.once import once
from micropython import const

_ROOM = const(4500)  # bytes free without which nothing is read: to try it would scatter them


def ready(config):
    """Return the table of settings, unless some of them are on trial."""
    if config.trial:
        raise CommandError("settings are on trial: keep them, or wait until they have gone")
    return once("table")


def parsed(fits, name, default, limits, flags, help, text):
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
        expected = once("expected").expected(name, default, limits, help)
        raise CommandError("%s, got %s" % (expected, came))
    return value


def checked(config, texts):
    """Return values, secrets, defaults, all flags of these settings; refuse what does not fit."""
    table = ready(config)
    values, secrets, defaults, all_flags = {}, {}, {}, ""
    for name, default, limits, flags, help in table.rows(config):
        if name not in texts:
            continue
        if "o" in flags:
            raise CommandError("%s is shown by the node, it cannot be set" % name)
        value = parsed(table.fits, name, default, limits, flags, help, texts[name])
        (secrets if "s" in flags else values)[name] = value
        defaults[name] = default
        all_flags += flags
    for name in texts:
        if name not in defaults:
            raise CommandError("Invalid key: %s%s" % (name, once("nearby").key(config, name)))
    table = None  # its memory is for what comes
    if "c" in all_flags and config.node:
        gc.collect()
        try:
            if gc.mem_free() < _ROOM:
                raise MemoryError
            once("sense").check(config.node, values)
        except MemoryError:
            all_flags += "u"
    return values, secrets, defaults, all_flags

"""Changing settings: all or none, on flash first. Loaded when it is needed."""

import gc

from core.errors import CommandError
from core.once import once
from micropython import const

_ROOM = const(6000)  # bytes free without which nothing is read: to try it would scatter them


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


def set(config, name, text):
    """Check, save and use a new value; CommandError says what was expected."""
    return set_many(config, {name: text})


def set_many(config, texts):
    """Set all of them or none; return their flags, with a `u` where there was no memory to read."""
    values, secrets, defaults, flags = checked(config, texts)
    if values and secrets:
        once("trial").write(config, values, secrets)
    elif secrets:
        keep_secrets(config, secrets)
    elif values:
        change(config, values, defaults)
    return flags


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
            raise CommandError("Invalid key: " + name)
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


def ready(config):
    """Return the table of settings, unless some of them are on trial."""
    if config.trial:
        raise CommandError("settings are on trial: keep them, or wait until they have gone")
    return once("table")


def reset(config):
    """Put every setting that is no secret back to its default, on flash first."""
    rows = ready(config).rows(config)
    defaults = {row[0]: row[1] for row in rows if not ("s" in row[3] or "o" in row[3])}
    change(config, defaults, defaults)


def change(config, values, defaults=None):
    """Write what differs from the defaults, and what the table does not know; then use it."""
    kept, problem = once("store").load(config.path)
    before = kept or {}
    kept = dict(before)
    kept.update(values)
    defaults = defaults or {row[0]: row[1] for row in once("table").rows(config)}
    for name in values:
        if values[name] == defaults[name]:
            del kept[name]
    if kept != before or (problem and not problem.endswith("is missing")):
        save(config.path, kept, "value")
    config.problem = kept = before = None  # what was read is let go for what follows
    for name in values:
        if name in config.values:
            config.values[name] = values[name]
    if config.node:
        once("timing").changed(config.node, values)


def save(path, kept, what, how="save"):
    """Write a file; CommandError when that fails."""
    try:
        getattr(once("store"), how)(path, kept)
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
    config.log.secrets = once("settings").hidden(kept)

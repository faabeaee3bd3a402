"""Changing settings: all or none. Loaded when it is needed."""

from core.once import once


def set(config, name, text):
    """Check, save and use a new value; CommandError says what was expected."""
    return set_many(config, {name: text})


def set_many(config, texts, key=None):
    """Set all of them or none, and a key of the link; return their flags.

    With a `u` where there was no memory to read them, a `w` where there was none to use them.
    """
    once("written").free(config)
    values, secrets, defaults, flags = once("checked").checked(config, texts)
    secrets.update(key or {})
    if values and secrets:
        return flags + once("trial").write(config, values, secrets)
    if secrets:
        config.keep_secrets(secrets)
    elif values:
        return flags + once("written").change(config, values, defaults)
    return flags


def reset(config):
    """Put every setting that is no secret back to its default, on flash first."""
    once("written").free(config)
    rows = once("checked").ready(config).rows(config)
    defaults = {row[0]: row[1] for row in rows if not ("s" in row[3] or "o" in row[3])}
    once("written").change(config, defaults, defaults)


def keep_secrets(config, changed):
    """Save secrets; a new password claims the node, the old key goes."""
    once("written").free(config)
    once("written").keep_secrets(config, changed)

"""A key of the settings with its value, in config mode; loaded for one answer."""

from core.errors import CommandError
from core.once import once
from micropython import const

_INVALID = const("Invalid key")
_UNUSED = const("Saved for the next start, there was no memory to use it now")
_UNREAD = const("Saved, but there was no memory to look for mistakes in it")


async def setting(node, session, line):
    """Answer dump, a key, a key with its value."""
    key, _, value = line.partition(" ")
    value = value.strip()
    if not value or key in ("dump", "try", "reset"):
        return await once("confmore").answer(node, session, line, key, value)
    try:
        flags = node.config.set(key, "" if value in ('""', "''") else value)
    except CommandError as refusal:
        said = _INVALID + ": " + key
        if not str(refusal).startswith(said):
            raise
        return _INVALID + str(refusal)[len(said) :]
    if key == "appwd":
        await once("key").rekey(node, session, value)
    if "w" in flags:
        return _UNUSED
    return _UNREAD if "u" in flags else "Saved"

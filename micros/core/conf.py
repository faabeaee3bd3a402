"""What is said in config mode beside words and commands; loaded for one answer."""

from core.errors import CommandError
from core.once import once
from micropython import const

_INVALID = const("Invalid key")
_UNREAD = const("Saved, but there was no memory to look for mistakes in it")


async def setting(node, session, line):
    """Answer dump, a key, a key with its value."""
    config = node.config
    key, _, value = line.partition(" ")
    value = value.strip()
    if key == "dump":
        settings = config.dump(value)
        say = session.say  # loaded once for all lines
        for name, shown in settings:
            await say("  %-10s:  %s" % (name, shown))
        return None
    if key == "try":
        return await once("attempt").begin(node, session, value)
    if line == "reset settings":
        await once("help").help(node, session, "reset")  # what goes, and where the node will be
        config.reset()
        return "Saved"
    if key == "reset":
        raise CommandError("expected reset settings, got '%s'" % line)
    if not value:
        return next((shown for name, shown in config.dump(key) if name == key), _INVALID)
    try:
        flags = config.set(key, "" if value in ('""', "''") else value)
    except CommandError as refusal:
        if str(refusal).startswith(_INVALID):
            return _INVALID
        raise
    if key == "appwd":
        await once("key").rekey(node, session, value)
    return _UNREAD if "u" in (flags or "") else "Saved"

"""What is said in config mode beside new values; loaded for one answer."""

from core.errors import CommandError
from core.once import once


async def answer(node, session, line, key, value):
    """Answer dump, try, reset settings or the name of a setting."""
    config = node.config
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
    found = [shown for name, shown in config.dump(key) if name == key]
    return found[0] if found else "Invalid key" + once("nearby").key(config, key)

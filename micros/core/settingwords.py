"""Config mode: what is asked there and changed. Loaded for one answer."""

from core.once import once


async def setting(words, session, line):
    """What is neither word nor command in config mode: dump, a key, a key with its value."""
    config = words.node.config
    key, _, value = line.partition(" ")
    value = value.strip()
    if key == "dump":
        for name, shown in config.dump(value):
            await session.say("  %-10s:  %s" % (name, shown))
        return None
    if line == "reset settings":
        config.reset()
        return "Saved"
    if not config.known(key):
        return "Invalid key"
    if not value:
        return next((shown for name, shown in config.dump(key) if name == key), "n/a")
    config.set(key, "" if value in ('""', "''") else value)
    if key == "appwd":
        await _new_key(words.node, session, value)
    return "Saved"


async def _new_key(node, session, password):
    """The link's key follows the password, and whoever knew the old one must come again."""
    rounds = 400
    key = await once("core.login").derive(password, node.uid, rounds)
    hexadecimal = "".join("%02x" % byte for byte in key)
    node.secrets.set_many({"k": hexadecimal, "i": rounds})
    node.server.close_others(session)

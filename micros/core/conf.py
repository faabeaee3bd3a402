"""The words of the config mode; loaded for one answer. Each takes (node, session, rest)."""

from core.once import once
from micropython import const

_ROUNDS = const(400)  # of the key's derivation, for a password that is changed on the node


def conf(_, session, _rest):
    session.configuring = True
    session.ask()


configure = config = conf


def noconf(_, session, _rest):
    session.configuring = False
    session.ask()


noconfigure = noconf


async def setting(node, session, line):
    """What is neither word nor command in config mode: dump, a key, a key with its value."""
    config = node.config
    key, _, value = line.partition(" ")
    value = value.strip()
    if key == "dump":
        say = session.say  # loaded once for all lines
        for name, shown in config.dump(value):
            await say("  %-10s:  %s" % (name, shown))
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
        await _new_key(node, session, value)
    return "Saved"


async def _new_key(node, session, password):
    """The link's key follows the password, and whoever knew the old one must come again."""
    key = await once("core.login").derive(password, node.uid, _ROUNDS)
    hexadecimal = "".join("%02x" % byte for byte in key)
    node.config.keep_secrets({"k": hexadecimal, "i": _ROUNDS})
    node.server.close_others(session)

"""What is said in config mode beside words and commands; loaded for one answer."""

from core.errors import CommandError
from core.once import once
from micropython import const

_INVALID = const("Invalid key")
_UNREAD = const("Saved, but there was no memory to look for mistakes in it")
_RESET = const(
    "Saved: all settings are at their defaults, the passwords stay. After 'reboot' the node is "
    "node01, in no Wi-Fi: join its own network node01 with the password of the shell, which is "
    "at 192.168.4.1, port 9008"
)


def expect(session, form, truth=True):
    """Refuse a word of config mode outside of it, or in another form."""
    if not session.configuring:
        raise CommandError("'%s' belongs to config mode: type conf first" % form)
    if not truth:
        raise CommandError("expected " + form)


async def dump(node, session, part):
    expect(session, "dump [part]")
    settings = node.config.dump(part)
    say = session.say  # loaded once for all lines
    for name, shown in settings:
        await say("  %-10s:  %s" % (name, shown))


def reset(node, session, rest):
    expect(session, "reset settings", rest == "settings")
    node.config.reset()
    return _RESET


async def attempt(node, session, rest):
    expect(session, "try <s> <key>=<value>")
    return await once("attempt").begin(node, session, rest)


globals()["try"] = attempt  # no name of a function, but of a word


async def setting(node, session, line):
    """Answer a key, a key with its value."""
    config = node.config
    key, _, value = line.partition(" ")
    value = value.strip()
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

"""The rare words of the shell; loaded for one answer. Each takes (words, session, rest)."""

import asyncio

from core.errors import CommandError
from core.executor import text
from core.once import once

LINK = b'\n{"id":0,"error":"refused","text":"expected text lines: no link in this version"}\n'


def version(words, *_):
    return words.node.version


def exit(_, session, _rest):
    session.open = False
    return "Bye!"


def conf(_, session, _rest):
    session.configuring = True


configure = config = conf


def noconf(_, session, _rest):
    session.configuring = False


noconfigure = noconf


def modules(words, _, rest):
    return text(words.node.modules.loaded(), rest == ">json")


def status(words, _, rest):
    return text(words.node.status(), rest == ">json")


async def log(words, session, rest):
    kept = words.node.log
    if rest and rest not in ("debug", "info", "warn", "error"):
        raise CommandError("expected log [debug|info|warn|error], got '%s'" % rest)
    for line in kept.lines(rest or "debug"):
        await session.say(line)
    if kept.dropped:
        await session.say("%d lines dropped before" % kept.dropped)


async def reboot(words, session, rest):
    if rest not in ("", "-h"):
        raise CommandError("expected reboot [-h], got '%s'" % rest)
    await session.say("Rebooting.")
    session.open = False
    await session.end("Bye!")
    await session.stream.wait_closed()
    await asyncio.sleep_ms(300)  # the last packets are on their way
    words.node.restart()


def webrepl(words, _, rest):
    if rest:
        raise CommandError("expected webrepl, got 'webrepl %s'" % rest)
    try:
        import webrepl as firmware
    except ImportError:
        raise CommandError("this firmware has no WebREPL")
    firmware.start(password=words.node.secrets.get("appwd")[:9])  # it takes no longer one
    return "WebREPL listens on port 8266, its password is the first 9 characters of appwd"


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
    node.config.keep_secrets({"k": hexadecimal, "i": rounds})
    node.server.close_others(session)

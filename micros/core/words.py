"""The rare words of the shell; loaded for one answer. Each takes (words, session, rest)."""

import asyncio

from core.errors import CommandError
from core.executor import text

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
    for line in kept.lines(rest):
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

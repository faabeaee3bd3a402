"""The rare words of the shell; loaded for one answer. Each takes (node, session, rest)."""

import asyncio
import sys

from core.errors import CommandError
from core.executor import text
from core.once import drop, once
from micropython import const

_TRIES = const(5)  # to restart with the memory that takes


def bare(form, rest):
    """Refuse what a word does not take, told by its form, such as reboot [-h|safe]."""
    word, _, more = form.partition(" ")
    if rest and rest not in more[1:-1].split("|"):
        raise CommandError("expected %s, got '%s %s'" % (form, word, rest))


def version(node, _, rest):
    bare("version", rest)
    return node.version


def exit(_, session, rest):
    bare("exit", rest)
    session.open = False
    return "Bye!"


def conf(_, session, rest):
    if rest:  # it may be a secret
        raise CommandError("expected conf in a line of its own, then in the next what follows it")
    _mode(session, True)


configure = config = conf


def _mode(session, configuring):
    """Enter config mode or leave it; without memory for its prompt all stays as it is."""
    before, session.configuring = session.configuring, configuring
    try:
        session.ask()
    except MemoryError:
        session.configuring = before
        raise


def noconf(_, session, rest):
    bare("noconf", rest)
    _mode(session, False)


noconfigure = noconf


def modules(node, _, rest):
    bare("modules [>json]", rest)
    return text(node.modules.loaded(), rest == ">json")


async def log(node, session, rest):
    kept = node.log
    if rest == "crash":
        for line in once("crash").lines():
            await session.say(line)
        return
    bare("log [crash|debug|info|warn|error]", rest)
    say = session.say  # loaded once for all lines
    for line in kept.lines(rest or "debug"):
        await say(line)
    if kept.dropped:
        await say("%d lines dropped before" % kept.dropped)


async def reboot(node, session, rest):
    bare("reboot [-h|safe]", rest)
    try:
        await session.say("Rebooting.")
        session.open = False
        await session.end("Bye!")
        await session.stream.wait_closed()
        node.server.close_others(session)  # what they hold is needed for an orderly restart
        node.modules.ready.clear()
        node.executor.running = None  # it holds a function of one
        for name in [name for name in sys.modules if name[:3] == "LM_"]:
            drop(name)  # nobody calls a load module any more
    except MemoryError:
        pass  # it restarts all the same
    for _ in range(_TRIES):
        try:
            await asyncio.sleep_ms(300)  # the last packets are on their way, what is held goes
            if rest == "safe":
                break
            node.restart()
            return
        except MemoryError:
            continue
    node.reset()


def webrepl(node, _, rest):
    bare("webrepl", rest)
    try:
        import webrepl as firmware
    except ImportError:
        raise CommandError("this firmware has no WebREPL")
    firmware.start(password=node.secrets.get("appwd")[:9])  # it takes no longer one
    return "WebREPL listens on port 8266, its password is the first 9 characters of appwd"

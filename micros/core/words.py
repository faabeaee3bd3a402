"""The rare words of the shell; loaded for one answer. Each takes (words, session, rest)."""

import asyncio

from core.errors import CommandError
from core.executor import text
from core.once import once

LINK = b'\n{"id":0,"error":"refused","text":"expected text lines: no link in this version"}\n'


def _wants_json(rest):
    """The rest without >json, and whether it was there."""
    words = rest.split()
    return " ".join(word for word in words if word != ">json"), ">json" in words


async def help(words, session, rest):
    await once("core.help").show(words.node.modules, session, rest)


def modules(words, _, rest):
    return text(words.node.modules.loaded(), _wants_json(rest)[1])


def status(words, _, rest):
    return text(words.node.status(), _wants_json(rest)[1])


async def log(words, session, rest):
    kept = words.node.log
    if rest and rest not in ("debug", "info", "warn", "error"):
        raise CommandError("expected log [debug|info|warn|error], got '%s'" % rest)
    for line in kept.lines(rest):
        await session.say(line)
    if kept.dropped:
        await session.say("%d lines dropped before" % kept.dropped)


async def task(words, _, rest):
    rest, as_json = _wants_json(rest)
    word, tag = (rest.split(None, 1) + ["", ""])[:2]
    tasks = words.node.tasks
    if word == "list" and not tag:
        if as_json:
            return text(tasks.listing(), True)
        return "\n".join("%-9s %s" % (job.state, job.tag) for job in tasks.jobs) or "no tasks"
    if word == "show" and tag:
        found = {job.tag: _described(job) for job in tasks.show(tag)}
        return text(found, as_json)
    if word == "kill" and tag:
        ended = await tasks.kill(tag)
        if as_json:
            return text(ended, True)
        lines = ["Kill: %s|%s" % item for item in ended.items()]
        return "\n".join(lines) or "%s has ended already" % tag
    raise CommandError("expected task list, show <tag> or kill <tag>, got '%s'" % rest)


def _described(job):
    text = "%s, %d runs" % (job.state, job.runs)
    if job.failures:
        text += ", the last %d failed" % job.failures
    return text if job.last is None else "%s, last: %s" % (text, job.last)


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
    node.secrets.set_many({"k": hexadecimal, "i": rounds})
    node.server.close_others(session)

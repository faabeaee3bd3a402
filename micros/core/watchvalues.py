"""The value of a function, told whenever it is another. In memory as long as somebody watches."""

from core.errors import CommandError
from core.executor import parse
from core.once import once
from micropython import const

_PAUSE = const(1000)  # ms between two calls
_LONGEST_PAUSE = const(60_000)  # of what always fails
_LONGEST = const(800)  # bytes of a value as JSON, which has to fit an event


async def follow(link, request, line):
    """Call it once a second; tell its value, or why there is none."""
    executor, before, pause = link.node.executor, None, _PAUSE
    found = parse(line)
    if len(found) != 1 or found[0].delay is not None:
        raise CommandError("watch values: expected one command, got '%.40s'" % line)
    while True:
        kind, value = await executor.guard(line, executor.perform, found[0])
        pause = min(pause * 2, _LONGEST_PAUSE) if kind else _PAUSE
        event = {"error": "%s: %.200s" % (kind, value)} if kind else {"value": value}
        value = once("asjson").json_text(event)
        if len(value) > _LONGEST:
            event = {"error": "refused: expected a shorter value"}
        if value != before:
            before = value
            await link.event(request, event)
        event = value = None
        await link.session.sleep_ms(pause)

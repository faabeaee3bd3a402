"""The words `cron list` and `cron check`: entries, explained. Loaded for one answer."""

from core.errors import CommandError
from core.executor import text
from core.once import once
from micropython import const

_NEXT = const(3)  # runs that are told
_LINE = const("%(index)d  %(entry)s\n   next %(next)s, %(runs)d runs, %(drops)d drops")


async def cron(node, session, rest):
    """cron list, with >json too, or cron check <text>"""
    word, _, rest = rest.partition(" ")
    say = session.say  # loaded once for all lines
    if word == "list" and rest == ">json":
        return text(list(rows(node)), True)
    if word == "list" and not rest:
        if not node.scheduler:
            await say("cron is off, nothing runs")
        for row in rows(node):
            await say(_LINE % row)
            if row["error"]:
                await say("   last error: " + row["error"])
    elif word == "check" and rest:
        quoted = rest[0] in "\"'" and rest[-1] == rest[0]
        s = reckoner(node)
        for entry in once("core.cron").each(once("core.grammar").value(rest) if quoted else rest):
            await say(entry.error or once("core.explain").words(entry))
            if not entry.error:
                await say("   next " + coming(s, entry, _NEXT))
    elif session.configuring:  # there it is a setting too
        return await once("core.conf").setting(node, session, "cron " + word)
    else:
        raise CommandError("expected cron list or cron check \"<text>\", got '%s'" % word)
    return None


def rows(node):
    """Yield what there is to tell of each entry."""
    s, entries = reckoner(node), node.config.get("crontasks")
    for index, entry in enumerate(once("core.cron").each("" if entries == "n/a" else entries)):
        row = {"index": index, "entry": entry.text, "next": entry.error or coming(s, entry, 1)}
        row["runs"], row["drops"], row["error"], _ = s.counts.get(index, (0, 0, None, 0))
        yield row


def reckoner(node):
    """Return the scheduler, or one that does nothing."""
    s = node.scheduler
    if not s:
        s = once("core.scheduler").Scheduler(node, 0, 0)
        s.place = once("core.sun").place(node.config.get("geo"))
    return s


def coming(s, entry, most):
    """Return the next times of an entry, or what it waits for."""
    runs, found = once("core.runs"), []
    due = runs.following(s, entry, runs.now(s))
    while due is not None and len(found) < most:
        found.append(s.clock.stamp(due))
        due = runs.following(s, entry, due)
    waits = "waits for geo" if entry.sun and not s.place else "never"
    return ", ".join(found) or (waits if s.clock.source else "waits for the clock")

"""The words `cron list` and `cron check`: entries, explained. Loaded for one answer."""

from core.errors import CommandError
from core.executor import text
from core.once import once
from micropython import const

_DAYS = const(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
_UNITS = const((("day", 7), ("hour", 24), ("minute", 60), ("second", 60)))
_NEXT = const(3)  # runs that are told


async def cron(node, session, rest):
    """cron list, with >json too, or cron check <text>"""
    word, _, rest = rest.partition(" ")
    entries, say = once("core.cron").each, session.say  # loaded once for all lines
    if word == "list" and rest in ("", ">json"):
        crontasks = node.config.get("crontasks")
        found = rows(node, entries("" if crontasks == "n/a" else crontasks))
        if rest:
            return text(list(found), True)
        if not node.scheduler:
            await say("cron is off, nothing runs")
        for row in found:
            await say(
                "%(index)d  %(entry)s\n   next %(next)s, %(runs)d runs, %(drops)d drops" % row
            )
            if row["error"]:
                await say("   last error: " + row["error"])
    elif word == "check" and rest:
        quoted = rest[0] in "\"'" and rest[-1] == rest[0]
        for entry in entries(once("core.grammar").value(rest) if quoted else rest):
            await say(entry.error or meaning(entry))
            if not entry.error:
                await say("   next " + coming(reckoner(node), entry, _NEXT))
    else:
        raise CommandError("expected cron list or cron check \"<text>\", got '%s'" % word)
    return None


def rows(node, entries):
    """Yield what there is to tell of each entry."""
    s = reckoner(node)
    for index, entry in enumerate(entries):
        runs, drops, error, _ = s.counts.get(index, (0, 0, None, 0))
        due = entry.error or coming(s, entry, 1)
        row = {"index": index, "entry": entry.text, "next": due}
        row.update({"runs": runs, "drops": drops, "error": error})
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


def meaning(entry):
    """Say in words when an entry runs, and what."""
    when = []
    for values, (unit, size) in zip(entry.fields, _UNITS):
        names = [str(value) for value in values]
        if unit == "day":
            names = [_DAYS[day] for day in range(7) if (day + 4) % 7 in values]
        when.append("every " + unit if len(values) == size else unit + " " + " ".join(names))
    if entry.sun:
        when.append("%s %+d minutes" % (entry.sun, entry.offset // 60))
    if entry.catchup:
        when.append("up to %d minutes late" % entry.catchup)
    return "%s: %s" % (", ".join(when), "; ".join(entry.commands))

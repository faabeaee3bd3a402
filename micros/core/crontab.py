"""The words `cron list` and `cron check`: entries, explained. Loaded for one answer."""

import json

from core.errors import CommandError
from core.once import once
from micropython import const

_NEXT = const(3)  # runs that are told
_LINE = const("%(index)d  %(entry)s\n   next %(next)s, %(runs)d runs, %(drops)d drops")
_FORM = const("expected cron list [>json] or cron check \"<text>\", got '%s'")
_UNKNOWN = const("not known yet, ask again")
_LOOKS = const(250)  # at an agenda that is being made, 20 ms between two


async def cron(node, session, rest):
    """cron list, with >json too, or cron check <text>"""
    word, _, rest = rest.partition(" ")
    if word == "list" and rest in ("", ">json"):
        for _ in range(_LOOKS):
            if missing(node) != _UNKNOWN:
                break
            await node.tasks.sleep_ms(20)
        say = session.say  # loaded once for all lines
        row = None
        for row in rows(node, entries(node.config.get("crontasks"))):  # there may be hundreds
            shown = _LINE % row + ("\n   last error: " + row["error"] if row["error"] else "")
            if rest:
                shown = ("," if row["index"] else "[") + json.dumps(row)
            await say(shown)
        if rest:
            return "]" if row else "[]"
        return None if row else "no entries" + missing(node).replace("never", "")
    quoted = rest[:1] in ("'", '"') and rest[-1] == rest[0]
    found = list(entries(once("grammar").value(rest) if quoted else rest))
    if word == "check" and found:
        once("sense").crontasks(found, node.modules)
        for entry in found:
            due = told(node, entry, coming(node, entry))  # before anything is said: memory may lack
            await session.say(once("explain").words(entry) + "\n   next " + due)
    else:
        raise CommandError(_FORM % ("cron %s %s" % (word, rest)).strip())
    return None


def missing(node):
    """Return why the next runs cannot be told, nothing where they can."""
    s = node.scheduler
    if s:
        return "" if s.built == s.changes else _UNKNOWN
    if not node.config.get("cron"):
        return "never, cron is off"
    if node.safe:
        return "never, safe mode keeps it off"
    return "never, " + once("agenda").TOO_SMALL if node.port.LEAF else _UNKNOWN


def entries(crontasks):
    """Return the entries, one by one."""
    return () if crontasks == "n/a" else once("cron").each(crontasks)


def rows(node, found):
    """Yield what there is to tell of each entry."""
    s = node.scheduler
    why = missing(node)
    known = {item[1]: [item[0]] for item in s.waiting} if s else {}
    for index, entry in enumerate(found):
        dues = known.get(index, [])
        if s and not dues and index < len(s.dues) and s.dues[index] is not None:
            dues = [s.dues[index] + s.base]
        due = "never, " + entry.error if entry.error else why or told(node, entry, dues)
        row = {"index": index, "entry": entry.text, "next": due}
        row["runs"], row["drops"], row["error"], _ = (s and s.counts.get(index)) or (0, 0, None, 0)
        yield row


def told(node, entry, dues):
    """Return the next times of an entry as text, or what it waits for."""
    if not dues and not node.clock.source:
        return "waits for the clock"
    waits = "waits for geo" if entry.sun and node.config.get("geo") == "n/a" else "never"
    return ", ".join([node.clock.stamp(due) for due in dues]) or waits


def coming(node, entry):
    """Return the next seconds of an entry."""
    clock, found = node.clock, []
    zone = once("zone").zone(*clock.zone)
    place = once("sun").place(node.config.get("geo"))
    reckoning, due = once("due"), clock.now() or clock.uptime()
    while due is not None and len(found) < _NEXT:
        if clock.source:
            due = reckoning.next_due(entry, due, zone, place)
        else:
            due = reckoning.uptime_due(entry, due)
        found.append(due)
    return [due for due in found if due is not None]

"""The words `cron list`: what there is, in lines or as JSON. Loaded for one answer."""

import json

from core.once import once
from micropython import const

_LINE = const("%(index)d  %(entry)s\n   next %(next)s, %(runs)d runs, %(drops)d drops")
_UNKNOWN = const("not known yet, ask again")
_LOOKS = const(250)  # at an agenda that is being made, 20 ms between two


async def told(node, session, rest):
    """Say every entry, one by one: there may be hundreds."""
    for _ in range(_LOOKS):
        if missing(node) != _UNKNOWN:
            break
        await node.tasks.sleep_ms(20)
    crontasks, row = node.config.get("crontasks"), None
    if crontasks != "n/a":
        say = session.say  # loaded once for all lines
        for row in once("cronrows").rows(node, crontasks, missing(node)):
            shown = _LINE % row + ("\n   last error: " + row["error"] if row["error"] else "")
            if rest:
                shown = ("," if row["index"] else "[") + json.dumps(row)
            await say(shown)
    if rest:
        return "]" if row else "[]"
    return None if row else "no entries" + missing(node).replace("never", "")


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

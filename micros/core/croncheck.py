"""The words `cron check`: entries that are not set yet, explained. Loaded for one answer."""

from core.once import once
from micropython import const

_NEXT = const(3)  # runs that are told


async def check(node, session, found):
    """Say in words what each entry means, and when it would run next."""
    once("sensecron").crontasks(found, once("sense").commands, node.modules)
    for entry in found:
        due = once("cronrows").shown(node, entry, coming(node, entry))
        await session.say(once("explain").words(entry) + "\n   next " + due)


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

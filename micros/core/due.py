"""When an entry is due: next, or in a time that is over. Loaded for the question.

The occurrences of an entry are numbered along local time: `_count` tells how many there are before
a local second, `_local` the second of a number. So no time is walked through.
"""

from core.once import once
from micropython import const

_DAY = const(86400)
_YEAR = const(31708800)  # 367 days, within which a sun that did not rise is looked for


def next_due(entry, after, zone, place):
    """Return the UTC second of the next occurrence after `after`.

    None: the sun neither rises nor sets for a year, or nobody said where we are.
    """
    for due, _, _ in _runs(entry, after, after + _YEAR, zone, place):
        return due
    return None


def uptime_due(entry, after):
    """Return the next second of uptime, None for what waits for the clock."""
    return None if entry.fixed or not entry.daily else next_due(entry, after, None, None)


def latest_due(entry, after, until, zone, place):
    """Return the latest occurrence after `after` up to `until` or None, and how many there are."""
    latest, number = None, 0
    for _, latest, more in _runs(entry, after, until, zone, place):  # noqa: B007
        number += more
    return latest, number


def _runs(entry, after, until, zone, place):
    """Yield (first, latest, how many) for each time of one offset in which there are any.

    What is bound to hours runs once at the end of a gap that skips it, and in the first pass alone
    of hours that come twice.
    """
    at = after + 1
    if entry.sun:
        yield from _events(entry, at, until, zone, place)
        return
    while at <= until:
        start, end, offset, before = zone.span(at) if zone else (0, until + 1, 0, 0)
        low = at + offset
        if entry.fixed and before > offset:
            low = max(low, start + before)
        first, behind = _count(entry, low), _count(entry, min(end, until + 1) + offset)
        if entry.fixed and before < offset and at == start:
            first = max(_count(entry, start + before), _count(entry, low + 1) - 1)
        if first < behind:
            due = max(_local(entry, first) - offset, start)
            yield due, max(_local(entry, behind - 1) - offset, start), behind - first
        at = end


def _count(entry, local):
    """Return how many occurrences there are before a local second."""
    count, rest = divmod(local, 604800)
    met = True
    for values, unit in zip(entry.fields, (_DAY, 3600, 60, 1)):
        digit, rest = divmod(rest, unit)
        count *= len(values)
        if met:
            count += sum([value < digit for value in values])
            met = digit in values
    return count


def _local(entry, number):
    """Return the local second of the occurrence of that number."""
    local = 0
    for values, unit in zip(reversed(entry.fields), (1, 60, 3600, _DAY)):
        number, index = divmod(number, len(values))
        local += values[index] * unit
    return local + number * 604800


def _events(entry, at, until, zone, place):
    """Yield what _runs does for a sun event, which belongs to the solar noon of a local date."""
    if not place or not zone:
        return
    sun = once("sun")
    offset = zone.offset(at)
    day, last = (at + offset) // _DAY - 2, (until + offset) // _DAY + 2
    while day <= last:
        days = 1
        if day % 7 in entry.fields[0]:
            # that noon may have another date at the meridian of the place
            noon = day * _DAY + 43200 - offset + int(place[1] * 240)
            due, days = sun.event(noon // _DAY, entry.sun == "sunset", *place)
            if due is not None and at <= due + entry.offset <= until:
                yield due + entry.offset, due + entry.offset, 1
        day += days

"""When an entry is due: next, or in a span of time that is over. Loaded for the question.

The occurrences of an entry are numbered on the line of local time: `_count` tells how many lie
before a local second, `_local` when the one of a number is. So nothing is walked second by second.
"""

from core.once import once
from micropython import const

_DAY = const(86400)
_WEEK = const(604800)
_YEAR = const(367)  # days within which a sun that did not rise is looked for
_EVER = (0, 1 << 40, 0, 0)


def next_due(entry, after, zone, place):
    """Return the UTC second of the next occurrence after `after`.

    None: the sun neither rises nor sets for a year, or nobody said where we are.
    """
    if entry.sun:
        for due in _events(entry, after, after + _YEAR * _DAY, zone, place):
            return due
        return None
    at = after + 1
    while True:
        start, end, offset, _ = span = zone.span(at) if zone else _EVER
        due = max(_local(entry, _count(entry, _earliest(entry, at, span))) - offset, start)
        if due < end:
            return due
        at = end


def uptime_due(entry, after):
    """Return the next second of uptime, None for what waits for the clock."""
    waits = entry.fixed or not entry.daily
    return None if waits else next_due(entry, after, None, None)


def latest_due(entry, after, until, zone, place):
    """Return the latest occurrence after `after` up to `until` or None, and how many there are."""
    latest, number = None, 0
    if entry.sun:
        events = list(_events(entry, after, until, zone, place))
        return events[-1] if events else None, len(events)
    at = after + 1
    while at <= until:
        start, end, offset, before = span = zone.span(at) if zone else _EVER
        first = _count(entry, _earliest(entry, at, span))
        behind = _count(entry, min(end, until + 1) + offset)
        if behind > first:
            latest = max(_local(entry, behind - 1) - offset, start)
            number += behind - first
        if entry.fixed and at == start and before < offset:  # those in the gap run as one
            inside = _count(entry, start + offset + 1) - first
            number -= max(inside - 1, 0)
        at = end
    return latest, number


def _earliest(entry, at, span):
    """Return the local second from which an entry is looked for, from UTC second `at` on.

    What is bound to hours runs at the end of a gap that skips it, and in the first pass alone of
    hours that come twice.
    """
    start, _, offset, before = span
    local = at + offset
    if entry.fixed and (at == start or before > offset):
        local = start + before if at == start else max(local, start + before)
    return local


def _count(entry, local):
    """Return how many occurrences there are before a local second."""
    count, rest = divmod(local, _WEEK)
    met = True
    for values, unit in zip(entry.fields, (_DAY, 3600, 60, 1)):
        digit, rest = divmod(rest, unit)
        count *= len(values)
        if met:
            below = 0
            while below < len(values) and values[below] < digit:
                below += 1
            count += below
            met = digit in values
    return count


def _local(entry, number):
    """Return the local second of the occurrence of that number."""
    local = 0
    days, hours, minutes, seconds = entry.fields
    for values, unit in ((seconds, 1), (minutes, 60), (hours, 3600), (days, _DAY)):
        number, index = divmod(number, len(values))
        local += values[index] * unit
    return local + number * _WEEK


def _events(entry, after, until, zone, place):
    """Yield the occurrences at the sun after `after`, up to `until`."""
    if not place:
        return
    sun = once("core.sun")
    latitude, longitude = place
    offset = zone.offset(after)
    day = (after + offset) // _DAY - 2
    while day <= (until + offset) // _DAY + 2:
        rest = 1
        if day % 7 in entry.fields[0]:
            # the solar noon of a local date may have another date at the meridian of the place
            noon = day * _DAY + _DAY // 2 - offset + int(longitude * 240)
            due, rest = sun.event(noon // _DAY, entry.sun == "sunset", latitude, longitude)
            if due is not None and after < due + entry.offset <= until:
                yield due + entry.offset
        day += rest

"""Time zones as POSIX rules write them: CET-1CEST,M3.5.0,M10.5.0/3. Loaded for the question."""

import re

from core.errors import CommandError
from micropython import const

_EVER = const(1 << 40)
_HEAD = const("^(<[A-Za-z0-9+-]+>|[A-Za-z]+)([0-9:+-]+)(<[A-Za-z0-9+-]+>|[A-Za-z]+)?([0-9:+-]*)$")
_LONGEST = const(24)  # hours of an offset
_FARTHEST = const(167)  # hours of a change from the midnight of its day


class Zone:
    """Seconds east of UTC, of winter and of summer, and the rules of the changes to each."""

    def __init__(self, winter, summer=0, rules=None):
        self.winter = winter
        self.summer = summer
        self.rules = rules
        self.known = (0, _EVER, winter, winter) if not rules else (0, 0, 0, 0)

    def offset(self, utc):
        """Return seconds east of UTC at that instant."""
        return self.span(utc)[2]

    def span(self, utc):
        """Return the time of one offset around an instant: (start, end, offset, offset before)."""
        if not self.known[0] <= utc < self.known[1]:
            moves, now = {}, utc // 31556952 + 1970
            for year in (now - 1, now, now + 1):
                moves[_instant(self.rules[0], year) - self.winter] = self.summer
                moves[_instant(self.rules[1], year) - self.summer] = self.winter
            before, start, offset = self.winter, 0, self.winter
            for move in sorted(moves):
                if move > utc:
                    break
                before, start, offset = offset, move, moves[move]
            self.known = (start, move, offset, before)
        return self.known


def zone(tz, gmttime):
    """Return the zone of a POSIX rule, or that many hours east of UTC where there is none."""
    if tz in ("", "n/a"):
        return Zone(gmttime * 3600)
    try:
        head, *rules = tz.split(",")
        found = re.match(_HEAD, head)
        winter = -_seconds(found.group(2), _LONGEST)
        if not found.group(3):
            _expect(not rules and not found.group(4))
            return Zone(winter)
        _expect(len(rules) == 2)
        summer = -_seconds(found.group(4), _LONGEST) if found.group(4) else winter + 3600
        return Zone(winter, summer, [_rule(rule) for rule in rules])
    except (ValueError, AttributeError):
        raise CommandError("tz: expected a rule like CET-1CEST,M3.5.0,M10.5.0/3, got '%s'" % tz)


def _expect(truth):
    if not truth:
        raise ValueError


def _number(text, least, most):
    _expect(text.isdigit() and least <= int(text) <= most)
    return int(text)


def _seconds(text, most):
    """Return the seconds of [+-]hours[:minutes[:seconds]]."""
    sign = -1 if text[:1] == "-" else 1
    parts = (text[1:] if text[:1] in ("+", "-") else text).split(":")
    _expect(len(parts) < 4)
    total = _number(parts[0], 0, most) * 3600
    for part, unit in zip(parts[1:], (60, 1)):
        total += _number(part, 0, 59) * unit
    return sign * total


def _rule(text):
    """Return (month, week, day, seconds after its midnight); month 0: a day of the year."""
    date, slash, clock = text.partition("/")
    seconds = _seconds(clock, _FARTHEST) if slash else 7200
    if date[:1] == "M":
        month, week, day = date[1:].split(".")
        return _number(month, 1, 12), _number(week, 1, 5), _number(day, 0, 6), seconds
    if date[:1] == "J":  # without the 29th of February
        return 0, 1, _number(date[1:], 1, 365) - 1, seconds
    return 0, 0, _number(date, 0, 365), seconds


def _instant(rule, year):
    """Return the local second at which a rule changes the offset in that year."""
    month, week, day, seconds = rule
    if not month:
        leap = _first(year, 3) - _first(year, 2) == 29
        return (_first(year, 1) + day + (week and leap and day > 58)) * 86400 + seconds
    first = _first(year, month)
    first += (day - first - 4) % 7 + 7 * week - 7  # 1970 began with a Thursday
    if first >= _first(year, month + 1):
        first -= 7
    return first * 86400 + seconds


def _first(year, month):
    """Return the first day of a month in days since 1970."""
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 - 719468

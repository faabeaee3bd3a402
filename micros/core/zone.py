"""Time zones as POSIX rules write them: CET-1CEST,M3.5.0,M10.5.0/3. Loaded for the question."""

import re

from micropython import const

_NAME = const("(<[A-Za-z0-9+-]+>|[A-Za-z]+)")
_HOURS = const("([+-]?[0-9:]+)")


class Zone:
    """Seconds east of UTC in winter and in summer, and the rules of the changes between."""

    def __init__(self, winter, summer=0, rules=None):
        self.winter = winter
        self.summer = summer
        self.rules = rules
        self.known = (0, 0 if rules else 1 << 40, winter, winter)

    def offset(self, utc):
        """Return seconds east of UTC at that instant."""
        return self.span(utc)[2]

    def span(self, utc):
        """Return the time of one offset around an instant: start, end, offset, offset before."""
        if not self.known[0] <= utc < self.known[1]:
            moves, now = {}, utc // 31556952 + 1970
            for year in (now - 1, now, now + 1):
                moves[_instant(self.rules[0], year) - self.winter] = self.summer
                moves[_instant(self.rules[1], year) - self.summer] = self.winter
            start, offset, before = 0, self.winter, self.winter
            for move in sorted(moves):
                if move > utc:
                    break
                start, offset, before = move, moves[move], offset
            self.known = start, move, offset, before
        return self.known


def zone(tz, gmttime):
    """Return the zone of a POSIX rule, or so many hours east of UTC where it is n/a; ValueError."""
    if tz == "n/a":
        return Zone(gmttime * 3600)
    head, *rules = tz.split(",")
    found = re.match("^" + _NAME + _HOURS + "(" + _NAME + _HOURS + "?)?$", head)
    if not found or len(rules) != (2 if found.group(3) else 0):
        raise ValueError
    winter = -_seconds(found.group(2), 24)
    summer = -_seconds(found.group(5), 24) if found.group(5) else winter + 3600
    made = Zone(winter, summer, rules)
    made.span(0)
    return made


def _number(text, least, most):
    if not text.isdigit() or not least <= int(text) <= most:
        raise ValueError
    return int(text)


def _seconds(text, most):
    """Return the seconds of [+-]hours[:minutes[:seconds]]."""
    digits = text[text[:1] in "+-" :] + ":0" * (2 - text.count(":"))
    hours, minutes, seconds = digits.split(":")
    total = _number(hours, 0, most) * 3600 + _number(minutes, 0, 59) * 60 + _number(seconds, 0, 59)
    return -total if text[:1] == "-" else total


def _instant(rule, year):
    """Return the local second at which a rule such as M10.5.0/3 changes the offset in a year."""
    date, slash, time = rule.partition("/")
    seconds = _seconds(time, 167) if slash else 7200
    if date[:1] == "M":
        month, week, day = date[1:].split(".")
        month = _number(month, 1, 12)
        first = _first(year, month)
        first += (_number(day, 0, 6) - first - 4) % 7 + 7 * _number(week, 1, 5) - 7
        if first >= _first(year, month + 1):  # the 5th is the last one
            first -= 7
    elif date[:1] == "J":  # a year without the 29th of February
        day = _number(date[1:], 1, 365)
        first = _first(year, 1) + day - 1 if day < 60 else _first(year, 3) + day - 60
    else:
        first = _first(year, 1) + _number(date, 0, 365)
    return first * 86400 + seconds


def _first(year, month):
    """Return the first day of a month in days since 1970."""
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 - 719468

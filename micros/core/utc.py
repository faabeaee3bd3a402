"""UTC as the node knows it, told to people as local time. Loaded for each question.

Seconds are counted from 1970; only the firmware's own clock may count from 2000.
"""

import time


def set(clock, utc, source):
    """Take over UTC seconds since 1970 from `source`."""
    clock.anchor = utc - clock.uptime()
    clock.source = source


def now(clock):
    """Return UTC seconds since 1970, or None while nobody has told the time."""
    return clock.anchor + clock.uptime() if clock.source else None


def local(clock):
    """Return local (year, month, day, hour, minute, second, weekday, yearday), or None."""
    if not clock.source:
        return None
    # gmtime(0) tells from when this firmware counts: 1970 or 2000
    shift = 946684800 if time.gmtime(0)[0] == 2000 else 0
    return time.gmtime(now(clock) + clock.offset - shift)


def stamp(clock):
    """Return the local time as people write it, or the seconds since the start."""
    moment = local(clock)
    return "%d-%02d-%02d %02d:%02d:%02d" % moment[:6] if moment else "%d s" % clock.uptime()

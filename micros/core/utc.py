"""UTC as the node knows it, told to people as local time. Loaded for each question.

Seconds are counted from 1970; only the firmware's own clock may count from 2000.
"""

import gc
import time

from core.once import once
from micropython import const

_EARLIEST = const(1735689600)  # 2025: no node had a clock before
_LATEST = const(2429913600)  # 2047, twenty years after the year of this release
_STRAY = const(2)  # seconds by which the firmware's clock may stray within a minute


def set(clock, utc, source):
    """Take over UTC seconds since 1970 from `source`: the only way to change the time.

    False: such a time cannot be, and nothing was changed.
    """
    if not _EARLIEST <= utc < _LATEST:
        return False
    first = clock.source is None
    if clock.watcher:
        clock.watcher.decide()  # by the time that was
    up = clock.uptime_ms()
    gc.collect()  # what lives long is to lie close together
    clock.anchor = utc * 1000 - up
    clock.source = source
    clock.set_at = up // 1000
    clock.drift = None
    if clock.watcher:
        clock.watcher.moved(first)
    return True


def now(clock):
    """Return UTC seconds since 1970, or None while nobody has told the time."""
    return (clock.anchor + clock.uptime_ms()) // 1000 if clock.source else None


def now_us(clock):
    """Return UTC microseconds since 1970, or None while nobody has told the time."""
    return (clock.anchor + clock.uptime_ms()) * 1000 if clock.source else None


def look(clock, port):
    """Follow the firmware's clock where somebody has set it: called at the start, then each minute.

    What counts is how it has strayed since the look before, not how far it is off.
    """
    told = port.utc() or 0  # nobody has set it yet
    drift = told - (clock.anchor + clock.uptime_ms()) // 1000
    before, clock.drift = clock.drift, drift
    if told and before is not None and abs(drift - before) > _STRAY:
        set(clock, told, "rtc")


def local(clock, utc=None):
    """Return local (year, month, day, hour, minute, second, weekday, yearday), or None."""
    if not clock.source:
        return None
    # gmtime(0) tells from when this firmware counts: 1970 or 2000
    shift = 946684800 if time.gmtime(0)[0] == 2000 else 0
    utc = utc or now(clock)
    return time.gmtime(utc + once("zone").zone(*clock.zone).offset(utc) - shift)


def stamp(clock, second=None):
    """Return the local time as people write it, of a second or now; that of uptime as seconds."""
    moment = local(clock, second)
    uptime = second or clock.uptime()
    return "%d-%02d-%02d %02d:%02d:%02d" % moment[:6] if moment else "%d s" % uptime

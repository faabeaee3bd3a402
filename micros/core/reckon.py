"""When entries are due, for the scheduler. Loaded for these questions."""

import gc

from core.once import once
from micropython import const

EPOCH = const(1735689600)  # 2025: seconds below it are those of uptime
_SOON = const(5_000)  # ms for which what was loaded is kept
_ROOM = const(20_000)  # bytes free with which it is


def read(s, index):
    """Return an entry."""
    if gc.mem_free() < _ROOM:
        s.tools = s.reader = None  # one after the other
    s.reader = s.reader or once("cron")
    return s.reader.entry(str(s.texts[s.starts[index] : s.starts[index + 1]], "utf-8"))


def tools(s):
    """Return the reckoning of due times and the time zone."""
    if gc.mem_free() < _ROOM:
        s.reader = None
    s.tools = s.tools or (once("due"), once("zone").zone(*s.clock.zone))
    return s.tools


def tidy(s):
    """Let go of all that, unless it is needed at once again and there is room for it."""
    if s.pause() > _SOON or gc.mem_free() < _ROOM:
        s.tools = s.reader = None


def following(s, entry, after):
    """Return the next second an entry is due, or None."""
    due, zone = tools(s)
    if after < EPOCH:
        return due.uptime_due(entry, after)
    return due.next_due(entry, after, zone, s.place)


def latest(s, entry, after, until):
    """Return the latest second after `after` up to `until`, and how many there are."""
    due, zone = tools(s)
    return due.latest_due(entry, after, until, zone if until >= EPOCH else None, s.place)

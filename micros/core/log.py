"""A bounded ring of log lines in memory, and the clock that dates them.

An error outlives every lesser line.
"""

import time

from core.once import Rare
from micropython import const

_LEVELS = const(("DEBUG", "INFO", "WARN", "ERROR"))
_LINE = const(480)  # bytes of one line; a traceback must fit
_FIRST = const(512)  # bytes for all of them, until these are full


class Clock(Rare):
    """Counts on across the wrap of the ticks, as long as it is asked now and then.

    `source` says who told the time (rtc, ntp), None: nobody yet; `set_at` is the uptime then.
    `anchor` is the UTC of power-on in ms, 0 until then: anchor + uptime_ms() is UTC, or uptime.
    `zone`: the settings tz and gmttime. `watcher` decides what is due before the time changes.
    set, now, now_us, look, local and stamp are in the file below.
    """

    file = "utc"

    def __init__(self, ticks_ms=time.ticks_ms):
        self.source = self.drift = self.watcher = None
        self.set_at = self.anchor = 0
        self.zone = ("n/a", 0)
        self._ticks_ms = ticks_ms
        self._seconds = self._ms = 0  # up to _last; a number above 2^30 would take memory
        self._last = ticks_ms()

    def uptime_ms(self):
        """Return the milliseconds since the start."""
        now = self._ticks_ms()
        ms = self._ms + time.ticks_diff(now, self._last)
        self._last = now
        self._seconds += ms // 1000
        self._ms = ms % 1000
        return self._seconds * 1000 + self._ms

    def uptime(self):
        """Return whole seconds since the start."""
        return self.uptime_ms() // 1000


class Log(Rare):
    """Keeps the newest lines in one piece of memory, `capacity` bytes, and counts those it drops.

    Lines that came and went one by one would lie in the middle of what is free. They stand behind
    each other in `kept` up to `used`, oldest first: rank, half the length, text. They are told by
    lines(level) of the file below; debug(text) is there too.
    """

    file = "about"
    watchers = ()  # called with rank and text of each line; they never raise

    def __init__(self, clock=None, capacity=2048):
        self.clock = clock
        self.capacity = capacity
        self.kept = bytearray(min(_FIRST, capacity))
        self.used = self.dropped = self.errors = 0
        self.echo = False  # also print every line on the console
        self.secrets = ()  # texts which must never be kept

    def info(self, text):
        self.add(1, text)

    def warn(self, text):
        self.add(2, text)

    def error(self, text):
        self.errors += 1
        self.add(3, text)

    def add(self, rank, text):
        """Keep a line; the oldest of the least important ones make room for it."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        when = self.clock.uptime() if self.clock else 0
        text = "%d s %s %s" % (when, _LEVELS[rank], text)
        if self.echo:
            print(text)
        for told in self.watchers:
            told(rank, text)
        kept, line = self.kept, text[:_LINE].encode()[: min(_LINE, len(self.kept) - 2)]
        line = bytes((rank, (len(line) + 1) // 2)) + line + b" " * (len(line) & 1)
        if self.used + len(line) > len(kept) < self.capacity:
            try:
                kept = self.kept = kept + bytes(self.capacity - len(kept))
            except MemoryError:
                pass  # then the old ones go
        while self.used + len(line) > len(kept):
            at, least = 0, 9
            while at < self.used:
                if kept[at] < least:
                    least, first = kept[at], at
                at += 2 + 2 * kept[at + 1]
            self.dropped += 1
            if least > rank:
                return  # all that is kept matters more
            behind = first + 2 + 2 * kept[first + 1]
            self.used -= behind - first
            kept[first : self.used] = memoryview(kept)[behind : self.used + behind - first]
        kept[self.used : self.used + len(line)] = line
        self.used += len(line)

"""A bounded ring of log lines in memory, and the clock that dates them.

An error outlives every lesser line.
"""

import time

from core.once import Rare
from micropython import const

_LEVELS = const(("DEBUG", "INFO", "WARN", "ERROR"))
_LINE = const(480)  # bytes of one line; a traceback must fit
_HEAD = const(3)  # bytes before it: its rank, its length
_STEP = const(256)  # bytes by which their memory grows


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
        self._up = 0  # milliseconds up to _last
        self._last = ticks_ms()

    def uptime_ms(self):
        """Return the milliseconds since the start."""
        now = self._ticks_ms()
        self._up += time.ticks_diff(now, self._last)
        self._last = now
        return self._up

    def uptime(self):
        """Return whole seconds since the start."""
        return self.uptime_ms() // 1000


class Log(Rare):
    """Keeps the newest lines, in one piece of memory up to `capacity` bytes, and counts the others.

    Lines that came and went one by one would lie in the middle of what is free. They stand behind
    each other in `kept` up to `used`, oldest first, and are told by lines(level) of the file below.
    """

    file = "about"

    def __init__(self, clock=None, capacity=2048):
        self.clock = clock
        self.capacity = capacity
        self.kept = bytearray(0)
        self.used = self.dropped = self.errors = 0
        self.echo = False  # also print every line on the console
        self.secrets = ()  # texts which must never be kept

    def debug(self, text):
        self.add(0, text)

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
        text = "%d s %s %s" % (when, _LEVELS[rank], text[:_LINE])
        if self.echo:
            print(text)
        line, most = text.encode(), min(_LINE, self.capacity - _HEAD)
        while len(line) > most:
            text = text[: len(text) * most // len(line)]  # a character takes up to four bytes
            line = text.encode()
        line = bytes((rank, len(line) >> 8, len(line) & 255)) + line
        while self.used + len(line) > len(self.kept):
            if not self._grown():
                self.dropped += 1
                if not self._drop(rank):
                    return
        self.kept[self.used : self.used + len(line)] = line
        self.used += len(line)

    def _grown(self):
        more = min(_STEP, self.capacity - len(self.kept))
        try:
            self.kept.extend(bytes(more))
        except MemoryError:
            return False  # then the old ones go
        return more

    def _drop(self, rank):
        """Drop the oldest of the least important lines; is there one that outranks none?"""
        kept, at, least = self.kept, 0, 9
        while at < self.used:
            if kept[at] < least:
                least, first = kept[at], at
            at += _HEAD + kept[at + 1] * 256 + kept[at + 2]
        if least > rank:
            return False
        behind = first + _HEAD + kept[first + 1] * 256 + kept[first + 2]
        self.used -= behind - first
        kept[first : self.used] = memoryview(kept)[behind : self.used + behind - first]
        return True

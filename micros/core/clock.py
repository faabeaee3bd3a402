"""The clock: seconds since power-on, and UTC once somebody has told it."""

import time


class Clock:
    """UTC is an anchor plus ticks. Ticks wrap after days, so `refresh` is called every minute.

    Seconds are counted from 1970 inside; only `port` knows from when the firmware counts.
    """

    def __init__(self, known_utc=None):
        self.source = None  # who told the time: None, "rtc", "ntp", "hand"
        self.offset = 0  # seconds of local time before UTC
        self._up = 0  # milliseconds up to _last
        self._last = time.ticks_ms()
        self._anchor = 0  # UTC seconds at power-on
        if known_utc:
            self.set(known_utc, "rtc")

    def refresh(self):
        """Return the milliseconds since the start; counts on across the wrap of the ticks."""
        now = time.ticks_ms()
        self._up += time.ticks_diff(now, self._last)
        self._last = now
        return self._up

    def uptime(self):
        """Return whole seconds since the start."""
        return self.refresh() // 1000

    def now(self):
        """Return UTC seconds since 1970, or None while nobody has told the time."""
        return self._anchor + self.uptime() if self.source else None

    def set(self, utc, source):
        """Take over UTC seconds since 1970."""
        self._anchor = utc - self.uptime()
        self.source = source

    def local(self):
        """Return local (year, month, day, hour, minute, second, weekday, yearday), or None."""
        if not self.source:
            return None
        # gmtime(0) tells from when this firmware counts: 1970 or 2000
        shift = 946684800 if time.gmtime(0)[0] == 2000 else 0
        return time.gmtime(self.now() + self.offset - shift)

    def stamp(self):
        """Return the time as the log shows it: local, or seconds since the start."""
        now = self.local()
        return "%d-%02d-%02d %02d:%02d:%02d" % now[:6] if now else "%d s" % self.uptime()

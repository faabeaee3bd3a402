"""The clock: seconds since power-on, and UTC once somebody has told it."""

import time

from core.once import Rare


class Clock(Rare):
    """Counts on across the wrap of the ticks, as long as it is asked now and then.

    `source` says who told the time: rtc, ntp or hand. Date and local time: set, now, local and
    stamp of the file below.
    """

    file = "core.calendar"

    def __init__(self):
        self.source = None
        self.offset = 0  # seconds of local time before UTC
        self.anchor = 0  # UTC seconds since 1970 at power-on
        self._up = 0  # milliseconds up to _last
        self._last = time.ticks_ms()

    def uptime(self):
        """Return whole seconds since the start."""
        now = time.ticks_ms()
        self._up += time.ticks_diff(now, self._last)
        self._last = now
        return self._up // 1000

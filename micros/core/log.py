"""A bounded ring of log lines in memory; an error outlives every lesser line."""

from micropython import const

_LEVELS = ("DEBUG", "INFO", "WARN", "ERROR")
_LONGEST = const(512)  # characters of one line; a traceback must fit


class Log:
    """Keeps the newest lines within `capacity` characters and counts what it had to drop."""

    def __init__(self, clock=None, capacity=2048):
        self.clock = clock
        self.capacity = capacity
        self._used = 0
        self._lines = []  # (level, seconds since the start, text), oldest first
        self.dropped = 0
        self.errors = 0
        self.echo = False  # also print every line on the console
        self.secrets = None  # a function that tells the texts which must never be kept

    def debug(self, text):
        self._add(0, text)

    def info(self, text):
        self._add(1, text)

    def warn(self, text):
        self._add(2, text)

    def error(self, text):
        self.errors += 1
        self._add(3, text)

    def lines(self, level=None):
        """Every kept line of at least that level as text, oldest first."""
        least = _LEVELS.index(level.upper()) if level else 0
        for rank, when, text in list(self._lines):
            if rank >= least:
                yield "%d s %s %s" % (when, _LEVELS[rank], text)

    def _add(self, rank, text):
        for secret in self.secrets() if self.secrets else ():
            if secret:
                text = text.replace(secret, "***")
        text = text[:_LONGEST]
        when = self.clock.uptime() if self.clock else 0
        if self.echo:
            print("%d s %s %s" % (when, _LEVELS[rank], text))
        self._lines.append((rank, when, text))
        self._used += len(text)
        while self._used > self.capacity:
            self._drop()

    def _drop(self):
        """Forget the oldest of the least important lines."""
        least = min(line[0] for line in self._lines)
        for index, line in enumerate(self._lines):
            if line[0] == least:
                del self._lines[index]
                self._used -= len(line[2])
                self.dropped += 1
                return

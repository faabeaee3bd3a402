"""A bounded ring of log lines in memory; an error outlives every lesser line."""

from core.once import Rare
from micropython import const

_LEVELS = const(("DEBUG", "INFO", "WARN", "ERROR"))
_LONGEST = const(512)  # characters of one line; a traceback must fit


class Log(Rare):
    """Keeps the newest lines within `capacity` characters and counts what it had to drop.

    They are told by lines(level) of the file below.
    """

    file = "core.status"

    def __init__(self, clock=None, capacity=2048):
        self.clock = clock
        self.capacity = capacity
        self.kept = []  # (rank of its level, line), oldest first
        self.dropped = 0
        self.errors = 0
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
        text = "%d s %s %s" % (when, _LEVELS[rank], text[:_LONGEST])
        if self.echo:
            print(text)
        kept = self.kept
        kept.append((rank, text))
        while sum([len(line[1]) for line in kept]) > self.capacity:
            ranks = [line[0] for line in kept]
            del kept[ranks.index(min(ranks))]
            self.dropped += 1

"""How fast a serial line is: each byte takes its time, ten bits of it."""

from collections.abc import Callable

_BITS = 10  # of a byte: one that starts it, eight, and one that ends it
_PIECE_SECONDS = 0.005  # what goes through at once: shorter than anybody notices
_LATE_SECONDS = 0.003  # by which a timer may be late without a gap on the line


class Pace:
    """One direction of a line of so many baud."""

    def __init__(self, baud: int, now: Callable[[], float]) -> None:
        self._byte_seconds = _BITS / baud
        self.piece = max(1, int(_PIECE_SECONDS / self._byte_seconds))
        self._free_at = 0.0
        self._now = now

    def after(self, count: int) -> float:
        """The time at which so many more bytes will have gone through."""
        now = self._now()
        if now - self._free_at > _LATE_SECONDS:
            self._free_at = now  # the line was idle
        self._free_at += count * self._byte_seconds
        return self._free_at

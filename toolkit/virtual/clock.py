"""A board's time: how fast it passes, and what of it outlives which reset. In microseconds."""

import time

from toolkit.virtual import air


class Clock:
    """Goes on over resets, begins anew with the power.

    Modes: real; speed (times `speed`); jump (the program tells how far); frozen (it is granted).
    """

    def __init__(self, mode: str, speed: int) -> None:
        self.mode, self.speed = mode, speed
        self.power_on()

    def power_on(self) -> None:
        """Begin anew."""
        self.epoch = 0  # since 2000, at the program's start
        self._life = 0  # up to the program's start, since power-on
        self._power_on_wall = time.time()
        self.program_starts()

    def program_starts(self) -> None:
        """From here on counts what passes."""
        self._started = time.monotonic()
        self._granted = self.reported = 0

    def program_ended(self) -> None:
        """The board's time goes on without it."""
        self.skip(self._elapsed())
        self.program_starts()

    def skip(self, microseconds: int) -> None:
        """So much has passed while no program ran."""
        self.epoch += microseconds
        self._life += microseconds

    def grant(self, microseconds: int) -> None:
        """So much more may pass on a frozen clock."""
        self._granted += microseconds

    def change(self, mode: str, speed: int) -> None:
        """Another clock, from the next power-on."""
        self.mode, self.speed = mode, speed if mode == "speed" else 1

    def true_time(self) -> float:
        """Seconds since 1970, as a time server tells them."""
        if self.mode == "real":
            return air.now()
        return self._power_on_wall + (self._life + self._elapsed()) / 1_000_000

    def set_true_time(self, unix: float) -> None:
        """What the time servers say from now on (on a clock that is not the real one)."""
        self._power_on_wall += unix - self.true_time()

    def _elapsed(self) -> int:
        """Since the program's start."""
        if self.mode == "frozen":
            return self._granted
        if self.mode == "jump":
            return self.reported
        return int((time.monotonic() - self._started) * 1_000_000) * self.speed

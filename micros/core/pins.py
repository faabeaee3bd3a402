"""Logical pins and who has taken them."""

from core.errors import CommandError
from core.once import once


class Pins:
    """A pin has a name on the board's map, a number on the chip, and at most one owner."""

    def __init__(self, board, config, log):
        self._board = board
        self._config = config
        self._log = log
        self._taken = {}  # number -> owner

    def map(self):
        """Return the logical names with their numbers, the user's over the board's."""
        return once("core.pinmap").names(self._board, self._config.get("cstmpmap"), self._log)

    def number(self, name):
        """Return the number of a pin given by its logical name or by its number."""
        if isinstance(name, int):
            return name
        return once("core.pinmap").number(self.map(), name)

    def take(self, name, owner):
        """Reserve a pin and return its number; another owner's pin is refused."""
        number = self.number(name)
        holder = self._taken.get(number, owner)
        if holder != owner:
            raise CommandError("pin %s (%d) is taken by %s" % (name, number, holder))
        self._taken[number] = owner
        return number

    def free(self, owner):
        """Give back all pins of an owner."""
        for number in [n for n, holder in self._taken.items() if holder == owner]:
            del self._taken[number]

    def owner(self, number):
        """Return who has taken a pin, or None."""
        return self._taken.get(number)

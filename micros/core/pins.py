"""Logical pins and who has taken them."""

from core.errors import CommandError
from core.once import once


class Pins:
    """A pin has a name on the board's map, a number on the chip, and at most one owner."""

    def __init__(self, board, override, log):
        self._board = board
        self._override = override  # callable: the text of the setting cstmpmap
        self._log = log
        self._taken = {}  # number -> (owner, name)

    def map(self):
        """Return the logical names with their numbers, the user's before the board's."""
        names = dict(once("boards." + self._board).PINS)
        for piece in self._override().split(";"):
            name, _, number = piece.partition(":")
            name, number = name.strip(), number.strip()
            if number.isdigit():
                names[name] = int(number)
            elif name not in ("", "n/a"):
                self._log.warn("cstmpmap: expected name:number, got '%s'" % piece.strip())
        return names

    def number(self, name):
        """Return the number of a pin given by its logical name or by its number."""
        if isinstance(name, int):
            return name
        names = self.map()
        if name not in names:
            raise CommandError(
                "unknown pin '%s'; this board has %s" % (name, " ".join(sorted(names)))
            )
        return names[name]

    def take(self, name, owner):
        """Reserve a pin and return its number; another owner's pin is refused."""
        number = self.number(name)
        holder = self._taken.get(number)
        if holder and holder[0] != owner:
            raise CommandError("pin %s (%d) is taken by %s" % (name, number, holder[0]))
        self._taken[number] = (owner, name)
        return number

    def free(self, owner):
        """Give back all pins of an owner."""
        for number in [n for n, holder in self._taken.items() if holder[0] == owner]:
            del self._taken[number]

    def owner(self, number):
        """Return who has taken a pin, or None."""
        return self._taken[number][0] if number in self._taken else None

    def taken(self):
        """Yield (name, number, owner) of each reserved pin."""
        for number, (owner, name) in self._taken.items():
            yield name, number, owner

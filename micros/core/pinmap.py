"""The logical pins of a board, with those a person has named. Loaded when they are asked for."""

from core.errors import CommandError
from core.once import once


def names(board, override, log):
    """Return name -> number: the board's own, then `name:number; name:number` over them."""
    found = dict(once("boards." + board).PINS)
    for piece in override.split(";"):
        name, _, number = piece.partition(":")
        name, number = name.strip(), number.strip()
        if number.isdigit() and name:
            found[name] = int(number)
        elif name not in ("", "n/a"):
            log.warn("cstmpmap: expected name:number, got '%s'" % piece.strip())
    return found


def number(found, name):
    """Return the number of a logical pin; an unknown name is refused with those there are."""
    if name not in found:
        known = " ".join(sorted(found))
        raise CommandError("unknown pin '%s'; this board has %s" % (name, known))
    return found[name]

"""The map of the board's pins, with names of a person's own. Loaded to be read."""

from core.errors import CommandError
from core.once import once


def own(node):
    """Return the pins that the person has named: `name:number; …`."""
    found = {}
    for piece in node.config.get("cstmpmap").split(";"):
        name, _, digits = piece.partition(":")
        name, digits = name.strip(), digits.strip()
        if digits.isdigit() and name:
            found[name] = int(digits)
        elif name not in ("", "n/a"):
            wrong = "cstmpmap: expected name:number, got '%s'" % piece.strip()
            once("problem").tell(node, wrong)
    return found


def pins(node):
    """Return all names with their numbers."""
    words = once("boards." + node.board).PINS.split()
    found = {name: int(number) for name, number in zip(words[::2], words[1::2])}
    found.update(own(node))
    return found


def number(node, name):
    """Return the number of a name; the whole map is not made for that."""
    found = own(node)
    if name in found:
        return found[name]
    text = once("boards." + node.board).PINS  # large: no copy of it is made
    at = -1 if name.isdigit() or " " in name else text.find(name + " ")
    while at > 0 and text[at - 1 : at] > " ":  # the end of another name
        at = text.find(name + " ", at + 1)
    if at < 0:
        known = " ".join(sorted(pins(node)))
        raise CommandError("unknown pin '%s'; this board has %s" % (name, known))
    at += len(name) + 1
    end = at
    while text[end : end + 1] > " ":  # a single letter, text[end], would be kept as a name
        end += 1
    return int(text[at:end])

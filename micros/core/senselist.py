"""Whether each piece of a setting with several can be used. Loaded when such a one is set."""

from core.errors import CommandError
from core.once import once


def read(node, name, text):
    """Read the pieces of ntphost or cstmpmap."""
    named = []
    for piece in text.split(";"):
        if name == "ntphost":
            ntphost(piece.strip(" "))
        else:
            named.append(cstmpmap(node, piece.strip()))
    for name in named:
        if name and named.count(name) > 1:
            raise CommandError("expected each name once, got '%s' twice" % name)


def ntphost(host):
    """Read the name or the address of a time server."""
    parts = host.split(".")
    digits = "".join(parts).isdigit()
    good = all([0 < len(it) < 64 for it in parts]) and max(host) <= "z"
    good = good and all([c.isalpha() or c.isdigit() or c in "-_." for c in host])
    if not good or (digits and (len(parts) != 4 or max([int(it) for it in parts]) > 255)):
        raise CommandError("expected names such as pool.ntp.org or addresses, got '%s'" % host)


def cstmpmap(node, piece):
    """Read a pin's own name and number; return the name."""
    name, _, digits = piece.partition(":")
    name = name.strip()
    if name and digits.strip().isdigit():
        once("outputs").usable(node, int(digits), True)
    elif piece:
        raise CommandError("expected name:number; …, got '%s'" % piece)
    return name

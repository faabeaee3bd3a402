"""Names of files that come over the link are judged here alone. Loaded for one request.

Each function takes what the request gave, and `key`, under which the name stands in it.
"""

from core.errors import CommandError
from micropython import const

_LONGEST = const(96)  # bytes of a name
_PIECE = const(48)  # bytes of what stands between two strokes
_SECRET = const("secret.json")
# What lies beside the release and is the node's own; a folder of such a name would hide it.
_OWN = const(("main.", "boot", "slots", "crash", "node_config", "kept.json"))
_OWN_ALONE = const(("a", "b", "w", "poweron", "cycles", "held", "caught"))


def readable(given, key="name"):
    """Return the name, as it was given."""
    name, pieces = _read(given.get(key), key)
    if pieces and pieces[0].startswith(_SECRET):
        raise CommandError("%s: the secrets of the node are for nobody" % name)
    return name


def changeable(node, given, key="name"):
    """Return the name of what may be removed or renamed."""
    name = readable(given, key)
    first = name.lower().split("/")[1]
    if first in _OWN_ALONE or [own for own in _OWN if first.startswith(own)]:
        raise CommandError("%s belongs to the node: this is not how it changes" % name)
    if first == "":
        raise CommandError("%s: expected something in it" % name)
    for session in node.server.sessions:
        for other in session.link.requests if session.link else ():
            busy = getattr(other, "name", None)
            if busy and not other.over and name in (busy, busy + ".part"):
                raise CommandError("%s is just being put" % name)
    return name


def _read(name, key):
    """Return the name and its pieces in lower case, which is how FAT compares them."""
    try:
        good = isinstance(name, str) and name[:1] == "/" and len(name.encode()) <= _LONGEST
        pieces = name[1:].split("/") if good and name != "/" else []
        if good and not [piece for piece in pieces if not _is_piece(piece)]:
            return name, name[1:].lower().split("/")
    except UnicodeError:
        pass
    form = "%s: expected /piece/piece of letters, digits, _ - . and blanks within, at most %d bytes"
    raise CommandError(form % (key, _LONGEST) + ", got %.100r" % (name,))


def _is_piece(piece):
    """Tell whether a piece means the same to every file system: no ~ of a FAT's short names."""
    plain = [c for c in piece if c.isalpha() or c.isdigit() or c in "_-. " or _is_beyond(ord(c))]
    within = piece == piece.strip(" ") and piece[-1:] not in ("", ".")
    return within and len(plain) == len(piece) and len(piece.encode()) <= _PIECE


def _is_beyond(code):
    return code > 0x9F and not 0xD800 <= code <= 0xDFFF

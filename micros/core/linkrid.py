"""What came of requests that may be asked for again. Loaded for one of them.

`node.done` is (entries, the time in ms at which one was dropped last). An entry has 8 bytes of its
rid, one that counts its outcome, and that: nothing while it runs, else what stands behind the id.
It is False where there was no memory for it: then all that came before is unknown.
"""

from binascii import unhexlify

from core.errors import CommandError
from micropython import const

_MOST = const(16)  # entries
_LONGEST = const(69)  # bytes of an outcome: "ok": and 64
_OLDEST = const(600_000)  # ms after which nobody asks again
_CUT = b'"ok":null,"cut":true'


def table(node):
    """[(rid, outcome), ...] with the oldest first, and when one was dropped last."""
    found, at = [], 0
    kept, dropped = node.done or (b"", node.clock.uptime_ms() if node.done is False else 0)
    while at < len(kept):
        end = at + 9 + kept[at + 8]
        found.append((kept[at : at + 8], kept[at + 9 : end]))
        at = end
    return found, dropped


def keep(node, rows, dropped):
    """Keep them in one piece of memory."""
    node.done = b"".join([rid + bytes((len(end),)) + end for rid, end in rows]), dropped


def number(text):
    """The bytes of a rid."""
    try:
        rid = unhexlify(text)
    except (ValueError, TypeError):
        rid = b""
    if len(rid) != 8:
        raise CommandError("expected a rid of 16 hex digits")
    return rid


def known(link, request):
    """Was it asked for before? Then its outcome is what is answered; else note that it runs."""
    given, node = request.given, link.node
    age = given.get("age")
    if type(age) not in (int, type(None)) or (age or 0) < 0:
        raise CommandError("expected an age in ms")
    rid = number(given["rid"])
    rows, dropped = table(node)
    for one, end in rows:
        if one == rid:
            if not end:
                raise CommandError("running", "busy")
            request.raw = end
            return True
    now = node.clock.uptime_ms()
    if age is not None and (age > _OLDEST or now - age <= dropped):
        raise CommandError("whether this ran is not known any more", "unknown")
    if len(rows) >= _MOST:
        ended = [row for row in rows if row[1]]
        if not ended:
            raise CommandError("expected fewer requests that run at once", "busy")
        rows.remove(ended[0])
        dropped = now
    request.rid, request.stays = None, True
    if "&" not in given.get("line", ""):
        node.executor.running = request  # until something is called
    keep(node, rows + [(rid, b"")], dropped)
    request.rid = rid  # takes no memory any more: what is kept as running has one who ends it
    return False


def note(node, request, line):
    """Keep what came of it: what stands behind the id, unless it is too long; None: nothing."""
    rows, dropped = table(node)
    rows = [row for row in rows if row[0] != request.rid]
    if line:
        if len(line) > _LONGEST or request.sent:
            kind = line.split(b'"', 4)[3] if line[:6] == b'"error' else None
            line = b'"error":"%s","text":"see log"' % kind if kind else _CUT
        rows.append((request.rid, line))
    keep(node, rows, dropped)
    request.rid = None

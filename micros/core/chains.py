"""The text of a chain: `<ms> source args | filter args | … | sink args`.

Loaded when one is set, and at the start, where there are any.
"""

from core.errors import CommandError
from core.once import once
from micropython import const

_SHORTEST = const(20)  # ms between two rounds
_LONGEST = const(86_400_000)  # a day
_MOST = const(8)  # commands of a chain
_EMPTY = const("expected a command on both sides of each |")
_SMALL = const("left out, this chip has not the memory for chains")


def read(text, commands):
    """Return the ms between two rounds and the commands, read by `commands` of core/sense.py."""
    digits, _, line = text.strip().partition(" ")
    pause = int(digits) if digits.isdigit() and len(digits) < 9 else 0
    if not _SHORTEST <= pause <= _LONGEST:
        said = "expected <ms> source | … | sink, ms %d-%d, got '%.40s'"
        raise CommandError(said % (_SHORTEST, _LONGEST, digits))
    found = []
    for piece, error in once("cron").pieces(line, "|\n"):
        if error or not piece:
            raise CommandError(error or _EMPTY)
        each = commands(piece, None)
        if len(each) != 1 or each[0].json or each[0].delay is not None:
            raise CommandError("expected one command without ; & >json, got '%.60s'" % piece)
        found += each
    if not 2 <= len(found) <= _MOST:
        said = "expected 2 to %d commands, | between them, got %d"
        raise CommandError(said % (_MOST, len(found)))
    return pause, found


def start(node, name, commands):
    """Begin a chain; what its text lacks comes out of here."""
    if node.port.LEAF:
        raise CommandError(_SMALL)
    pause, found = read(node.config.get(name), commands)
    from core.chain import Chain  # from here on in memory

    job = node.tasks.supervise(name, Chain(node, name, found).run, pause, pause)
    node.watched.append(job.handle)

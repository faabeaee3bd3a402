"""What load modules want to find again, read at its first use and written. Loaded for that."""

import json
import os
from binascii import crc32

from core.errors import CommandError
from core.once import once
from micropython import const

_RECORD = const(48)  # bytes before the values in memory that outlives a reset
_BETWEEN = const(60)  # seconds between two writes
_DAY = const(86400)
_A_DAY = const(500)  # writes


class Kept:
    """Values by the name of their owner, and when they are written. No methods: they would stay."""

    due = 0  # uptime of the next write, 0: nothing has changed
    earliest = 0  # uptime before which there is none
    day = writes = 0  # of uptime, and writes on it


def begin(node, path="/kept.json"):
    """Read what was kept; after a reset memory may have what was not yet written."""
    kept = Kept()
    kept.path = path
    kept.levels = {}  # of pins, by name, told when the values are written
    found, kept.problem = once("store").load(path)
    kept.values = found or {}
    if kept.problem == path + " is missing":
        kept.problem = None
    rest = node.memory()[_RECORD:]
    text = rest[6 : 6 + int.from_bytes(rest[:2], "little")]
    node.kept = kept
    if text and crc32(text).to_bytes(4, "little") == rest[2:6]:
        try:
            once("keep").take(node, json.loads(text))
        except MemoryError:
            node.kept = None  # half of it is no state: it is read the next time
            raise


def save(node):
    """Write what has changed, when it is due or before a planned restart."""
    kept, now, problem = node.kept, node.clock.uptime(), None
    if node.trial:  # a release that may go writes nothing that others want to find
        kept.due = now + _BETWEEN
        return
    kept.writes = kept.writes + 1 if now // _DAY == kept.day else 1
    kept.day = now // _DAY
    kept.due = kept.earliest = now + _BETWEEN if kept.writes < _A_DAY else (kept.day + 1) * _DAY
    try:
        once("store").write(kept.path + ".new", kept.values)
        os.rename(kept.path + ".new", kept.path)
        if kept.levels and node.config.get("poweron") not in ("", "n/a"):
            number = once("pins").number
            levels = {number(node, name): kept.levels[name] for name in kept.levels}
            once("outputs").note(node, levels)
        kept.levels, kept.due = {}, 0
    except (OSError, MemoryError, CommandError) as error:
        problem = "not saved: %r" % error
        if problem != kept.problem:
            node.log.error("kept state: " + problem)
    kept.problem = problem

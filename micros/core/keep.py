"""What load modules want to find again. Loaded for each change and each write of it.

Flash wears out: there is one file, which save() alone writes, rarely.
"""

import json
import os
from binascii import crc32

from core.errors import CommandError
from core.once import once
from micropython import const

_LARGEST = const(1024)  # bytes of all modules' values
_SMALL = const(192)  # bytes of them that are kept over a reset, too
_RECORD = const(48)  # bytes before them there, see core/survivor.py
_QUIET = const(10)  # seconds without a change before they are written
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
    node.kept = kept = Kept()
    kept.path = path
    kept.levels = {}  # of pins, by name, told when the values are written
    found, kept.problem = once("store").load(path)
    kept.values = found or {}
    if kept.problem == path + " is missing":
        kept.problem = None
    rest = node.memory()[_RECORD:]
    text = rest[6 : 6 + int.from_bytes(rest[:2], "little")]
    if text and crc32(text).to_bytes(4, "little") == rest[2:6]:
        take(node, json.loads(text))


def keep(node, owner, values, levels):
    """Return the owner's values; new ones are written later."""
    if node.kept is None:
        begin(node)
    kept = node.kept
    if values is None:
        return json.loads(json.dumps(kept.values.get(owner, {})))  # theirs, to be changed
    kept.levels.update(levels or {})
    values = json.loads(json.dumps(values))
    if values != kept.values.get(owner):
        whole = dict(kept.values)
        whole[owner] = values
        text = json.dumps(whole).encode()
        if len(text) > _LARGEST:
            raise CommandError("kept state: expected %d bytes, got %d" % (_LARGEST, len(text)))
        take(node, whole)
        record = b"" if node.trial else node.memory()[:_RECORD]
        if len(record) == _RECORD:  # there is room behind it
            text = text if len(text) <= _SMALL else b""
            check = crc32(text).to_bytes(4, "little")
            node.memory(record + len(text).to_bytes(2, "little") + check + text)
    return values


def take(node, values):
    """Take values over, to be written in a while."""
    kept = node.kept
    if values != kept.values:
        kept.values = values
        kept.due = max(node.clock.uptime() + _QUIET, kept.earliest)


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

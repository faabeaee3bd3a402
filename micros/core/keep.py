"""What load modules want to find again. Loaded for each change of it.

Flash wears out: there is one file, which core/kept.py alone reads and writes, rarely.
"""

import json
from binascii import crc32

from core.errors import CommandError
from core.once import once
from micropython import const

_LARGEST = const(1024)  # bytes of all modules' values
_SMALL = const(192)  # bytes of them that are kept over a reset, too
_RECORD = const(48)  # bytes before them there, see core/survivor.py
_QUIET = const(10)  # seconds without a change before they are written


def keep(node, owner, values, levels):
    """Return the owner's values; new ones are written later."""
    if node.kept is None:
        once("kept").begin(node)
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

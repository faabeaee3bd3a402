"""What load modules want to find again. Loaded, and from then on kept, when one of them asks."""

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
    """Values by the name of their owner. Flash wears out: one file, which save() alone writes."""

    def __init__(self, node, path="/kept.json"):
        self.node = node
        self.path = path
        self.levels = {}  # of pins, by name, told when the values are written
        self.due = 0  # uptime of the next write, 0: nothing has changed
        self.earliest = self.day = self.writes = 0
        self.values, self.problem = once("core.store").load(path)
        if not self.values:
            self.values = {}
        if self.problem == path + " is missing":
            self.problem = None
        rest = node.memory()[_RECORD:]  # after a reset what was not yet written is there
        text = rest[6 : 6 + int.from_bytes(rest[:2], "little")]
        if text and crc32(text).to_bytes(4, "little") == rest[2:6]:
            self.take(json.loads(text))

    def keep(self, owner, values, levels):
        """Return the owner's values; new ones are written later."""
        if values is None:
            return json.loads(json.dumps(self.values.get(owner, {})))  # theirs, to be changed
        self.levels.update(levels or {})
        values = json.loads(json.dumps(values))
        if values != self.values.get(owner):
            whole = dict(self.values)
            whole[owner] = values
            text = json.dumps(whole).encode()
            if len(text) > _LARGEST:
                raise CommandError("kept state: expected %d bytes, got %d" % (_LARGEST, len(text)))
            self.take(whole)
            memory = self.node.memory
            record = memory()[:_RECORD]
            if len(record) == _RECORD:  # there is room behind it
                text = text if len(text) <= _SMALL else b""
                check = crc32(text).to_bytes(4, "little")
                memory(record + len(text).to_bytes(2, "little") + check + text)
        return values

    def take(self, values):
        """Take values over, to be written in a while."""
        if values != self.values:
            self.values = values
            self.due = max(self.node.clock.uptime() + _QUIET, self.earliest)

    def save(self):
        """Write what has changed, when it is due or before a planned restart."""
        now, problem = self.node.clock.uptime(), None
        self.writes = self.writes + 1 if now // _DAY == self.day else 1
        self.day, self.due = now // _DAY, 0
        self.earliest = now + _BETWEEN if self.writes < _A_DAY else (self.day + 1) * _DAY
        try:
            once("core.store").write(self.path + ".new", self.values)
            os.rename(self.path + ".new", self.path)
            if self.levels:
                number = once("core.pins").number
                levels = {number(self.node, name): self.levels[name] for name in self.levels}
                once("core.outputs").note(self.node, levels)
                self.levels = {}
        except (OSError, CommandError) as error:
            problem, self.due = "not saved: %r" % error, self.earliest
            if problem != self.problem:
                self.node.log.error("kept state: " + problem)
        self.problem = problem

"""Failed starts: counted in memory that outlives a reset; what the node does about them."""

import struct
import sys
from binascii import crc32

from micropython import const

_FORMAT = const("<HBBBB")  # magic, failures, failures in safe mode, planned, turns of safe mode
_MAGIC = const(0x4D53)
_SAFE = const((300, 900, 3600))  # seconds of safe mode, the first time, the second, from then on


class Survivor:
    """A record in memory that keeps its content over a reset; read as if it were garbage."""

    def __init__(self, memory):
        self._memory = memory  # callable: bytes, or with bytes: keep them
        self.failures = self.safe_failures = self.planned = self.turns = 0
        data = memory() or b""
        size = struct.calcsize(_FORMAT)
        self.valid = (
            len(data) >= size + 4
            and struct.unpack_from("<I", data, size)[0] == crc32(data[:size])
            and struct.unpack_from("<H", data)[0] == _MAGIC
        )
        if self.valid:
            fields = struct.unpack_from(_FORMAT, data)
            _, self.failures, self.safe_failures, self.planned, self.turns = fields

    def keep(self):
        """Write the record."""
        data = struct.pack(
            _FORMAT, _MAGIC, self.failures, self.safe_failures, self.planned, self.turns
        )
        self._memory(data + struct.pack("<I", crc32(data)))

    def started(self, cause):
        """Count this start, unless it was planned or a power-on; tell whether to be careful.

        After three failed starts the node does without everything that is not its own.
        """
        if not self.valid or cause in ("power-on", "deep sleep"):
            self.forget()
        elif not self.planned:
            if self.failures >= 3:
                self.safe_failures = min(self.safe_failures + 1, 255)
            self.failures = min(self.failures + 1, 255)
        self.planned = 0
        self.keep()
        return self.failures >= 3

    def plan(self, end=False):
        """Mark the coming reset as planned; `end`: what failed before is forgotten."""
        self.planned = 1
        if end:
            self.failures = self.safe_failures = self.turns = 0
        self.keep()

    def forget(self):
        """Forget all failures."""
        self.failures = self.safe_failures = self.turns = 0
        self.keep()


def of(node):
    """Return the record of this board."""
    return Survivor(node.port.survivor)


def check(node, record):
    """Look at how the starts before went: safe mode, or the other release when that fails too."""
    if record["failed"]:
        node.problems.append("release %s failed and was left" % record["failed"])
    if not record["trial"] and record["wdt"] != int(node.config.get("wdt")):
        try:
            node.slots(
                "write", dict(record, wdt=int(node.config.get("wdt")))
            )  # from the next start on
        except OSError as error:
            node.problems.append("the boot record cannot be written: %r" % error)
    if of(node).failures:
        tell_crash(node.log)
    if not node.safe:
        return
    sys.path[1:3] = []  # the load modules: the user's and the release's
    node.problems.append("safe mode after three failed starts: no load modules, no boot hook")
    survivor = of(node)
    if survivor.safe_failures >= 3:
        change = node.slots("decide", record, True)[1]
        if change:
            node.slots("write", change)
            node.restart()


def tell_crash(log):
    """Log how the start before this one ended, where main.py has kept it."""
    try:
        with open("/crash") as file:
            log.error("the start before ended: " + file.read(512))
    except OSError:
        log.error("the start before ended without a word: watchdog, reset or a stuck boot hook")


def leave_safe_mode(node, second):
    """After a while try a normal start again, at first soon, then more rarely."""
    survivor = of(node)
    if second == _SAFE[min(survivor.turns, len(_SAFE) - 1)]:
        survivor.turns = min(survivor.turns + 1, 255)
        survivor.failures = 2
        survivor.keep()
        node.restart(False)

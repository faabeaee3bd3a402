"""The record that outlives a reset: failed starts, whether one was planned, what was running.

It is read as if it were garbage. Bytes 0 to 7 are its fields, 8 to 11 their check, 12 to 43 the
command that is running (Executor.note); what lies behind byte 48 belongs to `spare`.
"""

import os
import struct
import sys
from binascii import crc32

from core.once import once
from micropython import const

_FORMAT = const("<BBBBHBB")  # failures, those of safe mode, planned, turns, starts, stage, thin
_MAGIC = const(0x4D53)
_SPARE = const(48)
_SAFE = const((300, 900, 3600))  # seconds of safe mode, the first time, the second, from then on
_CLEAN = const(("power-on", "deep sleep", "button"))  # such a start counts nothing, forgets all
_STAGES = const(("start", "boot hook", "running"))
_TRIAL = const(2)  # instead of planned: a release was on trial, how that ended counts nothing


class Survivor:
    """The record as it is when it is asked for."""

    def __init__(self, memory):
        self._memory = memory  # callable: bytes, or with bytes: keep them
        data = memory() or b""
        self.valid = len(data) >= 12 and struct.unpack_from("<I", data, 8)[0] == _check(data[:8])
        self._rest = data[12:] if self.valid else b" " * 36
        fields = struct.unpack(_FORMAT, data[:8] if self.valid else bytes(8))
        self.failures, self.safe_failures, self.planned, self.turns = fields[:4]
        self.starts, self.stage, self.thin = fields[4:]
        self.running = self._rest[:32].strip() if self.valid else b""

    def keep(self):
        """Write the record; the running command and what others keep stay."""
        fields = (self.failures, self.safe_failures, self.planned, self.turns)
        data = struct.pack(_FORMAT, *(fields + (self.starts & 0xFFFF, self.stage, self.thin)))
        self._memory(data + struct.pack("<I", _check(data)) + self._rest)

    def started(self, cause, trial=None):
        """Count this start, unless it was planned or a power-on; tell how the one before ended.

        That is (its number, how far it came, what was running), None where nothing has failed.
        """
        ended = None
        counted = self.valid and self.planned != 1 and cause not in _CLEAN
        proved = self.planned == _TRIAL
        if cause in _CLEAN:
            self.failures = self.safe_failures = self.turns = 0
        elif counted and not proved:
            self.safe_failures = min(self.safe_failures + (self.failures > 2), 255)
            self.failures = min(self.failures + 1, 255)
        if counted:
            stage = _STAGES[min(self.stage, 2)] + (" on trial" if proved else "")
            ended = self.starts, stage, self.running
        self.starts += 1
        self.planned, self.stage = _TRIAL if trial else 0, 0
        self._rest = b" " * 32 + self._rest[32:]
        self.keep()
        return ended

    def plan(self, end=False):
        """Mark the coming reset as planned; `end`: what failed before is forgotten."""
        self.planned = 1
        (self.forget if end else self.keep)()

    def forget(self):
        """Forget all failures."""
        self.failures = self.safe_failures = self.turns = 0
        self.keep()

    def reached(self, stage):
        """Note how far the start has come: 0 start, 1 boot hook, 2 running."""
        self.stage = stage
        self.keep()


def _check(data):
    return crc32(data, _MAGIC)


def record_of(node):
    """Return the record of this board."""
    return Survivor(node.memory)


def ended(node):
    """The trial has ended well: how this start ends counts from now on."""
    node.trial = None
    survivor = record_of(node)
    survivor.planned = 0
    survivor.keep()


def spare(node, data=None):
    """Return what others keep over a reset, or replace it; nothing where memory is too short."""
    kept = node.memory()
    return kept[_SPARE:] if data is None else node.memory(kept[:_SPARE] + data)


def check(node, record):
    """Look at how the starts before went: safe mode, or the other release when that fails too."""
    node.recorded = record["wdt"]
    if node.trial and node.trial[2:]:
        firmware(node, record)
    if node.ended or "crash" in os.listdir("/"):
        once("crash").record(node)
    if fat():
        node.problems.append("the file system is FAT: a power cut can cost files, even releases")
    if record["failed"]:
        node.problems.append(once("verdict").told(record["failed"]))
    survivor = record_of(node)
    why, most = "three failed starts", node.config.get("powercycles")
    if not node.ended:
        why = "'reboot safe' or for want of memory"
    if most and node.boot_reason == "power-on" and once("settle").cycles() >= most:
        why, survivor.failures = "%d short power-ons" % most, 3
        survivor.keep()
        node.setup = True
    node.safe = survivor.failures > 2
    if not node.safe:
        return
    sys.path[1:3] = []  # the load modules: the user's and the release's
    node.problems.append("safe mode after %s: no load modules, no boot hook" % why)
    node.slots("outputs", True)
    if survivor.safe_failures > 2:
        change = node.slots("decide", record, True)[1]
        if change and node.slots("attempt", change):  # else safe mode is better than nothing
            node.restart()


def firmware(node, record):
    """Look at firmware on trial."""
    once("fwtold").started(node, record)
    if not node.trial:
        ended(node)


def fat():
    """Tell whether capital letters make no difference: there is no other way to ask everywhere."""
    try:
        return os.stat("/MAIN.PY") and True
    except OSError:
        return False


def leave_safe_mode(node, second):
    """After a while try a normal start again, at first soon, then more rarely."""
    survivor = record_of(node)
    if second >= _SAFE[min(survivor.turns, len(_SAFE) - 1)]:
        survivor.turns = min(survivor.turns + 1, 255)
        survivor.failures = 2
        survivor.keep()
        node.restart(False)

"""What outlives a reset: how often the node has failed since it was last well."""

import struct
from binascii import crc32

FORMAT = "<HBBBB"  # magic, failures, failures in safe mode, planned, turns of safe mode
MAGIC = 0x4D53


class Survivor:
    """A record in memory that keeps its content over a reset; read as if it were garbage."""

    def __init__(self, memory):
        self._memory = memory  # callable: bytes, or with bytes: keep them
        self.failures = self.safe_failures = self.planned = self.turns = 0
        data = memory() or b""
        size = struct.calcsize(FORMAT)
        self.valid = (
            len(data) >= size + 4
            and struct.unpack_from("<I", data, size)[0] == crc32(data[:size])
            and struct.unpack_from("<H", data)[0] == MAGIC
        )
        if self.valid:
            fields = struct.unpack_from(FORMAT, data)
            _, self.failures, self.safe_failures, self.planned, self.turns = fields

    def keep(self):
        """Write the record."""
        data = struct.pack(
            FORMAT, MAGIC, self.failures, self.safe_failures, self.planned, self.turns
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

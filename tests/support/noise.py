"""A bad cable: a serial port before a board's, on whose way bytes are changed, lost and added."""

import os
import select
import threading
import tty
from contextlib import suppress
from random import Random
from typing import Self

_PIECE = 4096  # bytes


class BadCable:
    """`with BadCable(port, seed) as cable:`, and the board is at `cable.port`, too.

    Of each direction's bytes `share` go wrong, as the seed says. `pull()` ends it for good.
    """

    def __init__(self, port: str, seed: int, share: float = 0.0) -> None:
        self.share = share
        self.wrong = 0
        self._chance = Random(seed)
        self._board = os.open(port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._board)
        self._desk, end = os.openpty()
        tty.setraw(end)
        self.port = os.ttyname(end)
        self._end = end  # held: else a desk that closes it would end the line
        self._over, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._pass)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()
        os.close(self._wake)

    def pull(self) -> None:
        """Take the cable away."""
        if self._thread.is_alive():
            os.write(self._wake, b"x")
            self._thread.join()

    def _pass(self) -> None:
        ways = {self._desk: self._board, self._board: self._desk}
        with suppress(OSError):
            while self._over not in (ready := select.select([*ways, self._over], [], [])[0]):
                for source in ready:
                    os.write(ways[source], self._spoiled(os.read(source, _PIECE)))
        for handle in (*ways, self._end, self._over):
            os.close(handle)

    def _spoiled(self, data: bytes) -> bytes:
        if not self.share:
            return data
        spoiled = bytearray()
        for byte in data:
            if self._chance.random() >= self.share:
                spoiled.append(byte)
                continue
            self.wrong += 1
            changed = byte ^ 1 << self._chance.randrange(8)
            spoiled += self._chance.choice((b"", bytes([changed]), bytes([byte, changed])))
        return bytes(spoiled)

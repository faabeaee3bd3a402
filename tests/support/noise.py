"""A bad cable: a serial port before a board's, on whose way bytes are changed, lost and added.

Nobody has its port open all the time, and the number of a terminal is somebody else's as soon as
it is closed: whoever still looks for the board there would write into another test's terminal. So
the port is a link to a handle of ours, which stays until the link is gone.
"""

import os
import select
import shutil
import tempfile
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Self

_PIECE = 4096  # bytes
_LOOK = 10  # milliseconds between two looks at whether somebody has opened the port


class BadCable:
    """`with BadCable(port, seed) as cable:`, and the board is at `cable.port`, too.

    Of each direction's bytes `share` go wrong, as the seed says. `pull()` ends it for good. When so
    many bytes have passed as `at` says, something else happens, once: `then`, in another thread.
    What it raises pulls the cable, and is raised again where the `with` ends.
    """

    def __init__(
        self,
        port: str,
        seed: int,
        share: float = 0.0,
        at: int = 1 << 62,
        then: Callable[[], object] | None = None,
    ) -> None:
        self.share = share
        self.wrong = 0
        self.passed = 0
        self._at, self._then = at, then
        self._failed: BaseException | None = None
        self._chance = Random(seed)
        self._line = port
        self._desk, end = os.openpty()
        tty.setraw(end)
        self._handle = os.open(os.ttyname(end), os.O_PATH)
        os.close(end)
        self._link = Path(tempfile.mkdtemp()) / "port"
        self._link.symlink_to(f"/proc/{os.getpid()}/fd/{self._handle}")
        self.port = str(self._link)
        self._over, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._live)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()
        os.close(self._wake)
        os.close(self._handle)
        shutil.rmtree(self._link.parent)
        if self._failed:
            raise self._failed

    def pull(self) -> None:
        """Take the cable away."""
        if self._thread.is_alive():
            os.write(self._wake, b"x")
            if threading.current_thread() is not self._thread:
                self._thread.join()

    def _live(self) -> None:
        """As the desk opens the port and closes it, so does this: a board may notice it."""
        with suppress(OSError):
            while not self._stopped(select.POLLHUP):
                board = os.open(self._line, os.O_RDWR | os.O_NOCTTY)
                try:
                    tty.setraw(board)
                    self._pass(board)
                finally:
                    os.close(board)
        self._link.unlink()
        for handle in (self._desk, self._over):
            os.close(handle)

    def _stopped(self, meanwhile: int) -> bool:
        """Wait while that is so of the desk's end; whether it is all over."""
        watched = select.poll()
        watched.register(self._over, select.POLLIN)
        looked = select.poll()
        looked.register(self._desk, 0)
        while any(what & meanwhile for _, what in looked.poll(0)):
            if watched.poll(_LOOK):
                return True
        return bool(watched.poll(0))

    def _pass(self, board: int) -> None:
        """Hand on what comes until the desk closes its end."""
        ways = {self._desk: board, board: self._desk}
        watched = select.poll()
        for handle in (*ways, self._over):
            watched.register(handle, select.POLLIN)
        while True:
            ready = dict(watched.poll())
            if self._over in ready or ready.get(self._desk, 0) & select.POLLHUP:
                return
            for source in ready:
                self._hand_on(source, ways[source])

    def _hand_on(self, source: int, sink: int) -> None:
        data = os.read(source, _PIECE)
        self.passed += len(data)
        if self._then and self.passed > self._at:
            then, self._then = self._then, None
            try:
                then()
            except Exception as error:
                self._failed = error
                raise OSError("the cable is pulled") from error
        os.write(sink, self._spoiled(data))

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

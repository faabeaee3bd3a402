"""The board's serial port: a PTY, its stable name, and whether anybody has it open.

A PTY knows no DTR and RTS. That a client closed it shows as a hang-up of the master side, and goes
away when one opens it again, which no event announces: while closed, it is looked at every 25 ms.

The number of a terminal is somebody else's as soon as nobody has it open. So the stable name is a
link to a handle of this process, which the system takes away with the process, however it ends;
the link leads nowhere then, until the number of the process is another's.
"""

import asyncio
import errno
import os
import pty
import select
import tty
from collections.abc import Callable
from pathlib import Path

from toolkit.virtual.pace import Pace

_LOOK_SECONDS = 0.025
_CHUNK = 65536
_WRITE = 4096
# What a client that reads slowly may owe us; a UART would have lost it long before.
_MOST_UNSENT = 4 << 20


class SerialLine:
    """Owns the PTY; tells of bytes that came in and of being closed.

    `baud`: how fast it is, 0 for as fast as can be.
    """

    def __init__(
        self,
        link: Path,
        received: Callable[[bytes], None],
        closed: Callable[[], None],
        baud: int = 0,
    ) -> None:
        self._link = link
        self._received = received
        self._closed = closed
        self._loop = asyncio.get_running_loop()
        self._unsent = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self._incoming = Pace(baud, self._loop.time) if baud else None
        self._outgoing = Pace(baud, self._loop.time) if baud else None
        self._underway: dict[str, asyncio.TimerHandle] = {}  # pieces on the line, by direction
        self._master = self._handle = -1
        self.is_open = False
        self._plug()

    def send(self, data: bytes) -> None:
        """To the client; lost when there is none, as on a UART."""
        if not self.is_open or len(self._unsent) > _MOST_UNSENT:
            return
        self._unsent += data
        if self._outgoing is None:
            self._flush()
        elif "out" not in self._underway:
            self._send_piece(self._outgoing)

    def replug(self) -> None:
        """The port vanishes and comes back as another one behind the same name (native USB)."""
        old = self._master, self._handle
        self._detach()
        self._plug()  # before the old one is closed, else it would be the same one again
        for each in old:
            os.close(each)

    def close(self) -> None:
        self._detach()
        self._link.unlink(missing_ok=True)  # while what it leads to is still ours
        os.close(self._handle)
        os.close(self._master)

    def _plug(self) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self._handle = os.open(os.ttyname(slave), os.O_PATH)  # names it, and has it not open
        os.close(slave)
        os.set_blocking(self._master, False)
        fresh = self._link.with_name(self._link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(f"/proc/{os.getpid()}/fd/{self._handle}")
        fresh.replace(self._link)
        self._look()

    def _detach(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._clear()
        self._loop.remove_reader(self._master)
        self._loop.remove_writer(self._master)
        self.is_open = False

    def _clear(self) -> None:
        """What is underway is lost."""
        self._unsent.clear()
        for piece in self._underway.values():
            piece.cancel()
        self._underway.clear()

    def _look(self) -> None:
        poller = select.poll()
        poller.register(self._master, select.POLLIN)
        events = dict(poller.poll(0)).get(self._master, 0)
        if events & select.POLLHUP and not events & select.POLLIN:
            self._timer = self._loop.call_later(_LOOK_SECONDS, self._look)
        else:
            self.is_open = True
            self._loop.add_reader(self._master, self._readable)

    def _readable(self) -> None:
        try:
            data = os.read(self._master, self._incoming.piece if self._incoming else _CHUNK)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return
            self._hung_up()
            return
        if self._incoming is None:
            self._received(data)
            return
        self._loop.remove_reader(self._master)
        at = self._incoming.after(len(data))
        self._underway["in"] = self._loop.call_at(at, self._arrived, data)

    def _arrived(self, data: bytes) -> None:
        self._underway.pop("in")
        self._loop.add_reader(self._master, self._readable)
        self._received(data)

    def _send_piece(self, pace: Pace) -> None:
        at = pace.after(min(pace.piece, len(self._unsent)))
        self._underway["out"] = self._loop.call_at(at, self._sent_piece, pace)

    def _sent_piece(self, pace: Pace) -> None:
        self._underway.pop("out")
        try:
            del self._unsent[: os.write(self._master, self._unsent[: pace.piece])]
        except BlockingIOError:
            pass  # who reads slowly holds nothing up but the line
        except OSError:
            self._unsent.clear()
        if self._unsent:
            self._send_piece(pace)

    def _hung_up(self) -> None:
        self._loop.remove_reader(self._master)
        self._loop.remove_writer(self._master)
        self._clear()
        self.is_open = False
        self._timer = self._loop.call_later(_LOOK_SECONDS, self._look)
        self._closed()

    def _flush(self) -> None:
        try:
            while self._unsent:
                count = os.write(self._master, self._unsent[:_WRITE])
                del self._unsent[:count]
            self._loop.remove_writer(self._master)
        except BlockingIOError:
            self._loop.add_writer(self._master, self._flush)
        except OSError:
            self._unsent.clear()

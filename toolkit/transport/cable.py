"""A node's port over its cable: whoever connects here talks to the node, by link or by text.

The node is started from the prompt of the board, and told that somebody is at the line; what is
sent then is in micros/core/cable.py. Here a port of this computer, for one connection at a time,
stands for the node's own: whatever talks over the network talks over the cable, too.
"""

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Self

import serial

from toolkit.model.errors import NodeError, PortError, ToolkitError
from toolkit.model.patience import patient
from toolkit.transport import holding
from toolkit.transport.port import SerialLine, gone
from toolkit.transport.repl import Repl

_START, _STOP, _ESCAPE, _FLIP = 2, 3, 27, 64
_READ, _BEGIN, _END = b"\x1b.", b"\x1bB\x1b.", b"\x1bE\x1b."
_PIECE = 96  # bytes, escapes not counted
_FRAME = 256  # bytes: what is longer is none, but what a load module has printed
_STARTING = patient(30.0)  # seconds until a node listens at its line
_HELD = patient(15.0)  # seconds for which a node may hear nothing: a scan, a name to be looked up
_LEAVING = patient(1.0)  # seconds for the end of a conversation
_SILENT = 3.0  # seconds until a node that says nothing is asked whether it still listens
_STALLED = 15.0  # seconds for which a client may take nothing
_SETTLING = patient(6.0)  # seconds in which a node that has crashed writes down why
_GLANCE = 0.05  # seconds between two looks whether it is all over
_PROGRAM = "link=1\nexec(open('/main.py').read())"
_HERE = "127.0.0.1"

Prepare = Callable[[Repl], object]  # what is to be done at the prompt, before each start


class Frames:
    """What a node says on its line, told from what is printed there."""

    def __init__(self) -> None:
        self._frame: bytearray | None = None
        self._escaped = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames that these bytes complete: a sign, and bytes behind it."""
        for byte in data:
            if byte == _START:
                self._frame, self._escaped = bytearray(), False
            elif self._frame is None:
                continue
            elif byte == _STOP:
                frame, self._frame = bytes(self._frame), None
                yield frame
            elif byte == _ESCAPE:
                self._escaped = True
            elif len(self._frame) == _FRAME:
                self._frame = None
            else:
                self._frame.append(byte ^ _FLIP if self._escaped else byte)
                self._escaped = False


def pieces(data: bytes) -> Iterator[bytes]:
    """The data as it goes over the line."""
    for start in range(0, len(data), _PIECE):
        signs = (
            bytes((_ESCAPE, byte ^ _FLIP)) if byte in (_STOP, _ESCAPE) else bytes((byte,))
            for byte in data[start : start + _PIECE]
        )
        yield b"".join(signs) + _READ


class Line:
    """A board whose node listens at its line, as long as there is no `problem`."""

    def __init__(self, device: str, prepare: Prepare, over: threading.Event) -> None:
        self.device = device
        self.problem: ToolkitError | None = None
        self.ended = threading.Event()  # the node has hung up, or is gone
        self._over = over  # nobody needs it any more
        self._told: Callable[[bytes], None] | None = None  # gets what the node says to its client
        self._ready, self._begun, self._read = (threading.Event() for _ in range(3))
        self._frames = Frames()
        with ExitStack() as unless_open:
            repl = unless_open.enter_context(Repl(device))
            prepare(repl)
            self._line: SerialLine = repl.start(_PROGRAM)
            self._thread = threading.Thread(target=self._listen, daemon=True)
            self._thread.start()
            unless_open.callback(self.close)
            if not self._happens(self._ready, _STARTING):
                raise self.problem or NodeError(
                    f"the board on {device} has no node that takes its shell over the cable: give "
                    "it this release (-r), or make a node of it (-m)"
                )
            unless_open.pop_all()

    def close(self) -> None:
        """Let the line go; the node still waits there."""
        self.problem = self.problem or PortError(f"{self.device} was left")
        with suppress(OSError, serial.SerialException):
            self._line.close()
        self._thread.join(2)

    def begin(self, told: Callable[[bytes], None]) -> None:
        """Begin a conversation."""
        self._told = told
        self.ended.clear()
        self._begun.clear()
        self._send(_BEGIN)
        self._wait(self._begun)

    def say(self, data: bytes) -> None:
        """Say something, piece by piece as the node reads."""
        for piece in pieces(data):
            self._send(piece)

    def ask(self) -> None:
        """NodeError where nobody listens there any more."""
        self._send(_READ)

    def end(self) -> None:
        """End the conversation; a node that does not hear it now is asked again by the next."""
        self._told = None
        if not self.problem:
            with suppress(OSError, serial.SerialException):
                self._read.clear()
                self._line.write(_END)
                self._happens(self._read, _LEAVING)

    def _send(self, piece: bytes) -> None:
        self._read.clear()
        try:
            self._line.write(piece)
        except (OSError, serial.SerialException) as error:
            self.problem = gone(self.device, error)
            raise self.problem from error
        self._wait(self._read)

    def _wait(self, event: threading.Event) -> None:
        if not self._happens(event, _HELD):
            if not (self.ended.is_set() or self._over.is_set()):
                self.problem = self.problem or NodeError(
                    f"nobody listens at {self.device} any more: the node hangs, or has restarted"
                )
            raise self.problem or NodeError("the node has hung up")

    def _happens(self, event: threading.Event, patience: float) -> bool:
        """Whether it does, before the patience ends, or all of this."""
        give_up = time.monotonic() + patience
        while not event.wait(_GLANCE):
            ended = self.ended.is_set() and event is not self._ready
            if self.problem or ended or self._over.is_set() or time.monotonic() > give_up:
                return False
        return not self.problem

    def _listen(self) -> None:
        try:
            while self.problem is None:
                for frame in self._frames.feed(self._line.read(max(1, self._line.in_waiting))):
                    self._hear(frame[:1], frame[1:])
        except (OSError, serial.SerialException, TypeError) as error:
            self.problem = self.problem or gone(self.device, error)
        self.ended.set()

    def _hear(self, sign: bytes, data: bytes) -> None:
        told = self._told
        if sign == b"D" and told:
            try:
                told(data)
            except OSError:  # it has hung up, or stalls
                self._told = None
                self.ended.set()
        elif sign == b"E":
            self.ended.set()
        elif sign == b"X":
            self.problem = NodeError(f"the node on {self.device} has restarted")
        for known, event in ((b"R", self._ready), (b"B", self._begun), (b"A", self._read)):
            if sign == known:
                event.set()


class Bridge:
    """A port of this computer that is the node's, inside `with`; the node waits there afterwards.

    Only processes of the same user are let in, where the system tells (Linux). `problem` is why
    the last connection came to nothing.
    """

    def __init__(self, device: str, prepare: Prepare = lambda _: None) -> None:
        self.problem: ToolkitError | None = None
        self._device = device
        self._prepare = prepare
        self._line: Line | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def place(self) -> tuple[str, int]:
        """Address and port to connect to."""
        address, port = self._ear.getsockname()
        return str(address), int(port)

    def __enter__(self) -> Self:
        self._line = Line(self._device, self._prepare, self._over)
        self._ear = socket.create_server((_HERE, 0))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._over.set()
            with suppress(OSError):  # who waits for a connection wakes up
                self._ear.shutdown(socket.SHUT_RDWR)
            self._ear.close()
            self._thread.join(_HELD)
        finally:
            if self._line:
                self._settle(self._line)

    @staticmethod
    def _settle(line: Line) -> None:
        """Leave a line; a node that has restarted is not disturbed before it knows why."""
        restarted = isinstance(line.problem, NodeError)
        line.close()
        if restarted:
            time.sleep(_SETTLING)

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, (_, port) = self._ear.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                if not holding.is_own_client(port):
                    continue
                try:
                    self._carry(connection, self._opened())
                except ToolkitError as error:
                    self.problem = error

    def _opened(self) -> Line:
        """The line; where the board has restarted meanwhile the node is started there again."""
        if self._line and self._line.problem:
            self._settle(self._line)
            self._line = None
        self._line = self._line or Line(self._device, self._prepare, self._over)
        return self._line

    def _carry(self, connection: socket.socket, line: Line) -> None:
        connection.settimeout(_STALLED)
        try:
            line.begin(connection.sendall)
            asked = time.monotonic()
            while not (line.ended.is_set() or line.problem or self._over.is_set()):
                if select.select([connection], [], [], _GLANCE)[0]:
                    data = connection.recv(1024)
                    if not data:
                        return
                    line.say(data)
                    asked = time.monotonic()
                elif time.monotonic() > asked + _SILENT:
                    line.ask()
                    asked = time.monotonic()
            if line.problem:
                raise line.problem
        finally:
            line.end()

"""A node's port over its cable: whoever connects here talks to the node, by link or by text.

The node is started from the prompt of the board, and told that somebody is at the line; what is
sent then is in micros/core/cable.py. Here a port of this computer, for one connection at a time,
stands for the node's own: whatever talks over the network talks over the cable, too.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self

import serial

from toolkit.model.errors import NodeError, PortError, ToolkitError
from toolkit.model.patience import patient
from toolkit.transport.port import SerialLine, gone
from toolkit.transport.repl import Repl

_START, _STOP, _ESCAPE, _FLIP = 2, 3, 27, 64
_READ, _BEGIN, _END = b"\x1b.", b"\x1bB\x1b.", b"\x1bE\x1b."
_PIECE = 96  # bytes
_STARTING = patient(30.0)  # seconds until a node listens at its line
_READING = patient(15.0)  # seconds for a piece: as long as a node waits for a client that stalls
_TURNING = patient(4.0)  # seconds for the begin of a conversation
_LEAVING = patient(1.0)  # seconds for its end: after `reboot` nobody hears of it
_SILENT = patient(3.0)  # seconds until a node that says nothing is asked whether it still listens
_PROGRAM = "link=1\nexec(open('/main.py').read())"
_HERE = "127.0.0.1"


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
            else:
                self._frame.append(byte ^ _FLIP if self._escaped else byte)
                self._escaped = False


def pieces(data: bytes) -> Iterator[bytes]:
    """The data as it goes over the line."""
    piece = b""
    for byte in data:
        sign = bytes((_ESCAPE, byte ^ _FLIP)) if byte in (3, _ESCAPE) else bytes((byte,))
        if len(piece) + len(sign) > _PIECE - len(_READ):
            yield piece + _READ
            piece = b""
        piece += sign
    if piece:
        yield piece + _READ


class Line:
    """A board whose node listens at its line; `told` gets what the node says to its client."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.problem: ToolkitError | None = None  # why nothing more comes
        self.told: Callable[[bytes], None] | None = None
        self.ended = threading.Event()  # the node has hung up, or is gone
        self._ready, self._begun, self._read = (threading.Event() for _ in range(3))
        self._frames = Frames()
        self._line: SerialLine = Repl(device).start(_PROGRAM)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        if not self._ready.wait(_STARTING):
            self.close()
            raise self.problem or NodeError(
                f"the board on {device} has no node that takes its shell over the cable: give it "
                "this release (-r), or make a node of it (-m)"
            )

    def close(self) -> None:
        """Let the line go; the node still waits there."""
        self.problem = self.problem or PortError(f"{self.device} was left")
        with suppress(OSError, serial.SerialException):
            self._line.close()
        self._thread.join(2)

    def begin(self, told: Callable[[bytes], None]) -> None:
        """Begin a conversation."""
        self.told = told
        self.ended.clear()
        self._begun.clear()
        self._send(_BEGIN, _TURNING)
        self._wait(self._begun, _TURNING)

    def say(self, data: bytes) -> None:
        """Say something, piece by piece as the node reads."""
        for piece in pieces(data):
            self._send(piece, _READING)

    def ask(self) -> None:
        """NodeError where nobody listens there any more."""
        self._send(_READ, _TURNING)

    def end(self) -> None:
        """End the conversation."""
        with suppress(ToolkitError):
            if not self.ended.is_set():
                self._send(_END, _LEAVING)

    def _send(self, piece: bytes, patience: float) -> None:
        self._read.clear()
        try:
            self._line.write(piece)
        except (OSError, serial.SerialException) as error:
            raise gone(self.device, error) from error
        self._wait(self._read, patience)

    def _wait(self, event: threading.Event, patience: float) -> None:
        give_up = time.monotonic() + patience
        while not event.wait(0.05):
            if self.problem or self.ended.is_set():
                raise self.problem or NodeError("the node has hung up")
            if time.monotonic() > give_up:  # it has restarted without us, or hangs
                self.problem = NodeError(f"nobody listens at {self.device} any more")
                raise self.problem

    def _listen(self) -> None:
        try:
            while self.problem is None:
                for frame in self._frames.feed(self._line.read(max(1, self._line.in_waiting))):
                    self._hear(frame)
        except (OSError, serial.SerialException, TypeError) as error:
            self.problem = self.problem or gone(self.device, error)
        self.ended.set()
        self._ready.set()

    def _hear(self, frame: bytes) -> None:
        sign, data = frame[:1], frame[1:]
        if sign == b"D" and self.told:
            self.told(data)
        elif sign == b"E":
            self.ended.set()
        for known, event in ((b"R", self._ready), (b"B", self._begun), (b"A", self._read)):
            if sign == known:
                event.set()


class Bridge:
    """A port of this computer that is the node's, inside `with`; the board starts anew after it."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._line: Line | None = None
        self._ear = socket.create_server((_HERE, 0))
        self._closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def place(self) -> tuple[str, int]:
        """Address and port to connect to."""
        address, port = self._ear.getsockname()
        return str(address), int(port)

    def __enter__(self) -> Self:
        self._line = Line(self._device)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        with suppress(OSError):  # who waits for a connection wakes up
            self._ear.shutdown(socket.SHUT_RDWR)
        self._ear.close()
        self._thread.join(_READING)
        if self._line:
            self._line.close()

    def _serve(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._ear.accept()
            except OSError:
                return
            with connection, suppress(OSError, ToolkitError):
                self._carry(connection, self._opened())

    def _opened(self) -> Line:
        """The line; where the board has restarted meanwhile the node is started there again."""
        if self._line and self._line.problem:
            self._line.close()
            self._line = None
        self._line = self._line or Line(self._device)
        return self._line

    def _carry(self, connection: socket.socket, line: Line) -> None:
        line.begin(connection.sendall)
        connection.settimeout(0.05)
        asked = time.monotonic()
        try:
            while not (line.ended.is_set() or self._closing):
                try:
                    data = connection.recv(1024)
                except TimeoutError:
                    if time.monotonic() > asked + _SILENT:
                        line.ask()
                        asked = time.monotonic()
                    continue
                if not data:
                    break
                line.say(data)
        finally:
            line.end()

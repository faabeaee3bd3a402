"""Small scripted TCP peers on loopback: well-behaved nodes, old ones, hostile ones."""

import itertools
import os
import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TypeVar

from tests.support.threaded import Threaded
from toolkit.model.progress import Progress

T = TypeVar("T")
_numbers = itertools.count(1)


def _fresh_address() -> str:
    number = next(_numbers)
    return f"127.{80 + number // 250}.{os.getpid() % 250}.{number % 250 + 1}"


class Wire:
    """One accepted connection, seen from the peer."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def send(self, data: str | bytes) -> None:
        """Send, in one packet as far as possible."""
        self._connection.sendall(data.encode() if isinstance(data, str) else data)

    def line(self) -> str:
        """The next line; EOFError when the client has left."""
        while b"\n" not in self._buffer:
            data = self._connection.recv(4096)
            if not data:
                raise EOFError
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line.decode()

    def reset(self) -> None:
        """Hang up with a reset instead of an end."""
        now = struct.pack("ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)

    def hang_up(self) -> None:
        """End the connection now: whoever is told afterwards may rely on it."""
        self._connection.shutdown(socket.SHUT_RDWR)

    def wait_for_end(self) -> None:
        """Return when the client has hung up."""
        with suppress(EOFError):
            while True:
                self.line()


Script = Callable[[Wire], None]


class Peer(Threaded):
    """A listening peer; each connection is served by the script in a thread of its own."""

    def __init__(self, script: Script, address: str | None = None, port: int = 0) -> None:
        self.gone = threading.Event()  # a client that was served has left
        self._script = script
        # An address of its own: nothing that listens on this machine is met by accident.
        super().__init__(address or _fresh_address(), port)

    def serve(self, connection: socket.socket) -> None:
        """Say what the script says."""
        with connection, suppress(OSError, EOFError):
            self._script(Wire(connection))
        self.gone.set()


def node(
    name: str = "node01",
    uid: str = "240ac4000001",
    answers: dict[str, str] | None = None,
    *,
    password: str | None = None,
    prompt: str = "{prefix}{name} $ ",
    heard: list[str] | None = None,
) -> Script:
    """The script of a well-behaved node that answers from a table."""
    table = {"version": "0.1.0-0\n", **(answers or {})}

    def serve(wire: Wire) -> None:
        locked, configuring, reply = password is not None, False, ""
        while True:
            prefix = ("[password] " if locked else "") + ("[configure] " if configuring else "")
            shown = prompt.format(prefix=prefix, name=name)
            wire.send(reply + shown)
            reply = ""
            line = wire.line()
            if heard is not None:
                heard.append(line)
            if line == "hello":
                reply = f"hello:{name}:{uid}:dev\n"
            elif locked:
                if line != password:
                    wire.send("AuthFailed\nBye!\n")
                    return
                locked, reply = False, "AuthOk\n"
            elif line == "exit":
                wire.send("Bye!\n")
                return
            elif line in ("conf", "noconf"):
                configuring = line == "conf"
            else:
                reply = table.get(line, f"refused: unknown command {line!r}\n")

    return serve


def finish(work: Generator[Progress, None, T]) -> tuple[list[Progress], T]:
    """All the progress of an operation, and its result."""
    seen: list[Progress] = []
    while True:
        try:
            seen.append(next(work))
        except StopIteration as end:
            return seen, end.value

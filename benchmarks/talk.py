"""What programs get over the link: how fast it answers, against L1, and how fast files pass."""

import asyncio
import json
import os
import socket
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.air import secret_of
from benchmarks.nodes import PORT, Node, Trouble, Workshop
from benchmarks.speed import Ratio, compare, cores, place, running
from toolkit.transport.link import Link
from toolkit.transport.login import Handshake
from toolkit.transport.wire import CHUNK
from toolkit.virtual.chips import CHIPS

_ROUNDS = 30
_REQUESTS = 100  # of each kind in a round
_FILES = 9
_SIZE = 256 * 1024
_HELLO = {"op": "hello"}
_CALL = {"op": "call", "module": "switch", "function": "status"}


@dataclass(frozen=True)
class Talk:
    """Seconds of a request; bytes a second of a file that comes, and of one that goes."""

    hello: Ratio
    call: Ratio
    put: Ratio
    get: Ratio


class _Client:
    """An ordinary client of the link: one send a request, then its answer, whose tag it checks."""

    def __init__(self, node: Node) -> None:
        uid = node.board.mac.replace(":", "")
        login = Handshake(uid, secret_of(uid), node.address)
        self._socket = socket.create_connection((node.address, PORT), 30)
        self._left = b""
        self._socket.sendall(login.first + b"\n")
        second = self._line()
        while not second.startswith(b"{"):  # the prompt, for people
            second = self._line()
        self._socket.sendall(login.prove(second, json.loads(second)) + b"\n")
        admitted = login.verify(json.loads(self._line()))
        self._out, self._back = admitted.out, admitted.back
        self._number = 0

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, fields: dict[str, str]) -> object:
        """The value of a request."""
        self._number += 1
        line = json.dumps({"id": self._number, **fields}).encode()
        self._socket.sendall(line + b" " + self._out.tag(line) + b"\n")
        text, _, tag = self._line().rpartition(b" ")
        answer = json.loads(text)
        if tag != self._back.tag(text) or "ok" not in answer:
            raise Trouble(f"the link answered {text!r}")
        return answer["ok"]

    def _line(self) -> bytes:
        while b"\n" not in self._left:
            piece = self._socket.recv(4096)
            if not piece:
                raise Trouble("the node hung up in the middle of a measurement")
            self._left += piece
        line, _, self._left = self._left.partition(b"\n")
        return line


def measure(workshop: Workshop) -> Talk:
    """All of it, the node and its reference in turns."""
    node = workshop.node()
    with cores() as (first, _):
        hello, call = _answers(workshop, node, first)
        put, get = _copies(workshop, node, first)
    workshop.stop(node)
    return Talk(hello, call, put, get)


def _answers(workshop: Workshop, node: Node, core: int) -> tuple[Ratio, Ratio]:
    with running(workshop.engine, CHIPS["esp32"].heap) as (port, pid), ExitStack() as stack:
        place(core, 0, pid, node.pid)
        echo = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        client = _Client(node)
        stack.callback(client.close)

        def bare() -> None:
            echo.sendall(b"hello\n")
            echo.recv(64)

        kinds = (bare, lambda: client.ask(_HELLO), lambda: client.ask(_CALL))
        client.ask({**_CALL, "function": "load"})  # one that is in use: else it asks for its pin
        for ask in kinds:
            _median(ask)  # the first calls load what later ones find
        bares, hellos, calls = zip(
            *[[_median(ask) for ask in kinds] for _ in range(_ROUNDS)], strict=True
        )
    return compare(hellos, bares), compare(calls, bares)


def _median(ask: Callable[[], object]) -> float:
    """The median seconds of an answer."""
    times: list[float] = []
    for _ in range(_REQUESTS):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _copies(workshop: Workshop, node: Node, core: int) -> tuple[Ratio, Ratio]:
    heap = CHIPS["esp32"].heap
    with running(workshop.engine, heap, "copy.py") as (port, pid):
        place(core, 0, pid, node.pid)
        puts, gets = asyncio.run(_in_turns(node, port))
    return puts, gets


class _Bare:
    """The client of `copy.py`: the same bytes in the same pieces, and nothing around them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def put(self, data: bytes) -> None:
        self._writer.write(b"put %d\n" % len(data))
        for at in range(0, len(data), CHUNK):
            self._writer.write(data[at : at + CHUNK])
            await self._writer.drain()
        await self._reader.readline()

    async def get(self, size: int) -> bytes:
        self._writer.write(b"get %d\n" % size)
        return await self._reader.readexactly(size + 1)

    def close(self) -> None:
        self._writer.close()


async def _in_turns(node: Node, port: int) -> tuple[Ratio, Ratio]:
    uid = node.board.mac.replace(":", "")
    rates: list[list[float]] = []
    bare = _Bare(*await asyncio.open_connection("127.0.0.1", port))
    async with Link(node.address, PORT, uid=uid, secret=secret_of(uid)) as link:
        for _ in range(_FILES + 1):
            data = os.urandom(_SIZE)
            rates.append(
                [
                    await _rate(link.put("/copied", data)),
                    await _rate(bare.put(data)),
                    await _rate(link.get("/copied")),
                    await _rate(bare.get(_SIZE)),
                ]
            )
            if await link.get("/copied") != data:
                raise Trouble("a file came back as another one")
    bare.close()
    put, bare_put, get, bare_get = zip(*rates[1:], strict=True)  # the first one warms up
    return compare(put, bare_put), compare(get, bare_get)


async def _rate(copy: Awaitable[object]) -> float:
    """The bytes a second of one copy."""
    start = time.perf_counter()
    await copy
    return _SIZE / (time.perf_counter() - start)

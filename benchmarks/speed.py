"""How fast a node answers and what a command costs it, against L1 in turns."""

import os
import selectors
import socket
import statistics
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.nodes import BOARD_SIDE, PROMPT, Node, Session, Trouble, Workshop
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.engine import Engine

_ROUNDS = 60
_COMMANDS = 200  # of each kind in a round
_CONNECTIONS = 10
_CROWD_ROUNDS = 7
_CROWD_COMMANDS = 5000
_HELLO, _CALL = b"hello\n", b"switch status\n"


@dataclass(frozen=True)
class Ratio:
    """A figure of the node, that of L1, their ratio as the median of rounds, and its spread."""

    node: float
    reference: float
    ratio: float
    spread: float  # half of the distance between the quartiles of the ratio, in percent


@dataclass(frozen=True)
class Speed:
    """Seconds of a `hello`, CPU seconds of a command, commands a second of ten clients."""

    hello: Ratio
    cpu_hello: Ratio
    cpu_call: Ratio
    crowd: Ratio
    served: int


@dataclass(frozen=True)
class _Peer:
    """Who is asked: a connection, the line that is sent, how the answer ends, whose CPU it is."""

    socket: socket.socket
    line: bytes
    end: bytes
    pid: int


@contextmanager
def running(engine: Engine, heap: str, program: str = "echo.py") -> Generator[tuple[int, int]]:
    """L1, or another program beside it, on a free port: (port, pid)."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [*engine.command, "-X", f"heapsize={heap}", str(BOARD_SIDE / program), str(port)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        child.stdout.readline()
        yield port, child.pid
    finally:
        child.kill()
        child.communicate()


def cpu_seconds(pid: int) -> float:
    """The CPU time a process has used up, in nanoseconds where the kernel counts so."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


def _round(peer: _Peer) -> tuple[float, float]:
    """The median seconds of an answer, and the CPU seconds of a command."""
    times: list[float] = []
    before = cpu_seconds(peer.pid)
    for _ in range(_COMMANDS):
        start = time.perf_counter()
        peer.socket.sendall(peer.line)
        while not _take(peer.socket, peer.end):
            pass
        times.append(time.perf_counter() - start)
    return statistics.median(times), (cpu_seconds(peer.pid) - before) / _COMMANDS


def _take(client: socket.socket, end: bytes) -> bool:
    """Take what has come of an answer: is that its end?"""
    piece = client.recv(4096)
    if not piece:
        raise Trouble("the node hung up in the middle of a measurement")
    return piece.endswith(end)


def compare(node: Sequence[float], reference: Sequence[float]) -> Ratio:
    """Of rounds that took turns: each is compared with its neighbour."""
    ratios = [one / other for one, other in zip(node, reference, strict=True)]
    quartiles = statistics.quantiles(ratios, n=4)
    middle = statistics.median(ratios)
    spread = (quartiles[2] - quartiles[0]) / 2 / middle * 100
    return Ratio(statistics.median(node), statistics.median(reference), middle, spread)


def measure(workshop: Workshop) -> Speed:
    """All speeds, the node's and L1's in turns."""
    node = workshop.node()
    heap = CHIPS["esp32"].heap
    with running(workshop.engine, heap) as (port, pid), cores() as (first, last):
        # One client waits for one server: on one core, the turns they take cost always the same.
        place(first, 0, pid, node.pid)
        rounds = _alone(node, port, pid)
        place(last, pid, node.pid)
        crowd, served = _crowds(node, port)
    workshop.stop(node)
    (reference, hello, call) = ([row[kind] for row in rounds] for kind in range(3))
    return Speed(
        compare([time for time, _ in hello], [time for time, _ in reference]),
        compare([cpu for _, cpu in hello], [cpu for _, cpu in reference]),
        compare([cpu for _, cpu in call], [cpu for _, cpu in reference]),
        crowd,
        served,
    )


@contextmanager
def cores() -> Generator[tuple[int, int]]:
    """The first and the last core that may be used; this process has them all again afterwards."""
    usable = os.sched_getaffinity(0)
    try:
        yield min(usable), max(usable)
    finally:
        os.sched_setaffinity(0, usable)


def place(core: int, *processes: int) -> None:
    for process in processes:
        os.sched_setaffinity(process, {core})


def _alone(node: Node, port: int, pid: int) -> list[list[tuple[float, float]]]:
    with ExitStack() as stack:
        echo = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        shell = stack.enter_context(node.session())
        peers = (
            _Peer(echo, _HELLO, b"\n", pid),
            _Peer(shell.socket, _HELLO, PROMPT, node.pid),
            _Peer(shell.socket, _CALL, PROMPT, node.pid),
        )
        shell.say("switch load")  # one that is in use: else its status asks for its pin each time
        for peer in peers:
            _round(peer)  # the first calls load what later ones find
        return [[_round(peer) for peer in peers] for _ in range(_ROUNDS)]


def _crowds(node: Node, port: int) -> tuple[Ratio, int]:
    """Commands a second over ten connections, and how many of them were served."""

    def echo() -> socket.socket:
        return stack.enter_context(socket.create_connection(("127.0.0.1", port)))

    def shell() -> socket.socket:
        return stack.enter_context(Session(node.address)).socket

    rates: tuple[list[float], list[float]] = ([], [])
    served = _CONNECTIONS
    for _ in range(_CROWD_ROUNDS):
        for kind, connect, end in ((0, shell, PROMPT), (1, echo, b"\n")):
            with ExitStack() as stack:
                rate, counts = _crowd([connect() for _ in range(_CONNECTIONS)], end)
            rates[kind].append(rate)
            served = min(served, sum(count > 0 for count in counts))
    return compare(*rates), served


def _crowd(clients: Sequence[socket.socket], end: bytes) -> tuple[float, list[int]]:
    """Let every client send its next line as soon as it has its answer."""
    counts = [0] * len(clients)
    with selectors.DefaultSelector() as selector:
        for index, client in enumerate(clients):
            selector.register(client, selectors.EVENT_READ, index)
        start = time.perf_counter()
        for client in clients:
            client.sendall(_HELLO)
        asked = len(clients)
        while sum(counts) < _CROWD_COMMANDS:
            for key, _ in selector.select(10):
                index = int(key.data)
                if _take(clients[index], end):
                    counts[index] += 1
                    if asked < _CROWD_COMMANDS:
                        clients[index].sendall(_HELLO)
                        asked += 1
        took = time.perf_counter() - start
    return sum(counts) / took, counts

"""Peers of a node that are not polite, and what is looked at afterwards."""

import json
import selectors
import socket
import struct
import time
from typing import Self

from benchmarks.memory import OWN_COLLECTION
from benchmarks.nodes import PASSWORD, PORT, PROMPT, Heap, Node
from tests.support.boards import eventually

PATIENCE = 60.0  # seconds after which a test gives up; never a measure
_OWN = "127.0.0.1"
_LOOKS = 3


class Peer:
    """A plain socket to a node, from an address of its own when one is named."""

    def __init__(self, address: str, source: str = _OWN, *, small: bool = False) -> None:
        self.socket = socket.socket()
        if small:  # what is sent to it piles up at the node at once
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.socket.bind((source, 0))
        self.socket.settimeout(PATIENCE)
        self.socket.connect((address, PORT))
        self.heard = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> str:
        """What comes before the next prompt; OSError when the node hangs up."""
        while PROMPT not in self.heard:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionResetError(f"hung up after {self.heard[-100:]!r}")
            self.heard += piece
        before, _, self.heard = self.heard.partition(PROMPT)
        return before.decode(errors="replace").rstrip("\n")

    def say(self, line: str) -> str:
        self.send(line.encode() + b"\n")
        return self.answer()

    def logged_in(self) -> Self:
        """With the password said; OSError when there is no place now."""
        self.answer()
        said = self.say(PASSWORD)
        if not said.startswith("AuthOk"):
            raise ConnectionRefusedError(said)
        return self

    def reset(self) -> None:
        """Leave with a reset instead of an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def exchange(self, data: bytes, answers: int) -> list[str]:
        """Send while taking what comes, until so many prompts have come; the answers."""
        self.socket.setblocking(False)
        found: list[str] = []
        rest, last = memoryview(data), time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self.socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while len(found) < answers:
                for _, events in selector.select(1):
                    if events & selectors.EVENT_WRITE and rest:
                        rest = rest[self.socket.send(rest[:4096]) :]
                        if not rest:
                            selector.modify(self.socket, selectors.EVENT_READ)
                    if events & selectors.EVENT_READ:
                        piece = self.socket.recv(65536)
                        if not piece:
                            raise ConnectionResetError(f"hung up after {len(found)} answers")
                        self.heard += piece
                        last = time.monotonic()
                *more, self.heard = self.heard.split(PROMPT)
                found += [one.decode(errors="replace").rstrip("\n") for one in more]
                if time.monotonic() - last > PATIENCE:
                    raise TimeoutError(f"{len(found)} of {answers} answers, then silence")
        self.socket.settimeout(PATIENCE)
        return found


def place(address: str, source: str = _OWN) -> Peer:
    """A session, as soon as the node has a place for it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return Peer(address, source).logged_in()
        except OSError as error:
            if time.monotonic() > deadline:
                raise AssertionError(f"no place for {PATIENCE:.0f} s: {error}") from error
            time.sleep(0.2)


def served(peer: Peer) -> bool:
    return peer.say("hello").startswith("hello:node01:")


def at_rest(node: Node) -> Heap:
    """The heap when nobody is there any more, after a collection by the node itself.

    The best of some looks: once a minute a node calls itself.
    """
    with place(node.address) as peer:
        eventually(lambda: alone(node, peer), "the others' end")
    time.sleep(OWN_COLLECTION)
    return max((_look(node) for _ in range(_LOOKS)), key=lambda heap: heap.free)


def _look(node: Node) -> Heap:
    time.sleep(1)
    return node.heap()


def alone(node: Node, peer: Peer) -> bool:
    """Whether all places but that of `peer` are free."""
    if node.board.chip == "esp32":
        return json.loads(peer.say("status >json"))["sessions"] == 1
    try:  # of two places: the answer to status would take much of an ESP8266's memory
        with Peer(node.address, "127.66.250.250").logged_in() as second:
            return served(second) and served(peer)
    except OSError:
        return False


def same(before: Heap, after: Heap) -> bool:
    """Whether no more than one percent of the heap is gone."""
    print(f"free {before.free} -> {after.free}, largest {before.largest} -> {after.largest}")
    return before.free - after.free <= before.total / 100

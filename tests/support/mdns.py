"""Multicast DNS on loopback, apart from the product: who asks, and who answers whatever it is told.

The tests of several runs share one loopback: a name must be one of its own, see `fresh`.
"""

import secrets
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Self

from tests.support.boards import eventually

GROUP = ("224.0.0.251", 5353)
_PATIENCE, _SOON = 20.0, 0.2  # seconds for an answer that must come, and for one that must not
_LOOPBACK = socket.inet_aton("127.0.0.1")

Script = Callable[[bytes], Iterable[bytes]]  # a question: what is answered


def fresh() -> str:
    """A name that nobody else here has."""
    return f"m{secrets.token_hex(5)}"


def wire_name(name: str) -> bytes:
    return b"".join(bytes([len(it)]) + it.encode() for it in name.split(".")) + b"\0"


def question(name: str, number: int = 7, kind: int = 1) -> bytes:
    return struct.pack("!6H", number, 0, 1, 0, 0, 0) + wire_name(name) + struct.pack("!HH", kind, 1)


def claim(asked: bytes, *addresses: str, name: str = "", number: int | None = None) -> bytes:
    """The answer to a question that claims its name for the addresses."""
    whose = wire_name(name) if name else asked[12:-4]
    (own,) = struct.unpack_from("!H", asked)
    head = struct.pack("!6H", own if number is None else number, 0x8400, 0, len(addresses), 0, 0)
    row = whose + struct.pack("!HHIH", 1, 1, 10, 4)
    return head + b"".join(row + socket.inet_aton(one) for one in addresses)


def answers(name: str, wanted: int = 0, *, kind: int = 1) -> list[tuple[bytes, str]]:
    """What comes back for one question, and from where: so many, and what comes soon after."""
    found: list[tuple[bytes, str]] = []
    with _open("127.0.0.1", 0) as sock, suppress(TimeoutError):
        sock.sendto(question(name, kind=kind), GROUP)
        while True:
            sock.settimeout(_PATIENCE if len(found) < wanted else _SOON)
            data, (address, port) = sock.recvfrom(2048)
            assert port == GROUP[1], port
            found.append((data, address))
    return found


def send(data: bytes) -> None:
    """A datagram to all."""
    with _open("127.0.0.1", 0) as sock:
        sock.sendto(data, GROUP)


class Liar:
    """Answers questions for one name, from an address of its own, as the script says."""

    def __init__(
        self, name: str, script: Script, address: str = "127.0.0.1", port: int = GROUP[1]
    ) -> None:
        self.asked = 0
        self._name, self._script = name.encode(), script
        self._sender = _open(address, port)
        self._ear = listening()
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._ear, self._sender):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                asked, asker = self._ear.recvfrom(2048)
                if self._name in asked.lower() and asker != GROUP:
                    self.asked += 1
                    for data in self._script(asked):
                        self._sender.sendto(data, asker)


def listening() -> socket.socket:
    """An ear at the group, beside others."""
    sock = _open(GROUP[0], GROUP[1])
    member = socket.inet_aton(GROUP[0]) + _LOOPBACK
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    return sock


def _open(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, _LOOPBACK)
    sock.bind((address, port))
    return sock


def gone(name: str) -> None:
    """Wait until nobody answers to it."""
    eventually(lambda: not answers(name), f"the end of {name}")

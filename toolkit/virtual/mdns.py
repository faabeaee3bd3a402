"""What the firmware of a chip does for `<hostname>.local`: answers by multicast DNS (RFC 6762).

On loopback alone: neither the question nor the answer leaves this computer. Who asks from a port
of its own is answered there, with the question; who asks from mDNS's port, by multicast.
"""

import asyncio
import logging
import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from typing import NamedTuple

GROUP, PORT = "224.0.0.251", 5353
LOOPBACK = "127.0.0.1"
_HEADER = struct.Struct("!6H")
_QUESTION = struct.Struct("!HH")
_RECORD = struct.Struct("!HHIH")
_RESPONSE = 0x8400  # and who answers is the authority
_A, _ANY, _IN, _FLUSH = 1, 255, 1, 0x8000
_ONCE_TTL, _TTL = 10, 120  # seconds: for who asks once, and for those with a cache
_ALL_GROUPS = 49  # IP_MULTICAST_ALL of Linux: Python 3.11 has no name for it

_log = logging.getLogger(__name__)

Hosts = Callable[[str], Iterable[str]]


class Question(NamedTuple):
    """An asked name, in lower case and as it was sent, and the number of the question."""

    name: str
    sent: bytes
    number: int


class Responder(asyncio.DatagramProtocol):
    """Answers with the addresses that `hosts` knows for a name, each from that address."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = read(data)
        if question is None:
            return
        for address in self._hosts(question.name):
            with suppress(OSError):
                _send(answer(question, address, once=addr[1] != PORT), address, addr)


async def serve(hosts: Hosts, interface: str = LOOPBACK) -> asyncio.BaseTransport | None:
    """Begin to answer; None, and a line in the log, where this computer does not let us."""
    try:
        sock = _listening(interface)
    except OSError as error:
        _log.warning("no board answers to its .local name: %s", error)
        return None
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Responder(hosts), sock=sock)
    return transport


def read(data: bytes) -> Question | None:
    """The first question for the address of a `.local` name, None in anything else."""
    if len(data) < _HEADER.size:
        return None
    number, flags, questions, *_ = _HEADER.unpack_from(data)
    at = _HEADER.size
    labels: list[str] = []
    while at < len(data) and 0 < data[at] < 64:
        labels.append(data[at + 1 : at + 1 + data[at]].decode("ascii", "replace").lower())
        at += 1 + data[at]
    at += 1
    if flags & 0xF800 or not questions or len(labels) != 2 or labels[1] != "local":
        return None
    if data[at - 1 : at] != b"\0" or len(data) < at + _QUESTION.size:
        return None
    kind, group = _QUESTION.unpack_from(data, at)
    if kind not in (_A, _ANY) or group & ~_FLUSH != _IN:
        return None
    return Question(labels[0], data[_HEADER.size : at + _QUESTION.size], number)


def answer(question: Question, address: str, *, once: bool) -> bytes:
    """The address for a name; `once`: to one who repeats neither questions nor answers."""
    packed = socket.inet_aton(address)
    if once:
        head = _HEADER.pack(question.number, _RESPONSE, 1, 1, 0, 0) + question.sent
        return head + b"\xc0\x0c" + _RECORD.pack(_A, _IN, _ONCE_TTL, len(packed)) + packed
    name = question.sent[: -_QUESTION.size]
    head = _HEADER.pack(0, _RESPONSE, 0, 1, 0, 0) + name
    return head + _RECORD.pack(_A, _IN | _FLUSH, _TTL, len(packed)) + packed


def _send(data: bytes, address: str, asker: tuple[str, int]) -> None:
    with _socket() as sock:
        sock.bind((address, PORT))
        sock.sendto(data, (GROUP, PORT) if asker[1] == PORT else asker)


def _listening(interface: str) -> socket.socket:
    with ExitStack() as undo:
        sock = undo.enter_context(_socket())
        sock.bind((GROUP, PORT))
        sock.setsockopt(socket.IPPROTO_IP, _ALL_GROUPS, 0)  # what others joined is none of ours
        member = socket.inet_aton(GROUP) + socket.inet_aton(interface)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        undo.pop_all()
        return sock


def _socket() -> socket.socket:
    """With others beside us at mDNS's port: avahi, other supervisors."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    loopback = socket.inet_aton(LOOPBACK)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
    return sock

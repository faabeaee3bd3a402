"""Asks over UDP which nodes are there, and hears what they say: the only file that does so."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from toolkit.model.beacon import GROUP, PROBE
from toolkit.model.found import Endpoint
from toolkit.model.node import PORT

SECONDS = 1.5  # a node looks once a second, and waits up to 0.1 s with its answer
_TIMES = 3  # the question is sent: datagrams get lost
_BETWEEN = 0.2  # seconds
_MOST = 4096  # datagrams taken; more are none of nodes

Heard = Callable[[bytes, Endpoint], None]


@dataclass(frozen=True)
class Question:
    """Whom to ask: all around our own addresses, and single places, each as itself.

    `ears` are addresses at which nodes that have just started may announce themselves.
    """

    own: Sequence[IPv4Interface] = ()
    places: Sequence[Endpoint] = ()
    ears: Sequence[Endpoint] = ()


class _Ear(asyncio.DatagramProtocol):
    """Hands on what comes; that a place does not listen is no news."""

    def __init__(self, heard: Heard, budget: list[int]) -> None:
        self._heard, self._budget = heard, budget

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._budget[0]:
            self._budget[0] -= 1
            self._heard(data, (addr[0], addr[1]))


async def ask(question: Question, heard: Heard) -> None:
    """Send the question and hand on whatever comes back within SECONDS."""
    loop = asyncio.get_running_loop()
    budget = [_MOST]
    with ExitStack() as stack:
        sending: list[tuple[asyncio.DatagramTransport, list[Endpoint]]] = []
        for sock, targets in _sockets(question):
            made = await loop.create_datagram_endpoint(lambda: _Ear(heard, budget), sock=sock)
            transport = made[0]
            stack.callback(transport.close)
            sending.append((transport, targets))
        for _ in range(_TIMES):
            for transport, targets in sending:
                for target in targets:
                    transport.sendto(PROBE, target)
            await asyncio.sleep(_BETWEEN)
        await asyncio.sleep(max(SECONDS - _TIMES * _BETWEEN, 0))


def _sockets(question: Question) -> Iterator[tuple[socket.socket, list[Endpoint]]]:
    """What to listen at, and where to send from there; what this system refuses is left out."""
    for own in question.own:
        with suppress(OSError):
            everybody = str(own.network.broadcast_address)
            yield _shouting(str(own.ip)), [(everybody, PORT), (GROUP, PORT)]
    numeric = [place for place in question.places if _numeric(place[0])]
    if numeric:
        inside = all(IPv4Address(address).is_loopback for address, _ in numeric)
        with suppress(OSError):
            yield _shouting("127.0.0.1" if inside else ""), numeric
    for ear in question.ears:
        with suppress(OSError):
            yield _listening(ear, question.own), []


def _numeric(address: str) -> bool:
    """Names are not asked: to resolve one may take seconds."""
    with suppress(ValueError):
        return bool(IPv4Address(address))
    return False


def _shouting(address: str) -> socket.socket:
    with ExitStack() as undo:
        sock = undo.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        sock.bind((address, 0))
        if address:
            option = socket.inet_aton(address)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, option)
        undo.pop_all()
        return sock


def _listening(ear: Endpoint, own: Sequence[IPv4Interface]) -> socket.socket:
    with ExitStack() as undo:
        sock = undo.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # another search listens too
        sock.bind(ear)
        for one in own:
            member = socket.inet_aton(GROUP) + one.ip.packed
            with suppress(OSError):
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        undo.pop_all()
        return sock

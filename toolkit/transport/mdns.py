"""Asks all around who has a `.local` name: the only file of the desk that speaks multicast DNS.

One question from each of our addresses, from a port of its own, so that whoever answers sends the
answer back there (RFC 6762, 6.7). Anybody can answer: what comes is a hint.
"""

import asyncio
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import cast

from dns.exception import DNSException
from dns.flags import QR
from dns.message import Message, from_wire, make_query
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import A

from toolkit.model.errors import InputError
from toolkit.model.found import Endpoint
from toolkit.model.patience import patient

GROUP, PORT = "224.0.0.251", 5353
PAUSES = (patient(0.3), patient(0.5), patient(0.7))  # seconds after a question: datagrams get lost
OTHERS = patient(0.2)  # seconds that another host has to say the same name after the first
_MOST, _LONGEST = 256, 1500  # datagrams looked at, and bytes of one; a node's has a hundred
_FLUSH = 0x8000  # a bit of the class, which tells caches to forget what they have

Trusted = Callable[[str], bool]


async def addresses(name: str, own: Iterable[str], trusted: Trusted) -> list[str]:
    """Where the hosts are that claim a name, one address each, as long as they differ."""
    question = _question(name)
    with ExitStack() as stack:
        ear = _Ear(question, trusted)
        loop = asyncio.get_running_loop()
        wires: list[asyncio.DatagramTransport] = []
        for sock in _sockets(own):
            transport, _ = await loop.create_datagram_endpoint(lambda: ear, sock=sock)
            stack.callback(transport.close)
            wires.append(transport)
        for pause in PAUSES:
            for wire in wires:
                wire.sendto(question.to_wire(), (GROUP, PORT))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await ear.heard.wait()
                await asyncio.sleep(OTHERS)
                break
    return list(ear.found)


class _Ear(asyncio.DatagramProtocol):
    """Takes answers from whom they may come; what is none is no news."""

    def __init__(self, question: Message, trusted: Trusted) -> None:
        self.found: dict[str, None] = {}
        self.heard = asyncio.Event()
        self._question, self._trusted, self._left = question, trusted, _MOST

    def datagram_received(self, data: bytes, addr: Endpoint) -> None:
        source, port = addr
        self._left -= 1
        if self._left < 0 or len(data) > _LONGEST or port != PORT or not self._trusted(source):
            return
        told = [one for one in said(data, self._question) if self._trusted(one)]
        if told:
            # Of several addresses of one host the one that it answers from.
            self.found[source if source in told else told[0]] = None
            self.heard.set()


def said(data: bytes, question: Message) -> list[str]:
    """The addresses in an answer to the question, none in what is something else."""
    try:
        answer = from_wire(data, ignore_trailing=True)
    except DNSException:
        return []
    if answer.id != question.id or not answer.flags & QR:
        return []
    name = question.question[0].name
    records = [
        cast(bytes, one.to_wire())
        for rows in answer.answer
        if rows.name == name and rows.rdtype == A and rows.rdclass & ~_FLUSH == IN
        for one in cast(Iterable[Rdata], rows)
    ]
    # What has the flush bit is of no class that the library knows: its length is not checked.
    return [socket.inet_ntoa(one) for one in records if len(one) == 4]


def _question(name: str) -> Message:
    try:
        question = make_query(name, A)
    except DNSException as error:
        raise InputError(f"expected a name such as node01.local, got {name!r}") from error
    question.flags = 0
    return question


def _sockets(own: Iterable[str]) -> Iterator[socket.socket]:
    """One for each of our addresses; what this system refuses is left out."""
    for address in own:
        with suppress(OSError), ExitStack() as undo:
            sock = undo.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
            sock.bind((address, 0))
            undo.pop_all()
            yield sock

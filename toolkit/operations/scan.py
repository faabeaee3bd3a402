"""Search the network for nodes: who accepts a connection and answers `hello`."""

import asyncio
import os
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from toolkit.model.cache import Cache
from toolkit.model.errors import InputError, NodeError
from toolkit.model.node import PORT, Node, parse_hello
from toolkit.model.progress import Progress
from toolkit.transport.framing import QUIET, Framing, Reply
from toolkit.transport.interfaces import own_addresses

AT_ONCE = 128  # connections; a desk's own limit of open files is often 256
CONNECT_TIMEOUT = 2.0  # a node that saves power wakes up within a second
ANSWER_TIMEOUT = 4.0  # in all, for what a node is asked
ANSWER_LIMIT = 4096  # bytes of an answer to `hello` or `version`
HOSTS_PER_INTERFACE = 1024
SMALLEST_PREFIX = 24  # a larger network is searched only around our own address
OVERRIDE = "MICROS_NETWORKS"

Endpoint = tuple[str, int]


@dataclass(frozen=True)
class Found:
    """A node that answered. A node that wants a login first does not tell its version."""

    uid: str
    name: str
    address: str
    port: int
    kind: str
    version: str | None

    @property
    def node(self) -> Node:
        """What is worth remembering."""
        return Node(self.uid, self.name, self.address, self.port)


@dataclass(frozen=True)
class Findings:
    """What a search found, and what a person should look at."""

    found: tuple[Found, ...]
    notices: tuple[str, ...] = field(default=())


def search(
    cache: Cache,
    networks: Sequence[IPv4Network] | None = None,
    boards: Iterable[Endpoint] = (),
) -> Generator[Progress, None, Findings]:
    """Look around, at all addresses known before and at `boards`; keep what is found."""
    known = cache.nodes()
    endpoints = [(node.address, node.port) for node in known]
    found = yield from scan(
        local_networks() if networks is None else networks, [*boards, *endpoints]
    )
    findings = sift(found, known)
    cache.remember(*(one.node for one in findings.found))
    return findings


def scan(
    networks: Sequence[IPv4Network], known: Iterable[Endpoint] = ()
) -> Generator[Progress, None, list[Found]]:
    """Ask every address of the networks, and the known ones, who is there."""
    endpoints = targets(networks, known)
    found: list[Found] = []
    for done, answer in enumerate(_answers(endpoints), 1):
        if answer:
            found.append(answer)
        note = f"{len(found)} node{'s' if len(found) != 1 else ''} found"
        yield Progress("search", done, len(endpoints), "addresses", note)
    return sorted(found, key=_place)


def sift(found: Iterable[Found], known: Iterable[Node]) -> Findings:
    """One entry for each node, and a sentence for each thing that should not be.

    Of a uid that answers at several addresses the one known before stays: a newcomer must not
    take over a node's place by claiming its uid.
    """
    places = {node.uid: (node.address, node.port) for node in known}
    by_uid: dict[str, list[Found]] = {}
    for one in found:
        by_uid.setdefault(one.uid, []).append(one)
    kept: list[Found] = []
    notices: list[str] = []
    for uid, several in by_uid.items():
        several.sort(key=lambda one: (one.address, one.port) != places.get(uid))
        kept.append(several[0])
        if len(several) > 1:
            where = ", ".join(one.node.endpoint for one in several)
            notices.append(f"{several[0].name} ({uid}) answers at several addresses: {where}")
    return Findings(tuple(sorted(kept, key=_place)), (*notices, *_same_names(kept)))


def targets(networks: Sequence[IPv4Network], known: Iterable[Endpoint]) -> list[Endpoint]:
    """What to ask: known places first, each once."""
    around = ((str(host), PORT) for network in networks for host in network.hosts())
    return list(dict.fromkeys([*known, *around]))


def local_networks() -> list[IPv4Network]:
    """Where to search: around our own private addresses, or what MICROS_NETWORKS says."""
    override = os.environ.get(OVERRIDE)
    if override is not None:
        return list(parse_networks(override))
    return bounded(own_addresses())


def parse_networks(text: str) -> Iterator[IPv4Network]:
    """`10.0.0.0/24, 10.0.1.7` as networks."""
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            network = IPv4Network(part, strict=False)
        except ValueError as error:
            raise InputError(
                f"{OVERRIDE}: expected networks such as 10.0.0.0/24, got {part!r}"
            ) from error
        if network.num_addresses > HOSTS_PER_INTERFACE:
            raise InputError(
                f"{OVERRIDE}: {network} has {network.num_addresses} addresses, "
                f"no more than {HOSTS_PER_INTERFACE} are searched"
            )
        yield network


def bounded(addresses: Iterable[tuple[str, IPv4Interface]]) -> list[IPv4Network]:
    """The networks around our own private addresses, at most 1024 hosts for an interface."""
    room: dict[str, int] = {}
    networks: dict[IPv4Network, None] = {}
    for name, own in addresses:
        if not _searchable(own):
            continue
        network = IPv4Network((own.ip, max(own.network.prefixlen, SMALLEST_PREFIX)), strict=False)
        left = room.setdefault(name, HOSTS_PER_INTERFACE)
        if network not in networks and network.num_addresses <= left:
            room[name] = left - network.num_addresses
            networks[network] = None
    return list(networks)


def _searchable(own: IPv4Interface) -> bool:
    """Neighbours that may be nodes: not ourselves, not the Internet, not a tunnel's other end."""
    address: IPv4Address = own.ip
    return (
        address.is_private
        and not address.is_loopback
        and not address.is_link_local
        and own.network.prefixlen <= 30
    )


def _same_names(kept: Iterable[Found]) -> Iterator[str]:
    by_name: dict[str, list[Found]] = {}
    for one in kept:
        by_name.setdefault(one.name, []).append(one)
    for name, several in by_name.items():
        if len(several) > 1:
            who = ", ".join(f"{one.uid} at {one.node.endpoint}" for one in several)
            yield f"several nodes are called {name}: {who}; use the uid, and rename one (devfid)"


def _place(one: Found) -> tuple[bytes, int]:
    """Addresses in the order of a person: 10.0.0.9 before 10.0.0.10."""
    with suppress(ValueError):
        return IPv4Address(one.address).packed, one.port
    return one.address.encode(), one.port


def _answers(endpoints: Sequence[Endpoint]) -> Iterator[Found | None]:
    """Ask them all, so many at once; each answer as it comes."""
    with asyncio.Runner() as runner:  # which ends what is still running when we are left early
        answered: asyncio.Queue[asyncio.Task[Found | None]] = asyncio.Queue()
        runner.run(_start(endpoints, answered))
        for _ in endpoints:
            yield runner.run(answered.get()).result()


async def _start(
    endpoints: Sequence[Endpoint], answered: asyncio.Queue[asyncio.Task[Found | None]]
) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def ask(endpoint: Endpoint) -> Found | None:
        async with room:
            return await _ask(*endpoint)

    for endpoint in endpoints:
        asyncio.create_task(ask(endpoint)).add_done_callback(answered.put_nowait)


async def _ask(address: str, port: int) -> Found | None:
    """Who is there, if anybody; whatever else listens is left within a bounded time."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            reader, writer = await asyncio.open_connection(address, port)
    except (OSError, UnicodeError):  # a timeout is the first; the second: no name at all
        return None
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT):
            return await _introduce(address, port, reader, writer)
    except (OSError, EOFError, NodeError):
        return None
    finally:
        writer.close()


async def _introduce(
    address: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Found | None:
    framing = Framing(ANSWER_LIMIT)
    await _reply(reader, framing)
    writer.write(b"hello\n")
    reply = await _reply(reader, framing)
    hello = parse_hello(reply.text)
    if hello is None:
        return None
    version = None
    if not reply.locked:
        writer.write(b"version\n")
        version = _version((await _reply(reader, framing)).text)
    return Found(hello.uid, hello.name, address, port, hello.kind, version)


def _version(text: str) -> str | None:
    found = re.search(r"\d{1,5}\.\d{1,5}\.\d{1,5}-\d{1,5}", text)
    return found[0] if found else None


async def _reply(reader: asyncio.StreamReader, framing: Framing) -> Reply:
    while True:
        quiet = False
        try:
            async with asyncio.timeout(QUIET if framing.plausible else ANSWER_TIMEOUT):
                data = await reader.read(4096)
            if not data:
                raise EOFError
            framing.feed(data)
        except TimeoutError:
            quiet = True
        reply = framing.reply(quiet=quiet)
        if reply:
            return reply

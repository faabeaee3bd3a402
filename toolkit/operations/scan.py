"""Search the network for nodes: who says over UDP that it is one, who answers `hello` over TCP."""

import asyncio
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from toolkit.model.cache import Cache
from toolkit.model.errors import NodeError
from toolkit.model.found import Endpoint, Findings, Found
from toolkit.model.node import PORT, Node, parse_hello
from toolkit.model.progress import Progress
from toolkit.operations.around import Around, here
from toolkit.operations.hints import Hints
from toolkit.transport import beacons
from toolkit.transport.beacons import Question
from toolkit.transport.framing import QUIET, Framing, Reply

AT_ONCE = 128  # connections; a desk's own limit of open files is often 256
CONNECT_TIMEOUT = 2.0  # a node that saves power wakes up within a second
ANSWER_TIMEOUT = 4.0  # in all, for what a node is asked
ANSWER_LIMIT = 4096  # bytes of an answer to `hello` or `version`
MOST_NOTICES = 10  # of a kind
_NAMED = 8  # nodes in one of them


def search(
    cache: Cache,
    networks: Sequence[IPv4Network] | None = None,
    boards: Iterable[Endpoint] = (),
    ears: Sequence[Endpoint] | None = None,
) -> Generator[Progress, None, Findings]:
    """Look around, at all addresses known before and at `boards`; keep what was confirmed.

    Everybody is asked over UDP, and every address over TCP too: what beacons say is a hint.
    """
    around = here() if networks is None else Around(tuple(networks))
    known = cache.nodes()
    places = [*boards, *((node.address, node.port) for node in known)]
    hints = Hints(around, places)
    if ears is None:
        ears = [("", PORT)] if around.own else []  # nobody beyond our networks is listened to
    alone = places if around.own else targets(around.networks, places)
    alone = [*dict.fromkeys((address, PORT) for address, _ in alone)]
    question = Question(around.own, alone, ears)
    found = yield from _followed(_Round(targets(around.networks, places), hints, question))
    findings = sift(hints.judged(found), known)
    cache.remember(*(one.node for one in findings.found if one.proved))
    return replace(findings, notices=(*findings.notices, *_some(hints.notices(found))))


def scan(
    networks: Sequence[IPv4Network], known: Iterable[Endpoint] = ()
) -> Generator[Progress, None, list[Found]]:
    """Ask every address of the networks, and the known ones, who is there: over TCP alone."""
    return (yield from _followed(_Round(targets(networks, known))))


def _followed(work: "_Round") -> Generator[Progress, None, list[Found]]:
    """See a round through; its last word is said when it is over."""
    found: dict[Endpoint, Found] = {}
    with asyncio.Runner() as runner:  # which ends what is still running when we are left early
        runner.run(work.start())
        while not work.over:
            answer = runner.run(work.news())
            if answer:
                found[answer.address, answer.port] = answer
            note = f"{len(found)} node{'s' if len(found) != 1 else ''} found"
            if work.done < work.total or work.over:
                yield Progress("search", work.done, work.total, "addresses", note)
    return sorted(found.values(), key=_place)


def sift(found: Iterable[Found], known: Iterable[Node]) -> Findings:
    """One entry for each node, and a sentence for each thing that should not be.

    Of a uid that answers at several addresses the one known before stays: a newcomer must not
    take over a node's place by claiming its uid. Who does not prove it never takes one over.
    """
    places = {node.uid: (node.address, node.port) for node in known}
    by_uid: dict[str, list[Found]] = {}
    for one in found:
        by_uid.setdefault(one.uid, []).append(one)
    kept: list[Found] = []
    notices: list[str] = []
    for uid, several in by_uid.items():
        several.sort(key=lambda one: (not one.proved, (one.address, one.port) != places.get(uid)))
        kept.append(several[0])
        if len(several) > 1:
            where = ", ".join(_where(one) for one in several[:_NAMED])
            notices.append(f"{several[0].name} ({uid}) answers at several addresses: {where}")
    return Findings(tuple(sorted(kept, key=_place)), (*_some(notices), *_some(_same_names(kept))))


def _where(one: Found) -> str:
    return one.node.endpoint + ("" if one.proved else " (unproved)")


def targets(networks: Sequence[IPv4Network], known: Iterable[Endpoint]) -> list[Endpoint]:
    """What to ask: known places first, each once."""
    around = ((str(host), PORT) for network in networks for host in network.hosts())
    return list(dict.fromkeys([*known, *around]))


def _some(notices: Iterable[str]) -> list[str]:
    """As many of them as a person may read."""
    all_of_them = list(notices)
    left = len(all_of_them) - MOST_NOTICES
    return all_of_them if left <= 0 else [*all_of_them[:MOST_NOTICES], f"and {left} more such"]


def _same_names(kept: Iterable[Found]) -> Iterator[str]:
    by_name: dict[str, list[Found]] = {}
    for one in kept:
        by_name.setdefault(one.name, []).append(one)
    for name, several in by_name.items():
        if len(several) > 1:
            who = ", ".join(f"{one.uid} at {_where(one)}" for one in several[:_NAMED])
            yield f"several nodes are called {name}: {who}; use the uid, and rename one (devfid)"


def _place(one: Found) -> tuple[bytes, int]:
    """Addresses in the order of a person: 10.0.0.9 before 10.0.0.10."""
    with suppress(ValueError):
        return IPv4Address(one.address).packed, one.port
    return one.address.encode(), one.port


class _Round:
    """Asks all places, so many at once, those too that beacons name meanwhile."""

    def __init__(
        self,
        places: Sequence[Endpoint],
        hints: Hints | None = None,
        question: Question | None = None,
    ) -> None:
        self.done = self.total = 0
        self._places, self._hints, self._question = places, hints, question
        self._asked: set[Endpoint] = set()
        self._silent: set[Endpoint] = set()
        self._listening = question is not None

    @property
    def over(self) -> bool:
        """Whether there is no more to come."""
        return self.done == self.total and not self._listening

    async def start(self) -> None:
        """Let everything begin."""
        self._room = asyncio.Semaphore(AT_ONCE)
        self._news: asyncio.Queue[asyncio.Task[Found | None] | None] = asyncio.Queue()
        for place in self._places:
            self._ask(place)
        if self._question:
            self._listener = asyncio.create_task(self._listen(self._question))

    async def news(self) -> Found | None:
        """What the next place says; None too when it is no node, or the listening is over."""
        ended = await self._news.get() if not self.over else None
        if ended is None:
            return None
        self.done += 1
        return ended.result()

    def _ask(self, place: Endpoint) -> None:
        self.total += 1
        self._asked.add(place)
        asyncio.create_task(self._answer(place)).add_done_callback(self._news.put_nowait)

    async def _answer(self, place: Endpoint) -> Found | None:
        async with self._room:
            found = await _ask(*place)
        if found is None:
            self._silent.add(place)
        return found

    def _heard(self, data: bytes, source: Endpoint) -> None:
        place = self._hints.take(data, source) if self._hints else None
        if place and place not in self._asked:
            self._ask(place)

    async def _listen(self, question: Question) -> None:
        """Hear beacons; who has sent one, and was asked in vain before, is asked once more."""
        try:
            await beacons.ask(question, self._heard)
            for place in self._hints.places() if self._hints else ():
                if place in self._silent:
                    self._ask(place)
        finally:
            self._listening = False
            self._news.put_nowait(None)


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

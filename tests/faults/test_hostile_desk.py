"""A desk that sends nonsense over the link: the node goes on, serves others, keeps its memory."""

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from benchmarks.nodes import PASSWORD, Heap, Node, Workshop
from tests.faults.peers import alone, place, same, served
from tests.support.boards import eventually
from tests.support.reference import ReferenceDesk, RefusedError
from tests.support.reference_sums import text_of
from tests.support.sweep import rounds

INTERPRETERS = ("cpython",)

LINES, SLICE, SEED = 2_000, 200, 11
_sources = (f"127.68.{n // 250}.{n % 250 + 1}" for n in itertools.count())
_OPS = "hello login proof run call cancel watch ls stat hash get put conf nonsense".split()
_FIELDS = "line module function args named rid age of topic name size sha256 set at v c p".split()
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 1024, 1 << 30, 1 << 80, 0.5, 1e300, "", "x", "x" * 700),
    *("version", "light", "é☃", "\0\n\r", [], {}, [1, "a"], {"a": [1]}, [[[[]]]], [0] * 200),
    *({"x": 1}, {"x": "AA=="}, "../../secret.json", "/secret.json", "0123456789abcdef"),
)


@asynccontextmanager
async def desk(node: Node, **options: Any) -> AsyncIterator[ReferenceDesk]:
    given = {"password": PASSWORD, "source": next(_sources), **options}
    async with ReferenceDesk(node.address, **given) as found:
        yield found


@pytest.fixture(scope="module")
def node(workshop: Workshop) -> Iterator[Node]:
    """A node that has loaded what it will use; in the end it has started only once."""
    found = workshop.node("esp32", mean=True)

    async def warm() -> None:
        async with desk(found) as one:
            for line in ("light toggle", "trial talk 60", "help", "status", "log"):
                await one.ok("run", line=line)
        with pytest.raises(RefusedError):
            async with desk(found, password="not this one, no"):
                pass

    asyncio.run(warm())
    yield found
    starts = found.starts
    workshop.stop(found)
    assert starts == 1


def _request(chance: random.Random) -> bytes:
    """A request with wrong fields."""
    given: dict[str, Any] = {"id": chance.choice((chance.randrange(1, 99), *_VALUES[:13]))}
    given["op"] = chance.choice((*_OPS, *_OPS, *_VALUES))
    for name in chance.sample(_FIELDS, chance.randrange(5)):
        given[name] = chance.choice(_VALUES)
    return text_of(given)


def _damaged(chance: random.Random) -> bytes:
    line = bytearray(_request(chance))
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(line))
        line[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(line)


def _deep(chance: random.Random) -> bytes:
    brackets = chance.choice((b"[", b'{"a":', b"[{", b'["[', b'"\\"['))
    return b'{"id":1,"op":"run","line":' + brackets * chance.randrange(1, 150)


def _noise(chance: random.Random) -> bytes:
    return b"{" + chance.randbytes(chance.randrange(300))


def garbage(count: int, seed: int) -> list[bytes]:
    """So many lines; none of them announces a payload that would never come, or changes a thing."""
    chance, found = random.Random(seed), []
    while len(found) < count:
        kind = chance.choice((_request, _request, _damaged, _deep, _noise))
        line = kind(chance).replace(b"\n", b"")[:900]
        if b'"at"' not in line and b'"set":{' not in line:
            found.append(line)
    return found


def at_rest(node: Node) -> Heap:
    """The heap when nobody is there any more, after a collection; the best of some looks."""
    with place(node.address) as peer:
        eventually(lambda: alone(node, peer), "the others' end")
        peer.say("trial let_go")
    time.sleep(0.5)
    return max((node.heap() for _ in range(3)), key=lambda heap: heap.free)


async def tell(node: Node, lines: list[bytes], **options: Any) -> tuple[int, int]:
    """Say them one by one; how many were answered, and how many ended their connection."""
    answered = ended = 0
    rest: Iterator[bytes] = iter(lines)
    while answered + ended < len(lines):
        async with desk(node, **options) as one:
            await one.ok("hello")
            for line in rest:
                try:
                    await one.wire.raw(one.wire.dressed(line))
                except ConnectionError:  # it has not come: the one before was the last
                    rest = itertools.chain((line,), rest)
                    break
                try:
                    while "at" in (await one.receive()).value:
                        pass
                except EOFError:
                    ended += 1
                    break
                answered += 1
    return answered, ended


@pytest.mark.parametrize("who", ["a stranger", "a friend"])
def test_each_line_that_means_nothing_is_answered_or_ends_its_connection_alone(
    node: Node, who: str
) -> None:
    count = rounds(LINES, SLICE) // 2
    options = {"password": ""} if who == "a stranger" else {}
    before = at_rest(node)
    with place(node.address) as other:
        answered, ended = asyncio.run(tell(node, garbage(count, SEED), **options))
        assert served(other)
    print(f"{who}: lines of garbage: {count}, answered: {answered}, ended connections: {ended}")
    assert answered + ended == count
    eventually(lambda: same(before, at_rest(node)), "the memory as before")


def test_the_smallest_chip_takes_nonsense_too(workshop: Workshop) -> None:
    node = workshop.node("esp8266")
    few = garbage(rounds(LINES, SLICE) // 10, SEED)

    async def visit() -> None:
        async with desk(node) as one:
            assert await one.ok("run", line="version")

    asyncio.run(visit())
    before = at_rest(node)
    strangers = asyncio.run(tell(node, few, password=""))
    friends = asyncio.run(tell(node, few))
    asyncio.run(visit())
    print(f"esp8266: answered, ended connections: strangers {strangers}, friends {friends}")
    assert sum(strangers) == sum(friends) == len(few)
    eventually(lambda: same(before, at_rest(node)), "the memory as before")
    assert node.starts == 1
    workshop.stop(node)


@pytest.mark.parametrize(
    "given",
    [
        {"op": "run"},
        {"op": "run", "line": 7},
        {"op": "run", "line": "exit"},
        {"op": "run", "line": "conf"},
        {"op": "call", "module": "light"},
        {"op": "call", "module": ["light"], "function": "toggle", "args": []},
        {"op": "call", "module": "light", "function": "toggle", "args": {"a": 1}},
        {"op": "call", "module": "light", "function": "_show", "args": [1]},
        {"op": "call", "module": "light.status.__globals__", "function": "x", "args": []},
        {"op": "call", "module": "os", "function": "remove", "args": ["/main.py"]},
        {"op": "call", "module": "../core/config", "function": "get", "args": ["appwd"]},
        {"op": "run", "line": "version", "rid": "short"},
        {"op": "run", "line": "version", "rid": "0123456789abcdef", "age": -1},
        {"op": 7},
        {"op": "__init__"},
        {"op": "load"},
    ],
    ids=str,
)
def test_a_request_of_wrong_types_is_refused_in_words(node: Node, given: dict[str, Any]) -> None:
    async def ask() -> RefusedError:
        async with desk(node) as one:
            with pytest.raises(RefusedError) as refused:
                await one.ok(given["op"], **{name: given[name] for name in given if name != "op"})
            assert await one.ok("run", line="version")  # the link lives on
            return refused.value

    refusal = asyncio.run(ask())
    assert refusal.kind == "refused"
    assert refusal.line["text"]


_SLOW = {  # what begins after a login and never ends
    "half a line": b'{"id":1,"op":"run","line":"ver',
    "half a payload": b'{"id":1,"at":0,"size":1000}',
    "a byte at a time": b'{"id":1,"op":"run","line":"trial count"}',
}


def test_who_never_ends_what_was_begun_is_sent_away_and_delays_nobody(node: Node) -> None:
    async def slow(what: str, text: bytes) -> str:
        async with desk(node) as one:
            line = one.wire.dressed(text, b"x" * 1000 if "payload" in what else b"")
            try:
                if "byte" not in what:
                    await one.wire.raw(line[: len(text)] if "line" in what else line[:-500])
                    await one.wire.end()
                    return what
                for byte in line + b"  ":
                    await one.wire.raw(bytes([byte]))
                    await asyncio.sleep(0.25)
            except OSError:
                return what
            return "was never sent away"

    async def stranger() -> str:
        async with desk(node, password="") as one:
            await one.ok("hello")
            await one.wire.end()
        return "a stranger"

    async def others(ended: asyncio.Event) -> int:
        answers = 0
        async with desk(node) as one:
            while not ended.is_set():
                assert await one.ok("run", line="version")
                answers += 1
                await asyncio.sleep(0.05)
        return answers

    async def all_at_once() -> tuple[list[str], int]:
        ended = asyncio.Event()
        other = asyncio.create_task(others(ended))
        gone = await asyncio.gather(*(slow(*one) for one in _SLOW.items()), stranger())
        ended.set()
        return gone, await other

    gone, answers = asyncio.run(all_at_once())
    assert gone == [*_SLOW, "a stranger"]
    assert answers > 40
    with place(node.address) as peer:
        log = peer.say("log")
    assert "did not finish its line" in log
    assert "did not log in" in log


@pytest.mark.parametrize("size", [0, -1, 1025, 1 << 30, 1.5, True, "5", None])
def test_a_chunk_of_no_size_ends_the_connection(node: Node, size: Any) -> None:
    async def announce() -> bytes:
        async with desk(node) as one:
            await one.wire.send({"id": 1, "at": 0, "size": size})
            return await one.wire.end()

    assert b'"error":"refused"' in asyncio.run(announce())


def test_a_line_too_long_ends_the_connection(node: Node) -> None:
    async def megabyte() -> bytes:
        async with desk(node) as one:
            try:
                await one.wire.raw(b"{" * 1_000_000)
            except OSError:
                return b'"error":"refused"'  # it did not wait for the end of it
            return await one.wire.end()

    before = at_rest(node)
    assert b'"error":"refused"' in asyncio.run(megabyte())
    eventually(lambda: same(before, at_rest(node)), "the memory as before")


def test_payloads_that_nobody_asked_for_are_dropped(node: Node) -> None:
    async def chunks() -> None:
        async with desk(node) as one:
            for at in range(50):
                await one.wire.send({"id": 900 + at, "at": at, "size": 1024}, bytes(1024))
            assert await one.ok("run", line="version")

    asyncio.run(chunks())


def test_requests_in_flight_have_an_end(node: Node) -> None:
    async def many() -> list[str]:
        async with desk(node) as one:
            waits = [await one.ask("run", line="trial linger 800") for _ in range(20)]
            kinds = []
            for wait in waits:
                try:
                    await one.answer(wait)
                    kinds.append("ok")
                except RefusedError as refused:
                    kinds.append(refused.kind)
            return kinds

    kinds = asyncio.run(many())
    assert kinds.count("busy") == 20 - kinds.count("ok")
    assert 1 <= kinds.count("ok") <= 8

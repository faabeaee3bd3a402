"""The connection is cut anywhere in a transfer: the node has the old file, whole, and goes on."""

import asyncio
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from benchmarks.nodes import PASSWORD, Node, Workshop
from tests.support.reference import ReferenceDesk, RefusedError
from tests.support.sweep import chosen

INTERPRETERS = ("cpython",)
KILOBYTES, ROUNDS, SLICE, SEED = 10, 20, 16, 5
NAME = "/modules/a file"
OLD, NEW = [
    b"".join(hashlib.sha256(b"%d %d" % (seed, n)).digest() for n in range(KILOBYTES * 32))
    for seed in (1, 2)
]


@pytest.fixture(scope="module")
def node(workshop: Workshop) -> Iterator[Node]:
    """One node for all of them; in the end it has started only once."""
    found = workshop.node("esp32")
    yield found
    starts = found.starts
    workshop.stop(found)
    assert starts == 1


def sum_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def cut(node: Node, data: bytes, kilobytes: int, turn: int) -> None:
    """Begin to put a file, and hang up so far into it; every other time without a goodbye."""
    async with ReferenceDesk(node.address, password=PASSWORD) as desk:
        about = {"size": len(data), "sha256": sum_of(data)}
        request = await desk.ask("put", name=NAME, **about)
        await desk.payload(request, data[: kilobytes * 1024])
        at, piece = kilobytes * 1024, data[kilobytes * 1024 :][:1024]
        if piece and turn:  # and into a chunk
            text = b'{"id":%d,"at":%d,"size":%d}' % (request, at, len(piece))
            line = desk.wire.dressed(text, piece)
            await desk.wire.raw(line[: len(line) * turn // ROUNDS])
        if turn % 2:
            desk.wire.writer.transport.abort()


async def size_of(desk: ReferenceDesk, name: str) -> int:
    """The bytes of a file, 0 where there is none."""
    try:
        return int((await desk.ok("stat", name=name))["size"])
    except RefusedError:
        return 0


async def resumed(desk: ReferenceDesk, data: bytes) -> int:
    """Put the rest of a file; the bytes that did not have to go again.

    The node may still be busy with what came before the cut: then it is asked again.
    """
    for _ in range(300):
        there = await size_of(desk, NAME + ".part")
        about: dict[str, Any] = {"name": NAME, "size": len(data), "sha256": sum_of(data)}
        request = await desk.ask("put", **about)
        try:
            await desk.payload(request, data, there)
            assert await desk.answer(request) is True
        except RefusedError as refused:
            assert "being put" in str(refused) or "expected a chunk" in str(refused), refused.line
            await asyncio.sleep(0.01)
        else:
            return there
    raise AssertionError("it is refused for good")


def test_a_link_that_is_cut_leaves_the_old_file_and_the_transfer_goes_on(node: Node) -> None:
    async def sweep() -> tuple[int, int]:
        cuts = saved = 0
        old, new = OLD, NEW
        async with ReferenceDesk(node.address, password=PASSWORD) as desk:
            assert await desk.send("put", old, name=NAME) is True
            places = [(k, turn) for k in range(KILOBYTES + 1) for turn in range(ROUNDS)]
            cases: list[tuple[int, int]] = chosen(places, SLICE, SEED)
            for kilobytes, turn in cases:
                await cut(node, new, kilobytes, turn)
                now = await desk.ok("hash", name=NAME)
                # All of it may have come, and the last bytes of the connection were its end.
                assert now == sum_of(old) or (kilobytes == KILOBYTES and now == sum_of(new))
                saved += await resumed(desk, new)
                assert await desk.ok("hash", name=NAME) == sum_of(new)
                assert await size_of(desk, NAME + ".part") == 0
                old, new = new, old
                cuts += 1
        return cuts, saved

    cuts, saved = asyncio.run(sweep())
    print(f"links cut: {cuts}, files lost: 0, bytes that did not go twice: {saved}")
    assert saved > 0


def test_a_link_that_is_cut_while_a_file_leaves_harms_nobody(node: Node) -> None:
    async def sweep() -> int:
        count = 0
        async with ReferenceDesk(node.address, password=PASSWORD) as desk:
            assert await desk.send("put", OLD, name=NAME) is True
            for turn in range(10):
                async with ReferenceDesk(node.address, password=PASSWORD) as other:
                    await other.ask("get", name=NAME)
                    for _ in range(turn):
                        await other.receive()
                    if turn % 2:
                        other.wire.writer.transport.abort()
                assert await desk.ok("hash", name=NAME) == sum_of(OLD)
                count += 1
            assert await desk.ok("get", name=NAME) == OLD
        return count

    print(f"links cut while a file leaves: {asyncio.run(sweep())}")

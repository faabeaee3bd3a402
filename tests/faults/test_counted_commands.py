"""Numbered commands to many nodes over links that are cut: what was told is what has happened."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from benchmarks.air import secret_of
from benchmarks.nodes import Node, Workshop
from tests.faults.scissors import Scissors
from tests.support.sweep import rounds
from toolkit.model.errors import HungUp, UnknownOutcome
from toolkit.transport.link import Link
from toolkit.transport.steady import Steady

INTERPRETERS = ("cpython",)
NODES, COMMANDS = 24, 1_000
AT_ONCE = 6  # nodes that are talked to: one that gets no processor for 8 s is reset by its watchdog
SLICE_NODES, SLICE_COMMANDS = 2, 100
SEED = 17

# Every fifth takes its time, so that it is cut while it runs.
COUNTER = b"""
import asyncio

_times = {}


async def add(n):
    if n % 5 == 0:
        await asyncio.sleep_ms(n % 7)
    _times[n] = _times.get(n, 0) + 1
    return n


def told(first, last):
    return [_times.get(n, 0) for n in range(first, last)]
"""


@dataclass
class Told:
    """What one desk was told of the commands it sent to one node."""

    done: set[int] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)
    never: set[int] = field(default_factory=set)  # there was no link to send it on


@pytest.fixture
def nodes(workshop: Workshop) -> Iterator[list[Node]]:
    """Nodes that have started only once when all is over."""
    found = [workshop.node("esp32") for _ in range(rounds(NODES, SLICE_NODES))]
    yield found
    starts = [node.starts for node in found]
    for node in found:
        workshop.stop(node)
    assert starts == [1] * len(found)


async def sent(node: Steady, numbers: Iterator[int], told: Told) -> None:
    """Send the next command when the one before has ended: a call, or a line of the shell."""
    for n in numbers:
        try:
            if n % 2:
                assert await node.call("count", "add", n) == n
            else:
                assert await node.run(f"count add {n}") == str(n)
        except UnknownOutcome:
            told.unknown.add(n)
        except HungUp:
            told.never.add(n)
        else:
            told.done.add(n)


async def counted(node: Node, seed: int, commands: int) -> tuple[Told, list[int], Counter[str]]:
    """Send all commands to a node; what was told, how often each of them has run, the cuts."""
    told = Told()
    uid = node.board.mac.replace(":", "")
    async with Scissors(node.address, seed) as relay:

        def link() -> Link:
            place = relay.address, relay.port
            return Link(*place, uid=uid, secret=secret_of(uid))

        relay.whole = True
        async with link() as whole:
            await whole.put("/modules/LM_count.py", COUNTER)
            await whole.call("count", "told", 0, 1)
        relay.whole = False
        steady = Steady(link)
        numbers = iter(range(commands))
        workers = 1 + seed % 2 * 2  # one at a time, or three over the same link
        await asyncio.gather(*(sent(steady, numbers, told) for _ in range(workers)))
        await steady.close()
        relay.whole = True
        times: list[int] = []
        async with link() as whole:
            while len(times) < commands:
                times += await whole.call("count", "told", len(times), len(times) + 100)
    return told, times[:commands], relay.cuts


def test_no_command_is_lost_or_doubled_however_links_are_cut(nodes: list[Node]) -> None:
    commands = rounds(COMMANDS, SLICE_COMMANDS)

    async def one_of(turns: asyncio.Semaphore, number: int, node: Node):
        async with turns:
            return await counted(node, SEED + number, commands)

    async def all_of_them() -> list[tuple[Told, list[int], Counter[str]]]:
        turns = asyncio.Semaphore(AT_ONCE)
        return await asyncio.gather(*(one_of(turns, n, node) for n, node in enumerate(nodes)))

    cuts: Counter[str] = Counter()
    done = unknown = never = ran_unknown = 0
    lost: list[int] = []
    doubled: list[int] = []
    told_wrong: list[int] = []
    for told, times, by_kind in asyncio.run(all_of_them()):
        assert len(told.done | told.unknown | told.never) == commands
        done += len(told.done)
        unknown += len(told.unknown)
        never += len(told.never)
        cuts += by_kind
        lost += [n for n in told.done if not times[n]]
        doubled += [n for n, count in enumerate(times) if count > 1]
        told_wrong += [n for n in told.never if times[n]]
        ran_unknown += sum(times[n] for n in told.unknown)
    print(f"{len(nodes)} nodes, {commands} commands each: told done {done},", end=" ")
    print(f"never run {never}, unknown {unknown} (of which {ran_unknown} have run);", end=" ")
    print(f"links cut {cuts.total()}: {dict(cuts)};", end=" ")
    print(f"lost {len(lost)}, doubled {len(doubled)}")
    assert (lost, doubled, told_wrong) == ([], [], [])
    assert len(cuts) == 4
    assert done > unknown + never

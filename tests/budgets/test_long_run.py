"""A node that has answered a hundred thousand commands is as good as a fresh one."""

import json
import random
import string
import time
from collections.abc import Iterator

from benchmarks.memory import CALL, OWN_COLLECTION, TASK, every_word, settled
from benchmarks.nodes import Heap, Node, Session, Workshop, patiently
from tests.support.sweep import rounds

MINUTE = 65  # s
COMMANDS, SLICE = 100_000, 3_000
SEED = 1
LOOKS = 4
AGAIN, MORE = 3, 500  # times, lines: what lies in the way by chance lies elsewhere after these
# One of these is said at random; {} is a word that nobody has said before.
MIX = (
    *["hello"] * 14,
    *["light toggle", "light rgb 1 2 3", "switch status", "system memfree", CALL] * 4,
    "help",
    "status",
    "system {}",  # a module that has no such function
    "{} {}",  # no such module
    "\x07{};=(('[",
    "light rgb {} 5 {}=7",
    "task show {}",
    "",
)


def lines(count: int) -> Iterator[str]:
    moments = random.Random(SEED)
    for _ in range(count):
        line = moments.choice(MIX)
        while "{}" in line:
            line = line.replace("{}", "".join(moments.choices(string.ascii_letters, k=9)), 1)
        yield line


def test_a_hundred_thousand_commands_leave_the_memory_as_it_was(workshop: Workshop) -> None:
    node = workshop.node()
    count = rounds(COMMANDS, SLICE)
    with node.session() as session:
        settled(session)
        every_word(session)
        # so many that the log is full and all that is remembered is there
        for line in (TASK, *MIX, *lines(3000)):
            session.say(line)
        # What the node does once a minute leaves its names; they are to lie where they will lie.
        patiently(lambda: uptime(session) > MINUTE, "a minute", 3 * MINUTE)
    before = at_rest(node)
    with node.session() as session:
        for line in lines(count):
            session.say(line)
        assert session.say("hello").startswith("hello:node01:")
    after = at_rest(node)
    for again in range(AGAIN):
        if after.largest >= before.largest - before.total / 100:
            break
        print(f"the log's lines lie in the way: largest {after.largest}, again ({again + 1})")
        with node.session() as session:
            for line in lines(MORE):
                session.say(line)
        after = at_rest(node)
    with node.session() as another:
        assert "log_dropped" in another.say("status")
    starts = node.starts
    workshop.stop(node)
    print(f"commands: {count}, restarts: {starts - 1}, {before} -> {after}")
    assert starts == 1
    assert after.names - before.names < 10, "names are never forgotten: whose are these?"
    assert abs(after.free - before.free) <= before.free / 100
    assert after.largest >= before.largest - before.total / 100


def uptime(session: Session) -> int:
    """Its seconds since the start, asked once a second."""
    time.sleep(1)
    return int(json.loads(session.say("status >json"))["uptime"])


def at_rest(node: Node) -> Heap:
    """The heap when nobody is there, after a collection by the node itself.

    What a task waits with lies wherever there was room when it began to wait: of some looks, one a
    collection later than the other, the one counts that finds the least of that in the way.
    """
    looks = list[Heap]()
    for _ in range(LOOKS):
        time.sleep(OWN_COLLECTION)
        looks.append(node.heap())
    return max(looks, key=lambda heap: (heap.largest, heap.free))

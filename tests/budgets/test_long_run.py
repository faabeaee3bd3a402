"""A node that has answered twenty thousand commands is as good as a fresh one."""

import random
import string
import time
from collections.abc import Iterator

from benchmarks.memory import CALL, OWN_COLLECTION, TASK, every_word, settled
from benchmarks.nodes import Heap, Node, Workshop

COMMANDS = 20_000
SEED = 1
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


def test_twenty_thousand_commands_leave_the_memory_as_it_was(workshop: Workshop) -> None:
    node = workshop.node()
    with node.session() as session:
        settled(session)
        every_word(session)
        for line in (TASK, *MIX, *lines(200)):
            session.say(line)
        before = at_rest(node)
        for line in lines(COMMANDS):
            session.say(line)
        after = at_rest(node)
        assert session.say("hello").startswith("hello:node01:")
    with node.session() as another:
        assert "log_dropped" in another.say("status")
    starts = node.starts
    workshop.stop(node)
    print(before, after)
    assert starts == 1
    assert after.names - before.names < 10, "names are never forgotten: whose are these?"
    assert abs(after.free - before.free) <= before.total / 100
    assert after.largest >= before.largest - before.total / 100


def at_rest(node: Node) -> Heap:
    """The heap after a collection by the node itself."""
    time.sleep(OWN_COLLECTION)
    return node.heap()

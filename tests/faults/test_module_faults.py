"""Load modules that go wrong: what is answered, what is survived, what the next start names."""

from collections.abc import Iterator

import pytest
from benchmarks.nodes import Workshop
from tests.faults.frozen import ARMED, Frozen, armed

INTERPRETERS = ("cpython",)


@pytest.fixture(scope="module", params=["esp32", "esp8266"])
def node(workshop: Workshop, request: pytest.FixtureRequest) -> Iterator[Frozen]:
    """One node of each family, its watchdog armed."""
    with armed(workshop, request.param) as found:
        yield found


def test_one_that_raises_is_a_fault_and_nothing_else(node: Frozen) -> None:
    starts = node.starts
    for _ in range(20):
        assert node.say("hurt fail") == "fault: ValueError: on purpose"
    assert node.starts == starts
    print("calls that raise: 20, restarts: 0")


def test_one_that_blocks_five_seconds_is_survived_and_logged(node: Frozen) -> None:
    starts = node.starts
    for _ in range(3):
        assert node.say("hurt block 5") == "blocked"
        node.control.advance(3_000)
    assert node.starts == starts
    log = node.say("log error")
    assert log.count("the loop was held 5 s by hurt block") == 3
    print("blocks of 5 s: 3, restarts: 0")


def test_one_that_blocks_twenty_seconds_is_reset_named_and_then_held(node: Frozen) -> None:
    for count in (1, 2):
        passed = node.reset_by(lambda: node.send("hurt block 20"))
        assert passed <= 9_000
        assert "command 'hurt block'" in node.say("log crash").splitlines()[-2]
        assert "ended by watchdog" in node.say("log crash") or node.node.board.chip == "esp8266"
        node.control.advance(ARMED)
        assert ("refused: module 'hurt'" in node.say("hurt load")) == (count == 2)
    held = "module 'hurt' is held: log crash, task free hurt"
    assert held in node.say("status")
    assert node.say("task free hurt") == "free: hurt"
    assert held not in node.say("status")
    assert node.say("hurt load") == "loaded"
    assert node.say("hurt counts") == "[0, 0, 0, 0]"  # and no step towards safe mode
    print("blocks of 20 s: 2, resets: 2, named: 2")


def test_one_that_takes_all_memory_is_refused_and_the_memory_comes_back(node: Frozen) -> None:
    starts = node.starts
    for piece in (16, 256, 4096):
        assert node.say(f"hurt nibble {piece}").startswith("refused: not enough memory")
    assert "hello:" in node.say("hello")
    assert node.starts == starts
    print("calls that take all memory: 3, restarts: 0")

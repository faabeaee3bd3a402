"""What a node does by itself to stay up, and what a person can do at one that is sealed in."""

import re
from collections.abc import Iterator

import pytest
from benchmarks.nodes import Workshop
from tests.faults.frozen import ARMED, Frozen, armed
from tests.faults.test_boot_faults import crash
from tests.support.boards import eventually

INTERPRETERS = ("cpython",)

_SWITCH = 16


@pytest.fixture
def node(workshop: Workshop) -> Iterator[Frozen]:
    """A new node."""
    with armed(workshop) as found:
        yield found


def _pass(node: Frozen, seconds: int) -> None:
    for _ in range(seconds // 10):
        node.control.advance(10_000)


def test_an_output_has_its_last_level_at_power_on_but_not_in_safe_mode(node: Frozen) -> None:
    node.set(poweron="18:on; simple_0:safelast; 5:off")
    node.reset_by(lambda: node.send("reboot"))
    for level, word in ((1, "on"), (0, "off"), (1, "on")):
        node.say(f"switch {word}")
        node.control.advance(75_000)  # kept state is not written at once
        since = len(node.control.console())
        node.control.power_cycle()
        eventually(lambda: node.control.pin(18))  # the last; the clock stands, so no network
        assert "ready at" not in node.control.console()[since:]
        assert (node.control.pin(_SWITCH), node.control.pin(5)) == (level, 0)
        node.serving(since)
        assert node.say("switch load") == f"state: {level}"
        node.control.advance(ARMED)
    for count in range(3):
        assert node.control.pin(_SWITCH) == 1, count
        node.reset_by(lambda: crash(node))
    assert "safe mode" in node.say("status")
    assert (node.control.pin(_SWITCH), node.control.pin(18)) == (0, 1)


def test_six_short_power_ons_open_the_nodes_own_network(node: Frozen) -> None:
    node.set(powercycles="6")
    node.reset_by(lambda: node.send("reboot"))
    node.control.advance(20_000)
    for seconds in (4, 4, 20, 4, 4, 4, 4, 4, 4):  # the third was long enough
        assert node.control.state()["access_point"] is None
        node.reset_by(node.control.power_cycle)
        node.control.advance(seconds * 1_000)
    node.hang_up()
    node.control.power_cycle()
    node.until(lambda: node.control.state()["access_point"])
    assert node.control.state()["station"] is None
    node.control.advance(20_000)
    since = len(node.control.console())
    node.control.power_cycle()
    node.serving(since)
    assert node.control.state()["access_point"] is None  # one longer start, and all is as before


def test_the_reset_pin_makes_it_a_new_node(node: Frozen) -> None:
    node.set(resetpin="0", soctout="77")
    node.reset_by(lambda: node.send("reboot"))
    node.control.advance(ARMED)
    node.hang_up()
    node.control.drive(0, 0)
    node.control.power_cycle()
    since = len(node.control.console())
    node.control.advance(9_000)
    assert "unclaimed" not in node.control.console()[since:]
    node.control.drive(0, None)
    node.serving(since)  # let go of too early: the password is still the old one
    node.hang_up()
    node.control.drive(0, 0)
    since = len(node.control.console())
    node.control.power_cycle()
    told = "unclaimed, the password of this node is now"
    node.until(lambda: told in node.control.console()[since:], 1_000)
    node.until(lambda: node.control.state()["access_point"])  # it knows no network any more


def test_memory_in_pieces_is_told_after_a_minute_and_ends_in_one_restart_a_day(
    node: Frozen,
) -> None:
    restarts = 0
    for _ in range(2):
        node.say("hurt tatter")
        starts, since = node.starts, len(node.control.console())
        _pass(node, 130)  # the first time there may be no memory to say so
        assert "no 2 KB in one piece for a minute" in node.control.console()[since:]
        assert node.starts == starts
        _pass(node, 520)
        if node.starts > starts:
            restarts += 1
            node.serving(since)
            assert node.say("hurt counts") == "[0, 0, 0, 0]"
    assert restarts == 1
    starts = node.starts
    _pass(node, 640)  # 20 minutes without memory: it goes on as well as it can
    assert node.starts == starts
    print("restarts for want of memory in a day: 1")


def test_a_fault_in_what_is_done_now_and_then_is_told_and_the_node_goes_on(node: Frozen) -> None:
    starts = node.starts
    node.say("hurt trip")
    _pass(node, 60)
    told = node.say("log warn")
    assert "now and then: 'module' object has no attribute" in told  # that file has it neither
    assert node.say("hurt load") == "loaded"
    assert node.starts == starts


def test_a_port_that_is_set_for_the_next_start_is_not_missed_before(node: Frozen) -> None:
    for line in ("conf", "socport 9010", "sessions 1", "noconf"):
        node.say(line)
    node.hang_up()
    starts, since = node.starts, len(node.control.console())
    _pass(node, 300)
    assert (node.starts, node.control.console()[since:]) == (starts, "")


def test_a_server_that_lets_nobody_in_is_noticed_and_reset(node: Frozen) -> None:
    node.hang_up()
    _pass(node, 60)
    node.serving(0)
    node.send("hurt deaf")
    node.hang_up()
    starts, since = node.starts, len(node.control.console())
    passed = node.until(lambda: node.starts > starts, 1_000)
    assert "server: no check-in" in node.control.console()[since:]
    node.serving(since)
    assert re.search(r"command '- server free \d{4,}/\d{4,}'", node.say("log crash"))
    print(f"dead servers: 1, noticed after {passed // 1000} s")


def test_a_network_task_that_ends_is_noticed_and_reset(node: Frozen) -> None:
    passed = node.reset_by(lambda: node.send("hurt end_network"), 1_000)
    assert passed <= 12_000
    assert "command '- network free " in node.say("log crash")


def test_no_wifi_for_an_hour_resets_nothing(node: Frozen) -> None:
    node.hang_up()
    starts = node.starts
    node.control.networks([])
    _pass(node, 3_600)
    assert node.starts == starts
    assert node.control.state()["access_point"]

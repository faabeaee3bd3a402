"""The list of alarms: raised, acknowledged, cleared, and never longer than it may be."""

import lm

from control import module, refusal


class Node:
    """A clock and a log."""

    secrets = {}  # noqa: RUF012

    def __init__(self):
        self.log = self.clock = self
        self.seconds, self.lines = 100, []

    def uptime(self):
        return self.seconds

    def warn(self, text):
        self.lines.append(text)


def fresh():
    node = Node()
    lm.bind(node)
    return module("alarms"), node


def test_an_alarm_is_raised_once_and_stays_until_somebody_knows_and_it_is_over():
    alarms, node = fresh()
    assert [alarms.state("door", 1) for _ in range(5)] == ["raised"] * 5
    node.seconds += 40
    assert alarms.show() == ["door: raised for 40 s, times: 1"]
    assert alarms.acknowledge("door") == ["door: acknowledged for 40 s, times: 1"]
    assert alarms.state("door", 1) == "acknowledged"
    assert alarms.state("door", 0) == "gone"
    assert alarms.show() == []
    assert node.lines == ["alarm door: raised", "alarm door: gone"]


def test_what_goes_by_itself_is_still_to_be_seen_and_counted_when_it_returns():
    alarms, node = fresh()
    for active in (1, 0, 1, 0, 0):
        alarms.state("water", active)
    assert alarms.show() == ["water: cleared for 0 s, times: 2"]
    alarms.state("water", 1)
    alarms.acknowledge()
    alarms.state("water", 1)
    assert alarms.show() == ["water: acknowledged for 0 s, times: 3"]
    alarms.state("water", 0)
    alarms.state("water", 1)
    assert alarms.show() == ["water: raised for 0 s, times: 1"]
    assert len(node.lines) == 7


def test_one_that_returns_is_no_longer_known():
    alarms, _ = fresh()
    alarms.state("a", 1)
    alarms.state("a", 0)
    assert alarms.acknowledge("a") == []
    assert alarms.state("a", 1) == "raised"


def test_what_is_clear_and_was_never_raised_is_no_alarm():
    alarms, node = fresh()
    for _ in range(100):
        assert alarms.state("door", 0) == "gone"
    assert (alarms.show(), node.lines) == ([], [])


def test_the_list_is_bounded_and_what_is_over_makes_room_first():
    alarms, _ = fresh()
    for number in range(alarms.MOST):
        alarms.state("a%d" % number, 1)
    assert "all of them last" in refusal(alarms.state, "one too many", 1)
    alarms.state("a3", 0)
    alarms.state("a2", 0)
    assert alarms.state("b", 1) == "raised"
    names = [line.split(":")[0] for line in alarms.show()]
    assert names == ["a0", "a1", "a3"] + ["a%d" % number for number in range(4, 16)] + ["b"]
    counted = {"raised": 15, "acknowledged": 0, "cleared": 1, "dropped": 2}
    assert alarms.status() == counted
    for number in range(1000):
        alarms.state("n%d" % number, 1)
        alarms.state("n%d" % number, 0)
    assert len(alarms.show()) == alarms.MOST
    print("1016 alarms, on the list: %d, dropped: %d" % (16, alarms.status()["dropped"]))


def test_what_is_neither_raised_nor_cleared_is_refused():
    alarms, _ = fresh()
    for active in (2, "on", None, {"a": 1}, 0.5):
        assert "0 or 1" in refusal(alarms.state, "a", active)
    assert "24 characters" in refusal(alarms.state, "n" * 25, 1)
    assert "one of the list" in refusal(alarms.acknowledge, "nobody")
    assert alarms.show() == []

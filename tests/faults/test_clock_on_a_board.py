"""The scheduler of an installed node on a virtual board whose clock a test moves."""

import json
from collections.abc import Callable, Iterator

import pytest
from benchmarks.nodes import Workshop
from tests.faults.frozen import Frozen
from tests.support.oracle import local, occurrences, zone
from tests.support.sweep import rounds

INTERPRETERS = ("cpython",)

SPRING = 1_806_195_600  # 2027-03-28 01:00:00 UTC: 02:00 turns to 03:00 in the zone below
ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
ENTRIES = (
    "*:*:*:0,30!light toggle",
    "*:2:30:0!light on",
    "*:*:*/7:13!switch status",
    "6:3:0-20/5:7!system uptime",
    "*:0-23:*/11:*/50!nosuch thing",
    "sunset!light off",
)


@pytest.fixture
def node(workshop: Workshop) -> Iterator[Frozen]:
    """A new node, in no time zone."""
    found = Frozen(workshop)
    yield found
    found.hang_up()
    workshop.stop(found.node)


def told(node: Frozen, utc: int) -> None:
    """Let the time server say what the time is, and the node ask it."""
    node.control.set_true_time(utc)
    assert "-" in node.say("system ntp")


def listed(node: Frozen) -> list[dict[str, object]]:
    """What `cron list` tells."""
    return json.loads(node.say("cron list >json"))


def test_every_run_of_some_hours_over_the_change_to_summer_time(node: Frozen) -> None:
    hours = rounds(24, 1)
    begin = SPRING - 1600  # in a second in which nothing is due, nor soon after
    node.set(tz=ZONE, geo="47.5,19.05", crontasks="; ".join(ENTRIES))
    told(node, begin)
    node.set(cron="True")
    for _ in range(hours * 60):
        assert node.control.advance(60_000)
    found = listed(node)
    clock = node.say("system clock")
    spans = [
        occurrences(text, begin, begin + hours * 3600, ZONE, (47.5, 19.05)) for text in ENTRIES
    ]
    demanded = [len(list(span)) for span in spans]
    done = [row["runs"] for row in found]
    print(f"hours: {hours}, runs: {done}, demanded: {demanded}, {clock}")
    assert done == demanded
    assert [row["drops"] for row in found] == [0] * len(ENTRIES)
    assert [row["error"] for row in found if row["error"]] == [found[4]["error"]]
    assert "nosuch" in str(found[4]["error"])
    assert clock[:16] == str(local(begin + hours * 3600, zone(ZONE)))[:16]


def test_settings_and_steps_of_the_clock_take_effect_while_the_node_runs(node: Frozen) -> None:
    """What is done, and how often each entry has run some seconds later."""
    noon = 1_800_014_400
    told(node, noon - 70)
    node.set(tz="UTC0", crontasks="*:12:0:0!switch status; *:*:*:40!switch status")
    assert "next never, cron is off" in node.say("cron list")
    node.set(cron="True")
    happens: tuple[tuple[Callable[[], object], list[int]], ...] = (
        (lambda: None, [0, 0]),
        (lambda: node.control.advance(75_000), [1, 1]),
        (lambda: told(node, noon - 15), [1, 1]),  # not a minute back: nothing runs twice
        (lambda: node.control.advance(30_000), [1, 1]),
        (
            lambda: told(node, noon + 7210),
            [1, 2],
        ),  # forth: the last second one is half a minute old
        (lambda: told(node, noon - 15), [1, 2]),  # two hours back: all runs again
        (lambda: node.control.advance(30_000), [2, 2]),
        (lambda: node.set(tz="EET-2"), [2, 2]),
        (lambda: node.set(crontasks="*:*:*:40!switch status; *:14:1:0!switch on"), [2, 0]),
        (lambda: node.control.advance(60_000), [3, 1]),
        (lambda: node.set(cron="False"), [0, 0]),
        (lambda: node.control.advance(120_000), [0, 0]),
    )
    seen: list[list[object]] = []
    for work, _ in happens:
        work()
        node.control.advance(3000)
        seen.append([row["runs"] for row in listed(node)])
    print(f"steps and settings: {len(happens)}, starts: {node.starts - 1}")
    assert seen == [runs for _, runs in happens]
    assert node.starts == 2

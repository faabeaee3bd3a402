"""Events of an installed node: edges driven from outside, outputs seen from outside."""

from collections.abc import Iterator

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)

_SETTINGS = {
    "extirq": "true",
    "extirqcbf": "switch toggle; light rgb 1000 0 0",
    "irq1": "true",
    "irq1_cbf": "switch nothing; light rgb 0 1000 0",
    "irq1_trig": "down",
    "irq2": "true",
    "irq2_cbf": "light on",
    "irq3": "true",
    "irq4": "true",
    "irq4_cbf": "light on",
    "boothook": "light load",
    "timirq": "true",
    "timirqcbf": "servo angle 90; servo deinit",
    "timirqseq": "50",
}
_EXTIRQ, _IRQ1, _SWITCH, _RED, _GREEN = 25, 19, 16, 14, 13


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    found = Node(tmp_path_factory.mktemp("events"))
    found.set(**_SETTINGS)
    found.lay(cstmpmap="irq2:99; irq4:27")
    eventually(lambda: "irq1" in found.say("task list"), "the events")
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def _duty(node: Node, pin: int) -> int:
    return (node.control.pwm(pin) or {"duty_u16": 0})["duty_u16"]


def test_an_edge_runs_several_commands(node: Node) -> None:
    for expected in (1, 0, 1):
        node.control.drive(_EXTIRQ, 0)
        node.control.drive(_EXTIRQ, 1)
        eventually(lambda e=expected: node.control.pin(_SWITCH) == e, "the switch")
        eventually(lambda: _duty(node, _RED) == 65535, "the light")
        node.say("light off")
    assert eventually(lambda: "3 runs, last: done" in node.say("task show extirq"), "its count")


def test_a_command_that_fails_does_not_keep_the_next_and_is_seen(node: Node) -> None:
    node.say("light off")
    node.control.drive(_IRQ1, 1)
    node.control.drive(_IRQ1, 0)
    eventually(lambda: _duty(node, _GREEN) == 65535, "the light")
    told = eventually(lambda: "failed" in (it := node.say("task show irq1")) and it, "its count")
    assert told.startswith("irq1: running, 1 runs, the last 1 failed, last: ")
    assert "irq1: " in node.say("log error")


def test_what_cannot_be_had_is_a_problem_in_the_status_and_no_dead_node(node: Node) -> None:
    problems = node.status()["problems"]
    assert problems[0].startswith("irq2: pin irq2 (99) cannot do this")
    assert problems[1:] == [
        "irq3: it is on, but has no commands",
        "irq4: pin irq4 (27) is taken by light",
    ]


def test_the_pin_of_an_event_is_reserved(node: Node) -> None:
    # the timer's servo asks for pwm_4, which is extirq
    told = eventually(lambda: "failed" in (it := node.say("task show timirq")) and it, "the timer")
    assert "pin pwm_4 (25) is taken by extirq" in told
    assert "25 (extirq)" in node.say("system pinmap")


def test_a_trigger_is_one_of_three(node: Node) -> None:
    refused = node.say("conf", "irq1_trig left")
    assert refused.endswith("up, down or both, got 'left'")
    assert node.say("conf", "irq1_trig") == "down"


def test_a_service_is_not_killed(node: Node) -> None:
    answer = node.say("task kill extirq")
    assert answer == "refused: extirq serves the node, its setting switches it off"
    assert "running   extirq" in node.say("task list")

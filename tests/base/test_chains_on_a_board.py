"""Chains of an installed node: values go from module to module, outputs are seen from outside."""

from collections.abc import Iterator

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)

_SETTINGS = {
    "chain1": "50 threshold above t 1 2 5 | switch set_state",
    "chain2": "50 switch status | threshold above u 1 2 | light brightness",
    "chain3": "100 average window a 10 100 | slowpwm duty simple_1",
    "chain4": "50 system memfree | value pick memfree | threshold above v 1 2 | alarms state room",
}
_SWITCH, _RELAY = 16, 17


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    found = Node(tmp_path_factory.mktemp("chains"))
    found.set(**_SETTINGS)
    found.restart()
    eventually(lambda: "chain4" in found.say("task list"), "the chains")
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def test_values_reach_the_outputs(node: Node) -> None:
    assert eventually(lambda: node.control.pin(_SWITCH) == 1, "the switch")
    assert eventually(lambda: node.control.pin(_RELAY) == 1, "the relay")
    assert eventually(lambda: "room: raised" in node.say("alarms show"), "the alarm")
    node.say("switch off")
    assert eventually(lambda: node.control.pin(_SWITCH) == 1, "the next round")


def test_what_fails_is_one_problem_and_one_line(node: Node) -> None:
    first = eventually(lambda: node.status()["problems"], "the problem")
    assert [it[:44] for it in first] == ["chain2: threshold above: threshold: expected"]
    eventually(lambda: "chain2: running, 1" in node.say("task show chain2"), "more rounds")
    assert node.say("log error").count("chain2") == 1
    assert "brightness: 100" in node.say("light status")
    assert node.status()["log_errors"] == 1


def test_killing_the_task_of_the_relays_switches_them_off_until_the_next_round(node: Node) -> None:
    assert "slowpwm.relays" in node.say("task kill slowpwm.*")
    eventually(lambda: node.control.pin(_RELAY) == 1, "the relay, by its chain")
    assert len(node.status()["problems"]) == 1

"""Load modules for voltages: a real node, and sensors at the pins of its board."""

import json

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    found.control.clock("speed", 5)
    found.serving()
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def told(node, line):
    return json.loads(node.say(line + " >json"))


def test_a_voltage_is_told_as_its_chip_knows_it(node):
    node.control.device(34, kind="voltage", volts=2.0)
    found = told(node, "adc measure")
    assert abs(found["volt"] - 2.0) <= 0.001
    assert found["rail"] == "no"
    assert found["percent"] == round(found["raw"] * 100 / 65535, 1)
    assert told(node, "adc pinmap") == {"adc_0": 34}


def test_many_readings_are_calmer_than_one(node):
    node.control.device(34, kind="voltage", volts=2.0, noise=0.05)
    single = [told(node, "adc measure 1")["volt"] for _ in range(12)]
    many = [told(node, "adc measure 256")["volt"] for _ in range(12)]
    print(f"one reading {min(single)} to {max(single)} V, 256 {min(many)} to {max(many)} V")
    assert max(many) - min(many) < (max(single) - min(single)) / 4
    assert all(abs(volt - 2.0) < 0.01 for volt in many)


@pytest.mark.parametrize(("volts", "rail", "percent"), [(0.0, "low", 0.0), (3.3, "high", 100.0)])
def test_an_input_at_a_rail_is_told(node, volts, rail, percent):
    node.control.device(34, kind="voltage", volts=volts)
    found = told(node, "adc measure")
    assert (found["rail"], found["percent"]) == (rail, percent)


def test_a_voltage_stands_for_a_value_also_after_a_restart(node):
    node.control.device(34, kind="voltage", volts=1.5, noise=0.0)
    assert "value" not in told(node, "adc measure")
    node.say("adc scale 0.5 0 2.5 100")
    assert abs(told(node, "adc measure")["value"] - 50) < 0.1
    node.restart()
    assert abs(told(node, "adc measure")["value"] - 50) < 0.1
    node.say("adc scale 0 0 0 0")
    assert "value" not in told(node, "adc measure")


def test_what_changes_is_reported_and_what_does_not_is_not(node):
    node.control.device(34, kind="voltage", volts=1.0)
    node.say("adc scale 0 0 1 100")
    said = node.say("adc report 10 'threshold above level 40 60' 200")
    assert said == "adc.report: started, 'task kill adc.report' ends it"
    first = eventually(lambda: told(node, "adc status")["reported"], "the first report")
    assert abs(first - 100) < 1
    node.control.device(34, volts=1.05)
    assert told(node, "adc measure")["volt"] > 1.04
    node.say("adc measure 256")
    assert told(node, "adc status")["reported"] == first
    node.control.device(34, volts=1.5)
    eventually(lambda: abs(told(node, "adc status")["reported"] - 150) < 1, "the next report")
    assert "is running already" in node.say("adc report 10")
    assert told(node, "threshold status") == {"level": 1}
    node.control.device(34, volts=0.2)
    eventually(lambda: told(node, "threshold status") == {"level": 0}, "the line that is run")
    node.say("task kill adc.report", "adc scale 0 0 0 0")


def test_the_filter_of_v04_answers(node):
    node.control.device(34, kind="voltage", volts=2.0)
    assert node.say("adc action_fltr 20 0.1") == "True"
    assert node.say("adc action_fltr 900") == "False"
    assert "limit: expected 0 to 1000, got 2000" in node.say("adc action_fltr 2000")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("adc measure 0", "samples: expected 1 to 256, got 0"),
        ("adc measure 1 pwm_0x", "unknown pin 'pwm_0x'"),
        ("adc measure 1 simple_0", "pin simple_0 (16) cannot do this: invalid Pin for ADC"),
        ("adc scale a 0 1 1", "scale: expected numbers, got 'a'"),
        ("adc report 0", "delta: expected a number above 0, got 0"),
        ("adc report 1 'switch'", "expected <module> <function>"),
        ("adc report 1 '' 10", "every: expected 50 to 3600000 ms, got 10"),
    ],
)
def test_what_makes_no_sense_is_refused(node, line, said):
    answer = node.say(line)
    assert answer.startswith("refused: ")
    assert said in answer


def test_nothing_was_a_fault(node):
    assert "Traceback" not in node.say("log error")

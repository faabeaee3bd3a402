"""Load modules for what speaks in pulses: a real node, and devices at the pins of its board."""

import json

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.model.errors import ToolkitError
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    found.control.clock("speed", 5)  # sensors rest for seconds
    found.serving()
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def told(node, line):
    return json.loads(node.say(line + " >json"))


def test_a_dht_is_measured_and_rests_before_it_is_measured_again(node):
    node.control.device(17, kind="dht22", temperature=-10.1, humidity=65.2)
    assert told(node, "dht measure") == {"temperature": -10.1, "humidity": 65.2, "age": 0}
    node.control.device(17, temperature=30.0)
    again = told(node, "air dht_measure")
    assert again["temperature"] == -10.1
    assert again["age"] <= 2
    assert node.control.device(17)["asked"] == 1
    assert told(node, "dht pinmap") == {"dht": 17}


def test_a_dht_of_the_other_kind_is_refused(node):
    node.control.device(17, kind="dht22", temperature=30.0, humidity=65.2)
    node.say("system module dht")
    said = node.say("dht measure dht11")
    assert said == "refused: kind: this is no answer of a dht11, is it the other one?"
    node.control.device(17, kind="dht11", temperature=23.0, humidity=45.0)
    node.say("system module dht")
    assert "no answer of a dht22" in node.say("dht measure")
    assert told(node, "dht measure dht11")["humidity"] == 45
    assert "kind: expected dht11 or dht22, got 'dht33'" in node.say("dht measure dht33")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no answer", "no answer"),
        ("checksum", "wrong checksum"),
        ("stuck", "the line is held low, or has no pull-up resistor,"),
    ],
)
def test_a_dht_that_is_broken_is_told_by_its_pin(node, fault, said):
    node.control.device(17, kind="dht22", fault=fault)
    node.say("system module dht")
    sentence = f"dht: {said} on pin dht (17)"
    assert node.say("dht measure") == "refused: " + sentence
    assert told(node, "dht status")["problem"] == sentence
    assert node.control.device(17)["asked"] == 2
    node.control.device(17, fault=None)
    assert told(node, "dht measure")["age"] == 0
    node.control.device(17, kind=None)


SENSORS = {"ffffffffffff": -10.125, "000000000001": 25.0625, "800000000001": 0.5}


def test_all_thermometers_of_a_bus_are_measured_by_their_serial_numbers(node):
    node.control.device(18, kind="ds18b20", sensors=SENSORS)
    found = told(node, "ds18x20 measure")
    assert {name[2:14]: celsius for name, celsius in found.items()} == SENSORS
    assert sorted(told(node, "ds18x20 scan")) == sorted(found)
    assert "refused: serial: expected one of 28" in node.say("ds18x20 temp")
    assert {one: told(node, f"ds18x20 temp {one}") for one in found} == found
    assert all(name.startswith("28") for name in found)


def test_a_thermometer_that_is_broken_is_told_by_its_number(node):
    node.control.device(18, kind="ds18b20", sensors={"000000000001": 7.0}, fault="checksum")
    assert list(told(node, "ds18x20 measure").values()) == ["wrong checksum"]
    assert "refused: ds18x20: wrong checksum of 28" in node.say("ds18x20 temp")
    node.control.device(18, kind=None)
    node.control.device(18, kind="ds18b20", fault="no conversion")
    assert list(told(node, "ds18x20 measure").values()) == ["not measured"]


def test_a_thermometer_at_85_degrees_is_told_from_one_that_measures_nothing(node):
    node.control.device(18, kind=None)
    node.control.device(18, kind="ds18b20", sensors={"000000000001": 85.0, "000000000002": 20.0})
    assert sorted(told(node, "ds18x20 measure").values()) == [20.0, 85.0]
    node.control.device(18, fault="no conversion")
    assert list(told(node, "ds18x20 measure").values()) == ["not measured"] * 2
    node.control.device(18, kind=None)


@pytest.mark.parametrize(
    ("fault", "said"), [("no answer", "no answer"), ("stuck", "the line is held low")]
)
def test_a_bus_that_is_broken_is_told_by_its_pin(node, fault, said):
    node.control.device(18, kind="ds18b20", fault=fault)
    sentence = f"refused: ds18x20: {said} on pin onewire (18)"
    assert node.say("ds18x20 measure") == sentence
    assert node.say("ds18x20 scan") == sentence
    node.control.device(18, fault=None)
    assert list(told(node, "ds18x20 measure").values()) == [21.0]


def test_a_distance_is_the_median_of_several_echoes(node):
    node.control.device(35, kind="hcsr04", mm=1000, next=[3000, 50])
    assert told(node, "hcsr04 distance") == {"mm": 1000}
    assert node.control.device(35)["asked"] == 3
    assert abs(told(node, "hcsr04 distance 1 0")["mm"] - 965) <= 1  # cold air is slower
    node.control.device(35, mm=3900, next=[], celsius=-40)  # the sound is under way for 25.4 ms
    assert abs(told(node, "hcsr04 distance 1 -40")["mm"] - 3900) <= 1
    node.control.device(35, mm=1000, celsius=20)
    assert node.say("distance_HCSR04 distance_cm") == "100.0"
    assert node.say("distance_HCSR04 distance_mm") == "1000"
    asked = node.say("hcsr04 distance 15 &", "hcsr04 distance 1", "hcsr04 distance 2")
    assert asked == "mm: 1000"
    eventually(lambda: "1000" in node.say("task show hcsr04.distance"), "who asked first")
    assert "samples: expected 1 to 15, got 0" in node.say("hcsr04 distance 0")
    assert "celsius: expected -40 to 85, got 'x'" in node.say("hcsr04 distance 1 x")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"mm": 9000}, "out of range, 20 to 4000 mm"),
        ({"mm": 5}, "out of range, 20 to 4000 mm"),
        ({"fault": "no answer"}, "no answer on pin echo (35)"),
        ({"fault": "endless"}, "the echo on pin echo (35) does not end"),
    ],
)
def test_a_distance_that_cannot_be_told(node, state, said):
    node.control.device(35, kind=None)
    node.control.device(35, kind="hcsr04", **state)
    assert node.say("hcsr04 distance") == "refused: hcsr04: " + said


def test_a_distance_whose_pins_are_let_go_is_told_so(node):
    node.control.device(35, kind=None)
    node.control.device(35, kind="hcsr04", mm=1000)
    assert "started" in node.say("hcsr04 distance 15 &")
    eventually(lambda: node.control.device(35)["asked"] > 1, "the first echo")
    node.say("hcsr04 deinit")
    said = "hcsr04: it has been released meanwhile"
    eventually(lambda: said in node.say("task show hcsr04.distance"), "its end")
    assert "gpio" in node.say("gpio read echo", "system pinmap")
    assert node.say("hcsr04 distance") == "refused: pin echo (35) is taken by gpio"
    assert "state" in node.say("gpio on trigger")  # it has not been taken
    node.say("gpio deinit")


def test_nothing_was_a_fault(node):
    assert "Traceback" not in node.say("log error")


def standing(node):
    """Have the time of the node stand still but for what is granted."""

    def served():
        node.control.advance(500)
        try:
            return node.status()
        except ToolkitError:
            return None

    node.control.clock("frozen")
    eventually(served, "the node")


def test_presses_are_told_apart_and_run_their_commands(node):
    standing(node)
    node.control.device(4, kind="button", bounces=3)
    node.say('button run single "switch on"', "button run long 'switch off'")
    for presses, last, level in (
        ([100], "single", 1),
        ([100, 100, 100], "double", 1),
        ([10], "double", 1),  # too short for anybody's finger
        ([1500], "long", 0),
    ):
        node.control.device(4, presses=presses)
        for _ in range(30):
            node.control.advance(100)
        assert told(node, "button status")["last"] == last
        assert node.control.pin(16) == level
    found = told(node, "button status")
    assert found["single"] == "1, switch on"
    assert found["double"] == "1, no commands"
    assert found["long"] == "1, switch off"
    node.control.device(4, fault="stuck")
    for _ in range(30):
        node.control.advance(100)
    assert told(node, "button status")["long"] == "2, switch off"  # once, however long


def test_a_relay_rests_for_its_least_times_and_is_held_by_hand(node):
    node.control.clock("real")
    node.serving()
    node.say("switch off", "system module switch", "relay off", "relay auto", "relay times 0 0")
    assert told(node, "relay on")["state"] == node.control.pin(16) == 1
    assert told(node, "relay toggle")["state"] == node.control.pin(16) == 0
    assert told(node, "relay want 1")["state"] == node.control.pin(16) == 1
    assert told(node, "relay want 0")["state"] == node.control.pin(16) == 0
    assert "want: expected 0 or 1, got 2" in node.say("relay want 2")
    node.say("relay times 1 2")
    found = told(node, "relay on")
    assert (found["state"], found["wanted"]) == (0, 1)
    assert 1 <= found["wait"] <= 3
    eventually(lambda: node.control.pin(16) == 1, "the relay, after its least time off")
    assert told(node, "relay by_hand 0")["by_hand"] is True
    eventually(lambda: node.control.pin(16) == 0, "the relay, after its least time on")
    assert told(node, "relay on")["wait"] == 0  # whatever is wanted
    assert node.control.pin(16) == 0
    assert told(node, "relay auto")["wait"] > 0
    node.say("relay off")
    assert told(node, "relay status") == {"state": 0, "wanted": 0, "by_hand": False, "wait": 0}
    assert "by_hand: expected 0 or 1, got 2" in node.say("relay by_hand 2")
    assert "times: expected 0 to 86400 seconds, got -1" in node.say("relay times 1 -1")


def test_a_relay_and_a_button_know_after_a_restart_what_was_wanted_before(node):
    node.control.clock("real")
    node.serving()
    node.say("system module switch", "relay times 0 1", "relay auto", "relay on")
    eventually(lambda: node.control.pin(16) == 1, "the relay")
    node.say("button run double 'switch status'")
    node.restart()
    assert told(node, "button load")["double"] == "0, switch status"
    assert told(node, "relay status")["state"] == 0
    assert told(node, "relay load")["wanted"] == 1
    eventually(lambda: node.control.pin(16) == 1, "the relay, after its least time off")


def test_a_press_that_makes_no_sense_is_refused(node):
    assert "press: expected single, double or long, got 'triple'" in node.say("button run triple x")
    assert "refused" in node.say("button run single 'switch'")

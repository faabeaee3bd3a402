"""Load modules for voltages where there is one input, ten bits, and little memory: an ESP8266."""

import json
from pathlib import Path

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.model.pins import logical
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)


class Leaf(Node):
    def toolkit(self, *words):
        super().toolkit(*words, *(("--board", "esp8266") if "--make" in words else ()))


@pytest.fixture(scope="module")
def leaf(tmp_path_factory):
    found = Leaf(tmp_path_factory.mktemp("leaf"))
    found.toolkit("-o", str(Path(__file__).with_name("old_modules") / "LM_oldair.py"))
    found.serving()
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def told(node, line):
    return json.loads(node.say(line + " >json"))


def hang(leaf, **state):
    """Start with this at its input: what imitates a device has memory of its own only then."""
    leaf.control.power_off()
    leaf.control.device(0, **state)
    leaf.control.power_on()
    eventually(lambda: "ready at" in leaf.control.console().split("rst cause")[-1], "the start")


def test_a_voltage_is_that_of_the_pin_of_the_board(leaf):
    hang(leaf, kind="voltage", volts=1.6)
    found = told(leaf, "adc measure")
    assert abs(found["volt"] - 1.6) < 0.004  # a step is 3 mV
    assert found["rail"] == "no"
    leaf.control.device(0, volts=3.3)
    assert told(leaf, "adc measure")["rail"] == "high"
    assert int(leaf.say("oldair light")) > 1000  # as v0.4 has it: 0 is its number there


def test_light_is_told_and_its_input_is_nobody_elses(leaf):
    hang(leaf, kind="temt6000", lux=100)
    assert abs(told(leaf, "light_sensor illuminance")["lux"] - 100) < 1
    # button_0 is GPIO 0 there, and the one analog input is a pin of its own
    assert told(leaf, "light_sensor pinmap") == {"light_in": 17}
    pins = logical("esp8266")
    assert pins["adc_0"] == pins["light_in"] == pins["gas_in"] == 17
    assert 17 not in (pins["button_0"], pins["rotary_sw"], pins["pwm_3"])


def test_gas_is_told(leaf):
    hang(leaf, kind="mq135", rs=50000.0)
    assert abs(told(leaf, "mq135 resistance")["ohms"] - 50000) < 300
    assert told(leaf, "mq135 ppm")["calibrated"] is False


def test_what_the_chip_lacks_is_said(leaf):
    hang(leaf, kind=None)
    assert leaf.say("esp32 temp") == "refused: this chip has no temperature sensor"
    assert leaf.say("uart talk x") == "refused: this chip has no serial port but the console"


def test_nothing_was_a_fault_here(leaf):
    assert "Traceback" not in leaf.say("log error")

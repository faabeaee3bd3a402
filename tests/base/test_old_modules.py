"""Load modules as they were written for micrOS v0.4 run as they are, on a real node."""

import json
from pathlib import Path

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)

_OLD = Path(__file__).with_name("old_modules")


def near(duties):
    """A duty of micrOS has 1024 steps."""
    return pytest.approx(duties, abs=1)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    found.toolkit("-o", *[str(path) for path in sorted(_OLD.glob("LM_*.py"))])
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def duties(node):
    """The duties of the three channels, in thousandths."""
    pins = json.loads(node.say("system pinmap >json"))
    numbers = [pins[f"pwm_{channel}"] for channel in range(3)]
    pulses = [node.control.pwm(number) or {"duty_u16": 0} for number in numbers]
    return [round(it["duty_u16"] * 1000 / 65535) for it in pulses]


def test_outputs_are_set_by_the_names_of_their_pins(node):
    assert node.say("oldlamp lamp 1000 500 0") == "LAMP [1000, 500, 0]"
    assert duties(node) == near([1000, 500, 0])
    assert node.say("oldlamp lamp g=250 f=0.5") == "LAMP [1000, 250, 0]"
    assert duties(node) == near([500, 125, 0])


def test_its_pins_are_told_by_their_names(node):
    assert json.loads(node.say("oldlamp pinmap >json")) == {
        "one": {"pwm_0": 14},
        "more": {"pwm_1": 13, "no_such": None},
    }


def test_what_it_is_told_is_checked_as_everybodys(node):
    said = node.say("oldlamp lamp 1 2 3 4 5")
    assert said.startswith("refused: expected oldlamp lamp [r = None] [g = None]"), said
    assert node.say("oldlamp rename") == "refused: expected oldlamp rename <name>, got 0 arguments"
    assert "oldlamp rename <name>" in node.say("help oldlamp")


def test_what_it_keeps_in_a_file_of_its_own_is_there_after_a_restart(node):
    node.say("oldlamp lamp 10 20 30")
    node.restart()
    assert node.say("oldlamp lamp_cache_load_n_init") == "LAMP [10, 20, 30]"
    assert duties(node) == near([10, 20, 30])


def test_settings_are_read_and_written_and_secrets_are_neither(node):
    assert json.loads(node.say("oldlamp where >json")) == {
        "platform": "esp32",
        "name": "node01",
        "port": 9008,
        "cron": False,
        "nothing": None,
        "secret": None,
        "pin": None,
    }
    assert node.say("oldlamp rename shed") == "True"
    assert node.say("hello").startswith("hello:shed:")
    assert node.say("oldlamp rename 'no such name, that is'") == "False"
    assert "devfid: expected" in node.say("log warn")
    assert node.say("oldlamp rename node01") == "True"
    assert node.say("oldlamp lock 123456789012") == "False"  # and the password is what it was
    assert node.say("oldlamp where >json")


def test_its_help_and_what_it_prints_are_told(node):
    assert "lamp_cache_load_n_init" in node.say("oldlamp help()")
    node.say("oldlamp lamp 1 2 3")
    assert "[oldlamp] [1, 2, 3]" in node.say("log debug")


def test_sensors_by_the_drivers_of_the_firmware(node):
    pins = json.loads(node.say("system pinmap >json"))
    node.control.device(pins["simple_1"], kind="dht22", temperature=21.5, humidity=40.0)
    assert "21.5" in eventually(lambda: node.say("oldair measure"), "the sensor")
    node.control.adc(pins["adc_0"], 32768)
    assert int(node.say("oldair light")) > 0


def test_a_restart_that_calls_it_and_a_timer_that_does(node):
    node.set(boothook="oldlamp lamp 700 0 0", timirqcbf="oldlamp lamp 0 700 0", timirqseq="500")
    node.set(timirq="True")
    node.restart()
    assert eventually(lambda: duties(node) == near([0, 700, 0]), "the timer")
    assert node.status()["problems"] == []
    assert node.say("oldlamp where", "system module oldlamp")

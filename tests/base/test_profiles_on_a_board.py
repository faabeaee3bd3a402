"""Each profile on an installed node: its examples are done, and what it is for is seen outside."""

import json

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.model import pins, profile, settings
from toolkit.model.errors import ToolkitError
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)

PINS = pins.logical("esp32")
AIR, DISPLAY = 118, 60  # addresses of the bus
SHOWN = {"default": lambda _: None}


def shows(name):
    """Note what shows that a profile does what it is for."""

    def noted(test):
        SHOWN[name] = test
        return test

    return noted


class Desk:
    """A node that becomes one profile after the other."""

    def __init__(self, node):
        self.node, self.control, self.says = node, node.control, node.say
        self.asked = profile.load("lamp").config

    def becomes(self, name):
        """Give it the settings of a profile, in the place of those before, and start it anew."""
        wanted = {**profile.load(name).config}
        wanted |= {key: value for key, value in ANSWERS.items() if key in wanted}
        for key in wanted:
            if key.startswith("chain"):
                pause, _, rest = wanted[key].partition(" ")
                wanted[key] = f"1000 {rest}"
                assert int(pause) >= 5000
        plain = {key: settings.table()[key].default for key in self.asked}
        self.asked = wanted
        self.node.set(**plain | wanted)
        self.node.restart()

    def told(self, line):
        return json.loads(self.says(line + " >json"))

    def pulses(self, pin):
        found = self.control.pwm(PINS[pin])
        return found["duty_u16"] if found else 0

    def presses(self, pin):
        self.control.drive(PINS[pin], 1)
        self.control.drive(PINS[pin], 0)

    def lets_go(self, pin):
        self.control.drive(PINS[pin], None)


ANSWERS = {"geo": "47.5,19.05", "tz": "CET-1CEST,M3.5.0,M10.5.0/3", "cron": True}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    home = tmp_path_factory.mktemp("profiles")
    found = Node(home, "--profile", "lamp", "--set", "geo=47.5,19.05")
    yield Desk(found)
    found.control.close()
    fleet.stop(home / "virtual")


def done(desk, name):
    """Say the examples; none is refused, none faults, and nothing is wrong with the node."""
    lines = profile.load(name).examples
    for line, answer in zip(lines, desk.node.say_all(*lines), strict=True):
        assert not answer.startswith(("refused", "fault")), (line, answer)
    assert "fault" not in desk.says("log error")


def test_the_one_that_is_given_by_make_is_there(desk):
    assert desk.says("conf", "crontasks") == profile.load("lamp").config["crontasks"]
    assert desk.told("status")["problems"] == []


def test_a_node_is_told_as_a_profile_without_what_is_its_own(desk):
    node = desk.node
    node.toolkit("--profile", "new:shed", "-p", f"--dev {node.board.mac}")
    path = node.home / "profiles" / "shed.json"
    found = json.loads(path.read_text())
    wanted = {key: value for key, value in profile.load("lamp").config.items() if key != "tz"}
    assert found["config"] == wanted  # geo is asked for
    text = path.read_text()
    assert not [it for it in (node.board.mac, "virtual-wifi", node.password, "47.5") if it in text]
    assert profile.load(str(path)).config == wanted
    with pytest.raises(AssertionError, match=r"shed\.json is there already"):
        node.toolkit("--profile", "new:shed", "-p", f"--dev {node.board.mac}")
    assert path.read_text() == text


def test_a_node_that_runs_becomes_another_and_keeps_what_the_profile_does_not_say(desk):
    node = desk.node
    node.toolkit("-i", "--virtual", "--profile", "heartbeat", "--yes")
    node.serving()
    assert desk.says("conf", "boothook") == "system heartbeat"
    assert desk.says("conf", "geo") == "47.5,19.05"


def test_each_profile_is_shown():
    assert set(profile.names()) == set(SHOWN)


@pytest.mark.parametrize("name", profile.names())
def test_a_profile_does_what_it_is_for(desk, name):
    desk.becomes(name)
    SHOWN[name](desk)
    done(desk, name)
    assert desk.told("status")["problems"] == []


@shows("heartbeat")
def its_hook_is_done(desk):
    assert desk.says("system heartbeat") == "<3 heartbeat <3"


@shows("lamp")
def a_button_switches_a_lamp_that_knows_its_times(desk):
    before = desk.pulses("pwm_0")
    desk.presses("irq3")
    eventually(lambda: (desk.pulses("pwm_0") > 0) != (before > 0), "the lamp")
    desk.lets_go("irq3")
    listed = desk.says("cron list")
    assert "light on" in listed
    assert "light off" in listed
    assert "geo" not in listed


@shows("dimmer")
def a_button_dims(desk):
    desk.presses("irq3")
    eventually(lambda: desk.pulses("dimmer_0") > 60000, "the whole light")
    desk.lets_go("irq3")


@shows("neopixel")
def a_button_switches_a_strip(desk):
    desk.presses("irq3")
    eventually(lambda: any(desk.control.neopixel(PINS["neopixel_0"])), "the strip")
    desk.lets_go("irq3")


@shows("catgame")
def a_button_begins_a_game(desk):
    desk.presses("irq3")
    eventually(lambda: desk.control.pin(PINS["simple_0"]) == 1, "the laser")
    eventually(lambda: desk.pulses("pwm_4") and desk.pulses("pwm_5"), "the servos")
    desk.lets_go("irq3")
    desk.says("catgame stop")
    assert desk.control.pin(PINS["simple_0"]) == 0
    assert "catgame play 120" in desk.says("cron list")


@shows("thermostat")
def a_heater_goes_on_when_it_is_cold_and_off_when_it_is_warm(desk):
    desk.control.device(PINS["onewire"], kind="ds18b20", sensors={"000000000001": 12.5})
    desk.says("slowpwm times relay_0 10 0 0 4")  # least times of minutes are for people
    eventually(lambda: desk.control.pin(PINS["relay_0"]) == 1, "the heater")
    desk.control.device(PINS["onewire"], fault="no answer")
    eventually(lambda: desk.control.pin(PINS["relay_0"]) == 0, "no heat that nobody measures")
    desk.control.device(PINS["onewire"], fault=None)
    eventually(lambda: desk.control.pin(PINS["relay_0"]) == 1, "the heater again")
    desk.control.device(PINS["onewire"], sensors={"000000000001": 27.5})
    eventually(lambda: desk.control.pin(PINS["relay_0"]) == 0, "the end of it")


@shows("garden")
def dry_soil_is_watered_while_it_may_be(desk):
    relay, soil = PINS["relay_0"], PINS["adc_0"]
    desk.control.device(soil, kind="voltage", volts=2.4)
    eventually(lambda: "dry: 1" in desk.says("threshold status"), "dry soil")
    assert desk.told("relay status")["by_hand"] is True
    assert desk.control.pin(relay) == 0
    desk.says("relay auto")  # as at six in the morning
    eventually(lambda: desk.control.pin(relay) == 1, "the water")
    desk.control.device(soil, volts=1.4)
    eventually(lambda: desk.control.pin(relay) == 0, "its end")
    assert "relay by_hand 0" in desk.says("cron list")


@shows("air")
def the_air_is_on_the_display_and_an_alarm_when_it_is_bad(desk):
    control = desk.control
    control.i2c_model(AIR, "bme280", temperature=21.5)
    control.i2c_model(DISPLAY, "ssd1306")
    control.device(PINS["gas_in"], kind="mq135", rs=50000.0)

    def rows():
        """Return the lines that show anything."""
        seen = control.i2c_seen(DISPLAY)["lines"]
        return {y // 12 for y, line in enumerate(seen) if bytes.fromhex(line).strip(b"\0")}

    eventually(lambda: rows() >= {0, 1, 2, 3}, "four lines")
    assert "air" not in desk.says("alarms show")
    control.device(PINS["gas_in"], rs=15000.0)
    eventually(lambda: "air: raised" in desk.says("alarms show"), "the alarm")
    control.device(PINS["gas_in"], rs=80000.0)
    eventually(lambda: "air: cleared" in desk.says("alarms show"), "its end")


@shows("doorbell")
def a_button_rings_and_it_is_noted(desk):
    desk.presses("irq4")
    eventually(lambda: desk.pulses("buzzer_0") > 0, "a tone")
    desk.lets_go("irq4")
    eventually(lambda: "somebody rang" in desk.says("log"), "the note")


@shows("motion")
def somebody_who_moves_has_light_and_a_minute_later_none(desk):
    control, sensor = desk.control, PINS["pir"]
    control.device(sensor, kind="pir", stays=2000)
    control.clock("frozen")
    eventually(lambda: served(desk), "the node")
    while desk.told("status")["uptime"] < 61:  # it warms up
        control.advance(5000)
    desk.says("light off")
    control.device(sensor, moves=[100])
    control.advance(1000)
    assert desk.pulses("pwm_0") > 0
    control.advance(30000)
    assert desk.pulses("pwm_0") > 0
    control.advance(40000)
    assert desk.pulses("pwm_0") == 0
    control.device(sensor, kind=None)
    control.clock("real")
    desk.node.serving()


def served(desk):
    """Return its status once it answers."""
    desk.control.advance(500)
    try:
        return desk.node.status()
    except ToolkitError:
        return None

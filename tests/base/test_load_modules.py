"""The load modules of the release, on outputs that remember what was asked of them."""

import sys

import lm
from fakes import Log, Port, Settings

sys.path.append(__file__[: __file__.rindex("/tests/")] + "/micros/modules")


class Clock:
    source = None

    def uptime(self):
        return 90061


class Loaded:
    """The modules in memory."""

    def __init__(self):
        self.unloaded = []

    def loaded(self):
        return ["system", "light"]

    def unload(self, name):
        self.unloaded.append(name)


class Tasks:
    """Places for tasks; what is started has no turn."""

    jobs = ()

    def __init__(self):
        self.turns = {}
        self.ended = []
        self.started = []
        self.full = False

    def start(self, tag, _):
        if self.full:
            raise lm.CommandError("expected at most 8 tasks, end one of them first")
        self.started.append(tag)


class Node:
    """As much of a node as the façade and the system module reach for."""

    board = "esp32"
    trial = None

    def __init__(self):
        self.port = Port()
        self.log = Log()
        self.config = Settings(cstmpmap="n/a", ntphost="")
        self.secrets = {"appwd": "7K2M9QXT4WZ8B3HN"}
        self.taken = {}
        self.clock = Clock()
        self.kept = None
        self.memory = bytes
        self.modules = Loaded()
        self.tasks = Tasks()
        self.executor = self
        self.running = None
        self.network = Joined()


class Joined:
    name = "home"
    strength = -61

    def rssi(self):
        return self.strength


def module(name):
    """Import a load module afresh, on a fresh node."""
    sys.modules.pop("LM_" + name, None)
    lm.bind(Node())
    return __import__("LM_" + name)


def refusal(call, *arguments):
    try:
        call(*arguments)
    except lm.CommandError as error:
        return str(error)
    raise AssertionError("not refused")


def shares():
    return [output.share for output in lm.node.port.made]


def test_a_light_shows_its_colour_on_three_outputs():
    light = module("light")
    light.rgb(1000, 500, 0)
    assert shares() == [65535, 32767, 0]
    assert [output.number for output in lm.node.port.made] == [14, 13, 27]
    assert light.status() == {"on": True, "r": 1000, "g": 500, "b": 0, "brightness": 100}


def test_a_part_that_is_not_given_stays():
    light = module("light")
    light.rgb(100, 200, 300)
    light.rgb(g=1000)
    assert light.status()["r"] == 100
    assert light.status()["g"] == 1000


def test_off_is_dark_and_on_brings_the_colour_back():
    light = module("light")
    light.rgb(1000, 500, 0)
    light.off()
    assert shares() == [0, 0, 0]
    light.on()
    assert shares() == [65535, 32767, 0]
    light.toggle()
    assert shares() == [0, 0, 0]
    light.rgb(0, 0, 0)
    assert light.toggle()["r"] == 1000


def test_brightness_keeps_the_colour():
    light = module("light")
    light.rgb(1000, 500, 0)
    light.brightness(50)
    assert shares() == [32767, 16383, 0]
    light.brightness(100)
    assert shares() == [65535, 32767, 0]


def again(name):
    """Import a load module afresh, as after a restart that has saved what was kept."""
    kept = lm.node.kept
    found = module(name)
    lm.node.kept = kept
    return found


def test_a_light_keeps_what_it_shows_and_shows_it_again():
    light = module("light")
    light.load()
    assert lm.node.kept.due == 0  # nothing to be kept yet
    light.rgb(1000, 500, 0)
    light.brightness(50)
    assert lm.node.kept.due > 0
    assert lm.node.kept.levels == {"pwm_0": 1, "pwm_1": 1, "pwm_2": 0}
    shown = light.status()
    light = again("light")
    assert light.load() == shown
    assert shares() == [32767, 16383, 0]
    light.off()
    assert not any(lm.node.kept.levels.values())
    light = again("light")
    assert not light.load()["on"]
    assert shares() == [0, 0, 0]


def test_the_first_command_after_a_restart_goes_on_from_what_was_kept():
    light = module("light")
    light.rgb(1000, 500, 0)
    light.brightness(50)
    light = again("light")
    assert light.rgb(b=100) == {"on": True, "r": 1000, "g": 500, "b": 100, "brightness": 50}
    light = again("light")
    assert light.brightness(10)["b"] == 100
    light = again("light")
    assert not light.toggle()["on"]
    light = again("light")
    assert light.on() == {"on": True, "r": 1000, "g": 500, "b": 100, "brightness": 10}


def test_a_light_refuses_what_is_out_of_range():
    light = module("light")
    assert refusal(light.rgb, 1001) == "r: expected 0 to 1000, got 1001"
    assert refusal(light.rgb, 0, "x") == "g: expected 0 to 1000, got 'x'"
    assert refusal(light.brightness, 0) == "brightness: expected 1 to 100, got 0"
    assert lm.node.port.made == []


def test_a_switch_switches():
    switch = module("switch")
    assert switch.status() == {"state": 0}
    assert switch.set_state(1) == {"state": 1}
    assert switch.toggle() == {"state": 0}
    assert switch.on() == {"state": 1}
    assert switch.off() == {"state": 0}
    assert refusal(switch.set_state, 2) == "set_state: expected state 0 or 1, got 2"
    assert switch.pinmap() == {"simple_0": 16}


def test_a_servo_turns_between_its_pulses_at_fifty_times_a_second():
    servo = module("servo")
    for degrees, pulse in ((0, 500), (90, 1500), (180, 2500)):
        servo.angle(degrees)
        assert abs(shares()[0] * 20000 // 65535 - pulse) <= 1
    assert lm.node.port.made[0].frequency == 50
    servo.angle(45.5, 2)
    assert servo.status() == {"servo 1": 180, "servo 2": 45.5}


def test_a_servo_refuses_what_is_out_of_range():
    servo = module("servo")
    assert refusal(servo.angle, 181) == "angle: expected 0 to 180 degrees, got 181"
    assert refusal(servo.angle, 90, 3) == "servo: expected 1 or 2, got 3"


def test_a_servo_lets_go_of_its_pins():
    servo = module("servo")
    servo.angle(90)
    servo.deinit()
    assert not lm.node.port.made[0].used
    assert 25 not in lm.node.taken


def test_two_modules_do_not_share_a_pin():
    light = module("light")
    lm.pin("pwm_1", "LM_other")
    assert refusal(light.rgb, 1) == "pin pwm_1 (13) is taken by other"


def test_what_the_chip_cannot_do_is_a_refusal():
    module("switch")

    def unable(number, *_):
        raise ValueError("invalid pin")

    lm.node.port.pin = unable
    assert refusal(lm.pin, 99, "x") == "pin 99 (99) cannot do this: invalid pin"


def test_a_secret_is_no_setting_of_a_module():
    module("switch")
    assert refusal(lm.setting, "appwd") == "no setting 'appwd'"
    assert refusal(lm.setting, "nosuch") == "no setting 'nosuch'"
    assert lm.setting("cstmpmap") == "n/a"


async def test_the_heartbeat_blinks_and_gives_the_light_back():
    system = module("system")
    assert await system.heartbeat() == "<3 heartbeat <3"
    assert 2 not in lm.node.taken


def test_the_system_tells_what_it_knows_and_refuses_what_it_does_not():
    system = module("system")
    assert system.uptime() == "1 d 01:01:01"
    assert system.rssi() == {"home": -61}
    assert "not known" in refusal(system.clock)
    lm.node.network.strength = None
    assert "no network" in refusal(system.rssi)


def test_the_pin_map_tells_the_owners():
    system = module("system")
    lm.pin("simple_0", "LM_switch")
    assert system.pinmap()["simple_0"] == "16 (switch)"
    assert system.pinmap()["simple_1"] == 17


async def test_an_unloaded_module_gives_back_its_pins():
    system = module("system")
    lm.pin("pwm_0", "LM_light")
    assert await system.module() == "light system"
    await system.module("light")
    assert lm.node.modules.unloaded == ["light"]
    assert 14 not in lm.node.taken

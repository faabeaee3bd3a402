"""The load modules of the release, on outputs that remember what was asked of them."""

import asyncio
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

    def start(self, tag, work):
        if self.full:
            raise lm.CommandError("expected at most 8 tasks, end one of them first")
        self.started.append(tag)
        self.work = work


class Node:
    """As much of a node as the façade and the system module reach for."""

    board = "esp32"
    trial = None

    def __init__(self):
        self.port = Port()
        self.log = Log()
        self.config = Settings(cstmpmap="n/a", ntphost="", poweron="n/a")
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


def test_a_switch_that_is_an_output_since_the_start_tells_what_it_is_and_another_takes_no_pin():
    switch = module("switch")
    for named, taken in (("n/a", {}), ("pwm_0:on; 160:on", {}), ("simple_0 : on", {16: "switch"})):
        lm.node.config.values["poweron"] = named
        assert switch.status() == {"state": 0}
        assert lm.node.taken == taken
    switch = module("switch")
    lm.node.config.values["poweron"] = "pwm_0:on; 16:last"
    switch.status()
    assert lm.node.taken == {16: "switch"}


def test_what_is_kept_is_told_before_the_first_use_and_that_nothing_shows():
    for name, wanted, told in (
        ("light", lambda it: it.rgb(1000, 500, 0), {"r": 1000, "g": 500, "b": 0}),
        ("dimmer", lambda it: it.set_value(300), {"value": 300}),
        ("cct", lambda it: it.white(200, 100), {"c": 200, "w": 100}),
        ("neopixel", lambda it: (it.load(5), it.rgb(1, 2, 3)), {"count": 5, "g": 2}),
    ):
        wanted(module(name))
        found = again(name)
        for lit in False, True:
            status = found.status()
            assert {key: status[key] for key in told} == told, name
            assert status["on"] is lit, name
            found.load()
    module("relay").on()
    assert again("relay").status()["wanted"] == 1
    assert lm.node.taken == {}


def test_the_angle_of_a_stepper_has_no_more_figures_than_a_person_wants():
    stepper = module("stepper")
    stepper.load()
    for position, degrees in ((0, 0), (137, 12.04), (-137, -12.04), (4096, 360), (1365, 119.97)):
        stepper._kept["position"] = position
        assert str(stepper.status()["degrees"]) == str(float(degrees)), position


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
    assert servo.deinit() == "servo: released"
    assert not lm.node.port.made[0].used
    assert 25 not in lm.node.taken


def test_two_modules_do_not_share_a_pin():
    light = module("light")
    lm.pin("pwm_1", "LM_other")
    assert refusal(light.rgb, 1) == "pin pwm_1 (13) is taken by other"


def test_a_load_that_is_refused_half_way_takes_no_pins():
    for name, last in (
        ("stepper", "stepper_4"),
        ("motor", "motor_1"),
        ("cct", "warm_0"),
        ("rotary", "rotary_sw"),
    ):
        found = module(name)
        lm.pin(last, "LM_other")
        assert "is taken by other" in refusal(found.load)
        assert list(lm.node.taken.values()) == ["other"], name


def test_a_second_motor_that_is_refused_leaves_the_first_its_pins():
    motor = module("motor")
    motor.load(1)
    taken = dict(lm.node.taken)
    lm.pin("motor_2b", "LM_other")
    assert "is taken by other" in refusal(motor.load, 2)
    del lm.node.taken[lm.pinmap("motor_2b")["motor_2b"]]
    assert lm.node.taken == taken


def test_a_bus_that_lacks_a_pin_takes_none():
    module("switch")
    lm.node.port.i2c = no_memory
    lm.pin("i2c_sda", "LM_other")
    assert "is taken by other" in refusal(lm.i2c)
    assert list(lm.node.taken.values()) == ["other"]


def test_what_there_is_no_task_for_takes_no_pins():
    for name, work in (("heartbeat", "blink"), ("heartbeat", "pulse"), ("catgame", "play")):
        found = module(name)
        lm.node.tasks.full = True
        assert "at most 8 tasks" in refusal(getattr(found, work))
        assert lm.node.taken == {}
        lm.node.tasks.full = False
        assert "ends it" in getattr(found, work)()


class Short:
    """What there is no memory for."""

    def __getattr__(self, name):
        raise MemoryError(name)


def no_memory(*_):
    raise MemoryError


def in_vain(call):
    try:
        call()
    except MemoryError:
        return
    raise AssertionError("there was memory")


def test_a_pin_that_there_was_no_memory_for_is_nobodys():
    switch = module("switch")
    lm.node.port.pin = no_memory
    in_vain(switch.load)
    assert lm.node.taken == {}


def test_a_load_that_memory_was_short_for_is_done_by_the_next_call():
    for name, before, then in (
        ("relay", ("times", 60, 50), ("on", "least", [50, 60])),
        ("dimmer", ("set_value", 300), ("on", "value", 300)),
        ("cct", ("white", 10, 20), ("on", "parts", [10, 20])),
    ):
        getattr(module(name), before[0])(*before[1:])
        kept = lm.node.kept
        found = module(name)
        lm.node.kept = Short()
        in_vain(found.load)
        lm.node.kept = kept
        getattr(found, then[0])()
        assert kept.values["LM_" + name][then[1]] == then[2], name


def test_a_relay_that_no_task_was_there_for_goes_on_later():
    relay = module("relay")
    relay.times(60, 60)
    relay.on()
    kept = lm.node.kept
    relay = module("relay")
    lm.node.kept = kept
    lm.node.tasks.full = True
    assert "at most 8 tasks" in refusal(relay.load)
    lm.node.tasks.full = False
    relay.load()
    assert lm.node.tasks.started == ["relay"]


def test_a_buzzer_that_memory_was_short_for_is_prepared_later():
    buzzer = module("buzzer")
    tasks = lm.node.tasks
    del lm.node.tasks
    try:
        buzzer.load()
    except AttributeError:
        lm.node.tasks = tasks
    assert buzzer.stop() == {"sounding": False}


def test_a_sensor_that_memory_was_short_for_is_watched_later():
    for name in ("pir", "button", "rotary"):
        found = module(name)
        lm.node.port.deaf = 1  # times
        in_vain(found.load)
        found.load()
        assert lm.node.port.made[-1].irq_set, name
        assert lm.node.tasks.started == [name]


async def test_a_pulse_whose_pin_was_let_go_leaves_it_to_the_next():
    gpio = module("gpio")
    pulse = asyncio.create_task(gpio.pulse("simple_1", 20))
    await asyncio.sleep_ms(0)
    gpio.deinit()
    assert lm.pin("simple_1", "LM_other").level == 0
    said = None
    try:
        await pulse
    except lm.CommandError as error:
        said = str(error)
    assert said == "gpio: a newer call took over"
    assert lm.node.taken == {17: "other"}
    assert lm.node.port.made[0].level == 1


async def test_a_game_that_is_stopped_before_it_begins_does_not_begin():
    game = module("catgame")
    game.play(60)
    assert "a game is going on" in refusal(game.play)
    assert await game.stop() == "catgame: ended"
    assert lm.node.taken == {}
    await lm.node.tasks.work()
    assert len(lm.node.port.made) == 1  # the laser alone
    assert game.status()["plays"] is False
    game.play(5)


def test_a_strip_that_cannot_go_over_stays_as_it_was():
    strip = module("neopixel")
    strip.rgb(1, 2, 3)
    was = strip.status()
    lm.node.tasks.full = True
    for change in (
        (strip.rgb, 9, 9, 9, None, 100),
        (strip.brightness, 50, 100),
        (strip.segment, 0, 9, 9, 9, 0, 3, 100),
        (strip.off, 100),
    ):
        assert "at most 8 tasks" in refusal(*change)
        assert strip.status() == was
    strip.on()
    assert set(lm.node.port.made[-1].buf) == {1, 2, 3}


def test_pins_may_be_given_by_number():
    adc = module("adc")
    adc.load(34)
    adc.load()
    assert adc.pinmap() == {"34": 34, "adc_0": lm.pins()["adc_0"]}
    assert [str(name) for name in adc.status()["inputs"]] == ["34", "adc_0"]
    adc.scale(0, 0, 1, 50, 34)
    assert adc.status()["scaled"] == {"34": [0, 0, 1, 50]}


def test_a_driver_with_other_steps_is_not_sure_of_its_place():
    stepper = module("stepper")
    assert stepper.zero()["sure"]
    assert stepper.driver("uln2003", 4096)["sure"]
    assert not stepper.driver("uln2003", 2048)["sure"]
    stepper.zero()
    assert not stepper.driver("step", 2048)["sure"]


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

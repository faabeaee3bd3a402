"""Load modules for what moves and what is moved: a real node, and devices at its pins."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.model.errors import ToolkitError
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)

MODULES = (
    "stepper",
    "motor",
    "L298N",
    "pir",
    "motion_sensor",
    "rotary",
    "switch",
    "gpio",
    "genIO",
    "touch",
)


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """Return a node whose time stands still but for what is granted."""
    found = Node(tmp_path_factory.mktemp("node"))
    found.rotor = 0  # where it was last seen
    found.control.clock("frozen")
    eventually(lambda: served(found), "the node")
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def served(node):
    """Return its status once it answers."""
    node.control.advance(500)
    try:
        return node.status()
    except ToolkitError:
        return None


@pytest.fixture
def node(standing):
    """Return that node with nothing at its pins, and no module loaded."""
    yield standing
    for pin in (4, 14, 19, 25, 27, 32):
        standing.control.device(pin, kind=None)
    standing.say("pir deinit", "rotary deinit")
    standing.control.advance(200)
    standing.say(*("system module " + module for module in MODULES))


def told(node, line):
    said = node.say(line + " >json")
    assert said[:1] in "{[tf0123456789-", said
    return json.loads(said)


def go(node, line, milliseconds):
    """Run a command in the background for so long."""
    assert "started" in node.say(line + " &")
    passes(node, milliseconds)


def passes(node, milliseconds):
    for _ in range(0, milliseconds, 500):
        node.control.advance(500)


def stepper(node):
    """Hang a motor on the pins; its rotor stays where the last one was. That is 0 now."""
    node.control.device(19, kind=None)
    node.control.device(19, kind="stepper", steps=node.rotor % 8)
    node.zero = node.rotor % 8
    node.say("stepper zero")


def rotor(node):
    state = node.control.device(19)
    if state["kind"] == "stepper":
        node.rotor = state["steps"]
        return node.rotor - node.zero, state["lost"]
    return state["steps"], state["lost"]


def test_a_stepper_makes_its_steps_at_its_speed_and_is_without_current_at_rest(node):
    stepper(node)
    go(node, "stepper step 600 600", 500)
    assert 250 <= rotor(node)[0] <= 305
    assert any(node.control.pin(pin) for pin in (19, 23, 32, 33))
    passes(node, 1000)
    assert rotor(node) == (600, 0)
    assert not any(node.control.pin(pin) for pin in (19, 23, 32, 33))
    found = {"position": 600, "degrees": 52.73, "sure": True, "moving": False}
    assert told(node, "stepper status") == found
    go(node, "stepper step -300", 1000)
    assert rotor(node) == (300, 0)


def test_a_stepper_turns_by_and_to_angles_without_losing_parts_of_a_step(node):
    stepper(node)
    for _ in range(9):
        go(node, "stepper angle 1 600", 500)
    assert rotor(node) == (102, 0)  # 9 * 4096 / 360 is 102.4
    go(node, "stepper to -45 600", 1500)
    assert rotor(node) == (-512, 0)
    assert told(node, "stepper status")["degrees"] == -45
    node.say("stepper driver uln2003 4076")
    go(node, "stepper to 0 600", 1500)
    go(node, "stepper to 90 600", 2000)
    assert rotor(node) == (1019, 0)


@pytest.mark.parametrize("left", range(8))
def test_the_first_motion_takes_the_rotor_along_wherever_it_was_left(node, left):
    node.control.device(19, kind=None)
    node.control.device(19, kind="stepper", steps=left)
    go(node, "stepper step 8", 500)
    before = node.control.device(19)
    assert abs(before["steps"] - left - 8) <= 5  # half a degree
    go(node, "stepper step 16 600", 500)
    after = node.control.device(19)
    assert (after["steps"] - before["steps"], after["lost"]) == (16, before["lost"])
    node.rotor = after["steps"]


def test_a_stepper_behind_a_driver_for_step_and_direction(node):
    node.control.device(19, kind="a4988")
    node.say("stepper driver step 3200", "stepper zero")
    assert node.control.pin(32) == 1
    go(node, "stepper angle 90 2000", 1000)
    assert rotor(node) == (800, 0)
    assert node.control.pin(32) == 1  # no current
    go(node, "stepper to -9 2000", 1000)
    assert rotor(node) == (-80, 0)
    node.say("stepper driver uln2003")


def test_a_stepper_knows_its_place_after_a_restart_but_is_not_sure(node):
    stepper(node)
    go(node, "stepper step 100", 500)
    node.say("system module stepper")
    found = told(node, "stepper status")
    assert (found["position"], found["sure"]) == (100, False)
    go(node, "stepper to 0", 500)
    assert rotor(node) == (0, 0)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("step 10 601", "speed: expected 1 to 600 steps a second, got 601"),
        ("step 10 0", "speed: expected 1 to 600 steps a second, got 0"),
        ("step 1.5", "count: expected -1000000 to 1000000, got 1.5"),
        ("step x", "count: expected -1000000 to 1000000, got 'x'"),
        ("angle 99999", "degrees: expected -36000 to 36000, got 99999"),
        ("driver drv8825", "kind: expected uln2003 or step, got 'drv8825'"),
        ("driver step 0", "per_turn: expected 4 to 1000000 steps, got 0"),
    ],
)
def test_a_motion_that_makes_no_sense_is_refused(node, line, said):
    assert node.say("stepper " + line) == "refused: " + said


def test_a_pin_of_a_stepper_that_another_module_has_is_refused_by_name(node):
    node.say("system module stepper")
    node.set(cstmpmap="stepper_2:16")
    node.say("switch on")
    assert node.say("stepper load") == "refused: pin stepper_2 (16) is taken by switch"
    node.set(cstmpmap="n/a")
    node.say("system module switch")


def motor(node, pin=14):
    state = node.control.device(pin)
    return state["does"], state["speed"]


def test_a_motor_comes_to_its_speed_by_a_ramp_and_goes_over_zero_to_the_other_side(node):
    node.control.device(14, kind="l298n")
    node.say("motor ramp 2000")
    go(node, "motor speed 100", 1000)
    assert motor(node)[0] == "turns"
    assert 45 <= motor(node)[1] <= 55
    passes(node, 1500)
    assert motor(node) == ("turns", 100)
    go(node, "motor speed -100", 2000)
    assert -5 <= motor(node)[1] <= 5
    passes(node, 2500)
    assert motor(node) == ("turns", -100)
    assert node.control.device(14)["shock"] <= 2
    assert told(node, "motor status")["speed_1"] == -100


def test_a_motor_is_braked_and_stopped_at_once_also_on_its_ramp(node):
    node.control.device(14, kind="l298n")
    node.say("motor ramp 2000")
    go(node, "motor speed 80", 500)
    assert motor(node)[0] == "turns"
    assert told(node, "motor brake")["braked"] == "1"
    assert motor(node) == ("brakes", 0)
    assert "a newer call took over" in node.say("task show motor.speed")
    passes(node, 1000)
    assert motor(node) == ("brakes", 0)
    go(node, "motor speed 80", 500)
    assert motor(node)[0] == "turns"
    assert told(node, "motor stop")["braked"] == "none"
    assert motor(node) == ("coasts", 0)


def test_two_motors_are_two(node):
    node.control.device(14, kind="l298n")
    node.control.device(13, kind="l298n", inputs=[16, 17])
    node.say("motor ramp 0", "motor speed 40", "motor speed -60 2")
    assert (motor(node), motor(node, 13)) == (("turns", 40), ("turns", -60))
    node.say("motor brake 2")
    assert (motor(node), motor(node, 13)) == (("turns", 40), ("brakes", 0))
    found = {"speed_1": 40, "speed_2": 0, "braked": "2", "ramp": 0}
    assert told(node, "motor status") == found
    node.say("motor stop")
    assert (motor(node), motor(node, 13)) == (("coasts", 0), ("coasts", 0))
    node.control.device(13, kind=None)


def test_a_motor_has_its_words_of_the_platform_before(node):
    node.control.device(14, kind="l298n")
    node.say("motor ramp 0", "L298N m1_control 1 30")
    assert motor(node) == ("turns", -30)
    node.say("L298N set_direction")
    assert motor(node) == ("turns", 30)
    node.say("L298N set_speed 70")
    assert motor(node) == ("turns", 70)
    node.say("L298N stop")
    assert motor(node) == ("coasts", 0)
    assert "direc: expected 0 or 1, got 2" in node.say("L298N set_direction 2")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("speed 101", "speed: expected -100 to 100, got 101"),
        ("speed x", "speed: expected -100 to 100, got 'x'"),
        ("speed 10 3", "motor: expected 1 or 2, got 3"),
        ("stop 3", "motor: expected 1, 2, or 0 for both, got 3"),
        ("ramp -1", "ramp: expected 0 to 60000 ms, got -1"),
    ],
)
def test_a_speed_that_makes_no_sense_is_refused(node, line, said):
    assert node.say("motor " + line) == "refused: " + said


@pytest.fixture
def warm(node):
    """Return the node, a minute after its start at least."""
    while node.status()["uptime"] < 61:
        passes(node, 10000)
    return node


def test_motion_lasts_until_nobody_has_moved_for_the_hold_time(warm):
    node = warm
    node.control.device(19, kind="pir", stays=2000)
    node.say("pir hold 5", "pir run motion 'switch on'", "pir run calm 'switch off'")
    assert told(node, "pir status")["motion"] is False
    count = told(node, "pir status")["count"]
    node.control.device(19, moves=[100, 1000, 1500])
    passes(node, 1000)
    found = told(node, "pir status")
    assert (found["motion"], found["count"], node.control.pin(16)) == (True, count + 1, 1)
    passes(node, 6000)  # the sensor is low again
    assert told(node, "pir status")["motion"] is True
    passes(node, 3500)
    found = told(node, "pir status")
    assert (found["motion"], found["count"], node.control.pin(16)) == (False, count + 1, 0)
    assert found["ago"] in (5, 6)
    node.say("pir run motion", "pir run calm")
    assert told(node, "motion_sensor get_PIR_state") is False
    assert node.say("motion_sensor PIR_deinit") == "pir: released"


def test_a_motion_too_short_to_be_seen_by_looking_counts(warm):
    node = warm
    node.control.device(19, kind="pir", stays=10)
    count = told(node, "pir hold 1")["count"]
    node.control.device(19, moves=[20])
    passes(node, 500)
    assert told(node, "pir status")["count"] == count + 1
    passes(node, 1500)
    node.control.device(19, fault="no answer", moves=[1500])
    passes(node, 2000)
    found = told(node, "pir status")
    assert (found["motion"], found["count"]) == (False, count + 1)


def test_a_sensor_that_tells_of_motion_for_ever_is_told(warm):
    node = warm
    node.control.device(19, kind="pir", fault="held high")
    assert "problem" not in told(node, "pir load")
    for _ in range(13):
        node.control.advance(50000)
    assert "is pin pir (19) stuck?" in told(node, "pir status")["problem"]
    node.control.device(19, fault=None)
    passes(node, 1500)
    assert told(node, "pir status")["motion"] is False


def test_what_a_sensor_tells_while_it_warms_up_is_no_motion(node):
    node.control.clock("real")
    node.control.device(19, kind="pir", stays=100, moves=[10, 3000])
    node.control.clock("frozen")
    eventually(lambda: served(node), "the node")
    assert "it warms up" in told(node, "pir load")["problem"]
    node.control.device(19, moves=[100])
    passes(node, 1000)
    found = told(node, "pir status")
    assert (found["motion"], found["count"]) == (False, 0)
    while node.status()["uptime"] < 61:
        passes(node, 10000)
    found = told(node, "pir status")
    assert (found["motion"], found["count"]) == (False, 0)
    assert "problem" not in found
    node.control.device(19, moves=[100])
    passes(node, 1000)
    assert told(node, "pir status")["count"] == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hold 0", "hold: expected 1 to 3600 seconds, got 0"),
        ("run noise 'switch on'", "upon: expected motion or calm, got 'noise'"),
    ],
)
def test_a_motion_is_not_told_otherwise(node, line, said):
    assert node.say("pir " + line) == "refused: " + said


def shaft(node, **state):
    """Turn the encoder, and let the time pass that it takes."""
    node.control.device(32, **state)
    detents = sum(abs(turn) for turn in state.get("turns", []))
    passes(node, 1000 + detents * 4 * 5)


def test_an_encoder_counts_each_detent_however_its_contacts_bounce(node):
    node.say("rotary span -100 100", "rotary value 0")
    for bounces in (0, 1, 5):
        node.control.device(32, kind="rotary", b=33, bounces=bounces)
        shaft(node, turns=[8, -3])
        assert told(node, "rotary read") == 5
        shaft(node, turns=[-9, 4])
        assert told(node, "rotary read") == 0
        node.control.device(32, kind=None)


def test_a_count_ends_at_its_limits_or_goes_round(node):
    node.control.device(32, kind="rotary", b=33)
    node.say("rotary span 0 10", "rotary value 8")
    shaft(node, turns=[5])
    assert told(node, "rotary read") == 10
    shaft(node, turns=[-1])
    assert told(node, "rotary read") == 9  # at once, not after as many as were too many
    node.say("rotary span 0 10 True")
    shaft(node, turns=[4])
    assert told(node, "rotary status")["value"] == 2
    node.say("rotary span 0 10")


def test_turning_and_pushing_run_commands(node):
    node.control.device(32, kind="rotary", b=33)
    node.control.device(4, kind="button", bounces=3)
    presses = told(node, "rotary load")["presses"]
    node.say("rotary run turned 'switch on'", "rotary run pushed 'switch off'")
    shaft(node, turns=[1])
    assert node.control.pin(16) == 1
    node.control.device(4, presses=[100, 200, 100])
    passes(node, 1000)
    assert node.control.pin(16) == 0
    assert told(node, "rotary status")["presses"] == presses + 2
    node.say("rotary run turned", "rotary run pushed")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("a open", "pin rotary_a (32) does not move"),
        ("b open", "pin rotary_b (33) does not move"),
        ("stuck", "pin rotary_a (32) does not move"),
    ],
)
def test_an_encoder_with_one_dead_contact_counts_nothing_and_says_which(node, fault, said):
    node.control.device(32, kind="rotary", b=33)
    node.say("rotary span -100 100", "rotary value 5")
    shaft(node, turns=[2])
    node.control.device(32, fault=fault)
    before = told(node, "rotary read")
    shaft(node, turns=[25])
    assert abs(told(node, "rotary read") - before) <= 1
    assert told(node, "rotary status")["problem"] == said
    node.control.device(32, fault=None)
    shaft(node, turns=[2])
    assert "problem" not in told(node, "rotary status")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("span 5 5", "span: expected low below high, got 5 and 5"),
        ("value x", "number: expected -1000000 to 1000000, got 'x'"),
        ("run shaken 'switch on'", "upon: expected turned or pushed, got 'shaken'"),
    ],
)
def test_an_encoder_is_not_asked_for_what_makes_no_sense(node, line, said):
    assert node.say("rotary " + line) == "refused: " + said


def test_a_pin_is_switched_toggled_and_read_by_name_or_number(node):
    assert told(node, "gpio on simple_1") == {"pin": 17, "state": 1}
    assert node.control.pin(17) == 1
    assert told(node, "gpio toggle 17")["state"] == node.control.pin(17) == 0
    assert told(node, "gpio read simple_1") == 0
    assert told(node, "gpio read irq1 up") == 1
    node.control.drive(19, 0)
    assert told(node, "gpio read irq1 up") == 0
    node.control.drive(19, None)
    assert told(node, "gpio status") == {"17": "out 0", "19": "up 1"}
    assert told(node, "gpio pinmap") == {"17": 17, "19": 19}
    node.say("genIO set_out simple_1 1")
    assert node.control.pin(17) == 1
    node.say("genIO set_out simple_1")
    assert node.control.pin(17) == 0
    assert told(node, "genIO get_in irq1") == {"pin": "irq1", "state": 1}
    assert sorted(told(node, "genIO genio_pins")) == ["17", "19"]


def test_a_pulse_ends_by_itself_or_by_what_comes_after_it(node):
    go(node, "gpio pulse simple_1 800", 500)
    assert node.control.pin(17) == 1
    passes(node, 500)
    assert node.control.pin(17) == 0
    go(node, "gpio pulse simple_1 800", 500)
    node.say("gpio off simple_1", "gpio on simple_1")
    passes(node, 1000)
    assert node.control.pin(17) == 1
    assert "a newer call took over" in node.say("task show gpio.pulse")
    go(node, "gpio pulse simple_1 60000", 500)
    node.say("task kill gpio.pulse")
    passes(node, 500)
    assert node.control.pin(17) == 0


def test_a_pin_of_another_module_is_refused_until_that_is_unloaded(node):
    node.say("switch on")
    said = "refused: pin simple_0 (16) is taken by switch"
    assert node.say("gpio off simple_0") == said
    assert node.say("gpio read 16") == said.replace("simple_0", "16")
    assert node.control.pin(16) == 1
    node.say("system module switch")
    assert node.control.pin(16) == 0  # nothing drives it
    assert told(node, "gpio off simple_0")["state"] == node.control.pin(16) == 0
    assert node.say("switch on") == "refused: pin simple_0 (16) is taken by gpio"
    node.say("gpio deinit")
    assert "state: 1" in node.say("switch on")


def test_a_pin_that_can_only_be_an_input_is_no_output(node):
    said = "refused: pin adc_0 (34) cannot do this: pin can only be input"
    for line in ("on adc_0", "toggle adc_0", "pulse adc_0 5"):
        assert node.say("gpio " + line) == said
    assert node.say("gpio on 34") == said.replace("adc_0", "34")
    assert told(node, "gpio read adc_0") == 0
    assert node.say("gpio on 34").startswith("refused: ")
    assert told(node, "gpio status") == {"34": "in 0"}


def test_what_is_unloaded_switches_no_pin_any_more(node):
    node.say("slowpwm times simple_0 2", "slowpwm duty simple_0 50")
    assert node.control.pin(16) == 1
    assert node.say("system module slowpwm", "switch on") == "state: 1"
    for _ in range(8):
        passes(node, 500)
        assert node.control.pin(16) == 1
    assert node.say("system module slowpwm").startswith("refused: expected a loaded module")


def test_what_is_unloaded_begins_anew_at_once(node):
    node.say("pir load", "rotary load", "relay times 60 60", "relay on")
    node.say("system module rotary", "system module pir", "system module relay")
    assert told(node, "task list")["active"] == []
    assert "refused" not in node.say("pir load") + node.say("rotary load")
    node.say("relay times 0 0", "relay off", "system module relay")


def test_a_ramp_ends_when_its_motor_is_unloaded_and_its_caller_is_told(node):
    node.control.device(14, kind="l298n")
    node.say("motor ramp 4000")
    with ThreadPoolExecutor() as pool:
        ramp = pool.submit(node.say, "motor speed 100")
        eventually(lambda: (passes(node, 500), motor(node)[0] == "turns")[1], "the ramp")
        node.say("system module motor")
        assert ramp.result(20) == "refused: motor.1: a newer call took over"
    speed = motor(node)
    passes(node, 1500)
    assert motor(node) == speed
    node.say("motor stop")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("on 6", "pin: expected a name or number of the map, got 6; cstmpmap names others"),
        ("read irq1 high", "pull: expected in, up or down, got 'high'"),
        ("pulse simple_1 0", "lasting: expected 1 to 60000 ms, got 0"),
        ("off nowhere", "unknown pin 'nowhere'"),
    ],
)
def test_a_pin_is_not_driven_by_mistake(node, line, said):
    assert node.say("gpio " + line).startswith("refused: " + said)


def test_a_finger_is_told_from_none_and_from_noise(node):
    node.control.device(27, kind="touch", value=600, noise=30)
    go(node, "touch load", 500)
    assert told(node, "touch status")["rest pwm_2"] == 600
    assert [told(node, "touch read") for _ in range(4)] == [0, 0, 0, 0]
    node.control.device(27, finger=True)
    assert told(node, "touch read") == 1
    assert 120 <= told(node, "touch value") <= 180
    node.say("touch sensitivity 90")
    assert told(node, "touch read") == 0
    node.say("touch sensitivity 25")
    node.control.device(27, fault="no answer")
    assert told(node, "touch read") == 0


def test_a_pad_that_is_let_go_while_it_is_learnt_is_told_so(node):
    node.control.device(14, kind="touch", value=600)
    assert "started" in node.say("touch load pwm_0 &")
    node.control.advance(50)
    node.say("touch deinit")
    passes(node, 500)
    said = "touch: pin pwm_0 has been released meanwhile"
    assert said in node.say("task show touch.load")


def test_a_pad_that_cannot_be_read_is_told_by_its_pin(node):
    node.control.device(27, kind="touch", fault="short")
    sentence = "refused: touch: pin pwm_2 reads nothing, is it shorted?"
    assert node.say("touch value") == sentence
    assert node.say("touch read") == sentence
    said = "refused: pin simple_0 (16) cannot do this: invalid pin for touchpad"
    assert node.say("touch read simple_0") == said
    assert "state: 1" in node.say("switch on")  # the pin is free all the same
    assert "sensitivity: expected 1 to 90 percent, got 0" in node.say("touch sensitivity 0")


def test_a_chip_without_pads_refuses_in_one_sentence(tmp_path):
    node = Node(tmp_path, "--board", "esp8266")
    node.serving()
    assert node.say("touch read") == "refused: this chip has no touch pads"
    assert "rest" not in node.say("touch status")
    node.control.close()
    fleet.stop(tmp_path / "virtual")


def pulse(node, pin):
    found = node.control.pwm(pin)
    return round(found["duty_u16"] * 1000000 / found["freq"] / 65535)


def test_two_servos_turn_by_angle_and_by_the_numbers_of_the_platform_before(node):
    node.say("servo angle 0", "servo angle 180 2")
    assert abs(pulse(node, 25) - 500) <= 1
    assert abs(pulse(node, 33) - 2500) <= 1
    node.say("servo sduty 75", "servo s2duty 40")
    assert abs(pulse(node, 25) - 75 * 20000 / 1023) <= 2
    assert abs(pulse(node, 33) - 40 * 20000 / 1023) <= 2
    node.say("servo Servo 115", "servo Servo2 77")
    assert abs(pulse(node, 25) - 115 * 20000 / 1023) <= 2
    assert abs(pulse(node, 33) - 77 * 20000 / 1023) <= 2
    assert node.say("servo sduty 116") == "refused: duty: expected 40 to 115, got 116"
    go(node, "servo Servo_demo", 1000)
    assert abs(pulse(node, 25) - 2500) <= 1
    passes(node, 2000)
    assert abs(pulse(node, 25) - 1500) <= 1
    assert node.say("servo Servo_deinit") == "servo: released"
    assert node.control.pwm(25) is node.control.pwm(33) is None


def asked(node, line):
    """Ask while its time goes on: a node in the middle of a step answers when that is done."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(node.say, line)
        while not answer.done():
            node.control.advance(10)
    return answer.result()


def test_a_newer_motion_takes_over_and_stop_ends_any(node):
    stepper(node)
    assert "started" in asked(node, "stepper to 90 &")
    passes(node, 500)
    assert rotor(node)[0] > 50
    assert json.loads(asked(node, "stepper status >json"))["moving"] is True
    assert "started" in asked(node, "stepper step -9999 &")
    passes(node, 4000)
    assert rotor(node)[0] < 0
    assert "a newer call took over" in asked(node, "task show stepper.to")
    found = json.loads(asked(node, "stepper stop >json"))
    assert found["moving"] is False
    place, lost = rotor(node)
    assert abs(found["position"] - place) <= 1
    assert lost == 0
    assert not any(node.control.pin(pin) for pin in (19, 23, 32, 33))
    passes(node, 1000)
    assert told(node, "stepper status") == found


def test_nothing_that_moved_was_a_fault(standing):
    assert "Traceback" not in standing.say("log error")

"""Load modules for voltages and serial ports: a real node, and what hangs at its board."""

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

    def reported():
        return told(node, "adc status")["reported"].get("adc_0")

    first = eventually(reported, "the first report")
    assert abs(first - 100) < 1
    node.control.device(34, volts=1.05)
    assert told(node, "adc measure")["volt"] > 1.04
    node.say("adc measure 256")
    assert reported() == first
    node.control.device(34, volts=1.5)
    eventually(lambda: abs(reported() - 150) < 1, "the next report")
    assert "is running already" in node.say("adc report 10")
    said = "adc.report.light_in: started, 'task kill adc.report.light_in' ends it"
    assert node.say("adc report 10 name=light_in") == said
    eventually(lambda: set(told(node, "adc status")["reported"]) >= {"adc_0", "light_in"}, "both")
    assert "adc.report.light_in is running" in node.say("adc report 10 name=light_in")
    node.say("task kill adc.report.light_in")
    assert told(node, "threshold status") == {"level": 1}
    node.control.device(34, volts=0.2)
    eventually(lambda: told(node, "threshold status") == {"level": 0}, "the line that is run")
    node.say("task kill adc.report", "adc scale 0 0 0 0", "system module adc")


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
        ("adc report 1 'light on & 1000'", "expected the end of the command, got '0'"),
        ("adc report 1 '' 10", "every: expected 50 to 3600000 ms, got 10"),
    ],
)
def test_what_makes_no_sense_is_refused(node, line, said):
    answer = node.say(line)
    assert answer.startswith("refused: ")
    assert said in answer


def test_nothing_was_a_fault(node):
    assert "Traceback" not in node.say("log error")


def test_a_temt6000_tells_the_light(node):
    node.control.device(36, kind="temt6000", lux=250)
    assert abs(told(node, "light_sensor illuminance")["lux"] - 250) <= 2
    assert told(node, "light_sensor illuminance")["rail"] == "no"
    assert 25 < told(node, "light_sensor intensity")["percent"] < 45
    assert told(node, "light_sensor pinmap") == {"light_in": 36}


def test_an_ldr_tells_the_light_and_is_known_after_a_restart(node):
    node.control.device(36, kind="ldr", lux=60, r10=9000.0, gamma=0.6, resistor=4700.0)
    node.say("light_sensor sensor ldr 4700 9000 0.6")
    assert abs(told(node, "light_sensor illuminance")["lux"] - 60) <= 1
    node.restart()
    assert told(node, "light_sensor status") == {"sensor": "ldr", "resistor": 4700}
    assert abs(told(node, "light_sensor illuminance")["lux"] - 60) <= 1


@pytest.mark.parametrize(("fault", "rail"), [("open", "low"), ("short", "high")])
def test_a_light_sensor_that_is_broken_says_at_which_rail_it_is(node, fault, rail):
    node.control.device(36, kind="ldr", fault=fault)
    found = told(node, "light_sensor illuminance")
    assert found["rail"] == rail
    assert (found["lux"] == 0) == (rail == "low")
    node.control.device(36, kind=None)


def test_a_gas_sensor_tells_its_resistance_and_what_gas_makes_it(node):
    node.control.device(39, kind="mq135", rs=50000.0)
    assert abs(told(node, "mq135 resistance")["ohms"] - 50000) < 200
    before = told(node, "mq135 ppm")
    assert before["calibrated"] is False
    assert abs(before["ppm"] - 116.602 * (50 / 76.63) ** -2.76903) < 5
    assert told(node, "mq135 calibrate 420")["calibrated"] is True
    assert abs(told(node, "mq135 ppm")["ppm"] - 420) < 1
    node.restart()
    after = told(node, "mq135 ppm")
    assert after["calibrated"] is True
    assert abs(after["ppm"] - 420) < 5
    assert told(node, "mq135 ppm 50 85")["ppm"] < after["ppm"]
    assert abs(told(node, "air getMQ135GasPPM 20 33")["ppm"] - after["ppm"]) < 5
    node.control.device(39, rs=40000.0)
    assert told(node, "mq135 ppm")["ppm"] > 700


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("open", "stuck at the low rail, pin gas_in (39): is no sensor there?"),
        ("short", "stuck at the high rail, pin gas_in (39): is its load resistor off?"),
    ],
)
def test_a_gas_sensor_that_is_broken_is_told_by_its_pin(node, fault, said):
    node.control.device(39, kind="mq135", fault=fault)
    for word in ("resistance", "ppm", "calibrate"):
        assert node.say("mq135 " + word) == "refused: mq135: " + said
    node.control.device(39, fault=None)


def test_another_circuit_is_reckoned_with(node):
    node.control.device(39, kind="mq135", rs=30000.0, load=20000.0)
    node.say("mq135 circuit 20000 5")
    assert abs(told(node, "mq135 resistance")["ohms"] - 30000) < 200


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("mq135 ppm 200", "temperature: expected -40 to 85, got 200"),
        ("mq135 ppm 20 101", "humidity: expected 0 to 100, got 101"),
        ("mq135 calibrate 0", "fresh: expected 10 to 10000 ppm, got 0"),
        ("mq135 circuit 1", "resistor: expected 100 to 1000000, got 1"),
        ("light_sensor sensor moon", "kind: expected temt6000 or ldr, got 'moon'"),
        ("light_sensor sensor ldr 0", "resistor: expected 10 to 10000000, got 0"),
        ("light_sensor sensor ldr gamma=0", "gamma: expected 0.1 to 2, got 0"),
    ],
)
def test_what_no_sensor_is_is_refused(node, line, said):
    assert node.say(line) == "refused: " + said


def test_the_chip_tells_its_own_temperature(node):
    node.control.temperature(40)
    assert told(node, "esp32 temp") == {"celsius": 40.0}
    assert node.say("esp32 intemp") == "40.0"
    said = node.say("esp32 hall")
    assert said == (
        "refused: hall: MicroPython has had no hall sensor since ESP-IDF 5 took it away"
    )


def test_still_nothing_was_a_fault(node):
    assert "Traceback" not in node.say("log error")


def test_lines_are_sent_and_received(node):
    node.control.device(16, kind="uart", replies=["21.5 C", "ready"], echo=True)
    found = told(node, "uart speed 9600")
    assert found == {"baud": 9600, "bits": 8, "parity": "none", "stop": 1, "waiting": 0}
    assert node.say('uart talk "read me"') == "21.5 C"
    assert node.say("uart talk state") == "ready"
    assert node.say("uart talk back") == "back"
    assert node.say("uart send hello") == "sent 7 bytes"
    assert node.say("uart receive") == "hello"
    assert node.control.device(16)["heard"] == ["read me", "state", "back", "hello"]
    assert told(node, "uart pinmap") == {"uart_tx": 17, "uart_rx": 16}


def test_what_says_something_by_itself_is_heard_line_by_line(node):
    node.control.device(16, kind="uart", say=["one", "two"])
    assert node.say("uart receive 5000") == "one"
    assert node.say("uart receive 5000") == "two"
    assert node.say("uart receive 100") == "refused: uart: no line on pin uart_rx (16)"


def test_what_waited_before_a_question_is_no_answer_but_a_late_answer_is_one(node):
    node.control.device(16, kind="uart", say=["old"], echo=True, replies=[])
    eventually(lambda: told(node, "uart status")["waiting"] == 5, "the old line")
    assert node.say("uart talk new") == "new"


def test_a_line_that_is_longer_under_way_than_a_call_waits_is_told_whole_by_the_next(node):
    node.control.device(16, kind="uart", baud=300, echo=True)
    node.say("uart speed 300")
    line = "".join(str(each % 10) for each in range(100))
    late = node.say(f"uart talk {line} 200")
    assert "bytes without an end" in late
    assert node.say("uart receive 60000") == line
    node.say("uart speed 9600")


def test_the_rest_of_a_line_that_is_too_long_is_not_told_as_a_line(node):
    node.control.device(16, kind=None)
    node.control.device(16, kind="uart", say=["x" * 300, "whole"])
    assert "more than 256 bytes without an end" in node.say("uart receive 5000")
    assert node.say("uart receive 5000") == "whole"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no answer", "refused: uart: no line on pin uart_rx (16)"),
        ("endless", "refused: uart: more than 256 bytes without an end"),
        ("garbage", "\\xff\\x00\\x81\\xfe\\x13\\xc0"),
    ],
)
def test_what_does_not_speak_properly_is_told(node, fault, said):
    node.control.device(16, kind="uart", echo=True, fault=fault)
    assert node.say("uart talk x 2000") == said
    node.control.device(16, kind=None)
    node.control.device(16, kind="uart", echo=True)
    assert node.say("uart talk x 2000") == "x"


def test_a_port_that_is_let_go_while_somebody_waits_is_told_so(node):
    node.control.device(16, kind="uart", echo=True, replies=[])
    assert "started" in node.say("uart receive 60000 &")
    node.say("uart deinit")
    said = "uart: the port has been released meanwhile"
    eventually(lambda: said in node.say("task show uart.receive"), "its end")
    assert node.say("uart talk x") == "x"


def test_another_speed_is_heard_as_no_line(node):
    node.control.device(16, kind="uart", echo=True, baud=19200)
    assert "no line on pin uart_rx (16)" in node.say("uart talk x 300")
    node.say("uart speed 19200")
    assert node.say("uart talk x") == "???x"  # what came before had no end
    node.restart()
    assert node.say("uart talk x") == "x"  # it is kept
    node.say("uart speed 9600")


def test_the_port_holds_nobody_up(node):
    """A line of 240 bytes at 300 baud is 8 s on the wire; each write is of what takes 5 ms."""
    node.control.device(16, kind="uart", baud=300, echo=True)
    node.say("uart speed 300")
    node.say("uart send " + "x" * 100 + " &")
    assert "hello:" in node.say("hello")
    assert "running" in node.say("task show uart.send")
    assert node.say("task kill uart.send") == "Kill: uart.send|True"
    assert node.say("uart deinit") == "uart: released"
    node.say("uart speed 9600")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("uart speed 1", "baud: expected 300 to 921600, got 1"),
        ("uart speed 9600 9", "expected 7 or 8 bits, 1 or 2 stop bits, got 9, 1"),
        ("uart speed 9600 8 some", "parity: expected none, even or odd, got 'some'"),
        ("uart receive -1", "timeout: expected 0 to 60000 ms, got -1"),
        ("uart send " + "x" * 300, "text: expected at most 256 bytes, got 302"),
    ],
)
def test_what_no_port_can_do_is_refused(node, line, said):
    assert node.say(line) == "refused: " + said


def test_the_port_was_no_fault(node):
    assert "Traceback" not in node.say("log error")

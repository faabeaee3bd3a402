"""What turns, and what tells that somebody turned or moved something: models of the world."""

import pytest

from tests.support.boards import Bench
from toolkit.virtual.control import Control

_COILS = """\
import time
from machine import Pin
pins = [Pin(n, Pin.OUT, value=0) for n in (19, 23, 32, 33)]
def field(bits, micros):
    for place, pin in enumerate(pins):
        pin.value(bits >> place & 1)
    time.sleep_us(micros)
def turn(places, micros, half=(1, 3, 2, 6, 4, 12, 8, 9)):
    for place in places:
        field(half[place % 8], micros)
    field(0, 0)
"""


def test_a_rotor_follows_half_steps_full_steps_and_back(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(19, kind="stepper")
    console.run(_COILS)
    console.run("turn(range(1, 17), 2000)")
    assert steps(control) == (16, 0)
    console.run("turn(range(15, -1, -1), 2000)")
    assert steps(control) == (0, 0)
    console.run("turn(range(0, 16, 2), 4000)")
    assert steps(control) == (14, 0)


def steps(control: Control, pin: int = 19) -> tuple[int, int]:
    state = control.device(pin) or {}
    return state["steps"], state["lost"]


@pytest.mark.parametrize(
    ("places", "micros", "made"),
    [
        ("range(1, 9)", 1000, 0),  # from rest it does not follow a thousand a second
        ("range(1, 9)", 1700, 8),
        ("[0, 4, 0, 4]", 5000, 0),  # opposite: drawn to no side
        ("[1, 3, 2, 4, 3, 5]", 9000, 5),  # in a wrong order it goes to and fro
    ],
)
def test_a_rotor_is_left_behind(bench: Bench, places: str, micros: int, made: int) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(19, kind="stepper")
    console.run(_COILS)
    console.run(f"turn({places}, {micros})")
    found, lost = steps(control)
    assert found == made
    assert (lost > 0) == (made == 0)


def test_a_rotor_that_turns_follows_more_than_one_at_rest(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(19, kind="stepper")
    console.run(_COILS)
    console.run("def on(n, micros): field((1, 3, 2, 6, 4, 12, 8, 9)[n % 8], micros)")
    console.run("for n in range(1, 33): on(n, 1600 if n < 9 else 1000)")
    console.run("turn([], 0)")
    assert steps(control) == (32, 0)


@pytest.mark.parametrize("fault", ["coil 1", "coil 2", "coil 3", "coil 4", "jammed"])
def test_a_broken_motor_gets_nowhere_for_good(bench: Bench, fault: str) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(19, kind="stepper", fault=fault)
    console.run(_COILS)
    console.run("turn(range(1, 65), 2000)")
    found, lost = steps(control)
    assert abs(found) < 8
    assert lost >= 8


def test_a_rotor_stays_where_it_is_over_a_restart(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(19, kind="stepper")
    console.run(_COILS)
    console.run("turn(range(1, 6), 2000)")
    control.power_cycle()
    console.enter_raw()
    console.run(_COILS)
    console.run("turn(range(6, 11), 2000)")
    assert steps(control) == (10, 0)


_DRIVER = """\
import time
from machine import Pin
step, way, enable = [Pin(n, Pin.OUT, value=0) for n in (19, 23, 32)]
def turn(count, micros):
    for _ in range(count):
        step.value(1)
        step.value(0)
        time.sleep_us(micros)
"""


def test_a_driver_counts_its_pulses(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(19, kind="a4988")
    console.run(_DRIVER)
    console.run("way.value(1); turn(100, 500); way.value(0); turn(30, 500)")
    assert steps(control) == (70, 0)
    console.run("enable.value(1); turn(10, 500); enable.value(0)")
    assert steps(control) == (70, 0)
    console.run("turn(10, 100)")
    assert steps(control)[1] >= 9
    control.device(19, fault="no answer")
    before = steps(control)
    console.run("turn(10, 500)")
    assert steps(control) == (before[0], before[1] + 10)


_BRIDGE = """\
from machine import Pin, PWM
first, second = Pin(27, Pin.OUT, value=0), Pin(32, Pin.OUT, value=0)
enable = PWM(Pin(14), freq=1000, duty_u16=0)
"""


@pytest.mark.parametrize(
    ("fault", "first", "second", "duty", "does", "speed"),
    [
        (None, 1, 0, 65535, "turns", 100),
        (None, 0, 1, 16384, "turns", -25),
        (None, 1, 1, 65535, "brakes", 0),
        (None, 0, 0, 65535, "brakes", 0),
        (None, 1, 0, 0, "coasts", 0),
        ("no answer", 1, 0, 65535, "coasts", 0),
        ("jammed", 1, 0, 65535, "stalls", 0),
        ("input 1", 1, 0, 65535, "brakes", 0),
        ("input 2", 1, 1, 65535, "turns", 100),
    ],
)
def test_a_bridge_does_what_its_sheet_says(
    bench: Bench, fault: str | None, first: int, second: int, duty: int, does: str, speed: int
) -> None:
    """The table of Fig. 6."""
    board = bench.board()
    console, control = bench.console(board), bench.control(board)
    control.device(14, kind="l298n", fault=fault)
    console.run(_BRIDGE)
    console.run(f"first.value({first}); second.value({second}); enable.duty_u16({duty})")
    found = control.device(14) or {}
    assert (found["does"], found["speed"]) == (does, speed)


def test_a_bridge_knows_how_roughly_it_was_treated(bench: Bench) -> None:
    board = bench.board()
    console, control = bench.console(board), bench.control(board)
    control.device(14, kind="l298n")
    console.run(_BRIDGE)
    console.run("first.value(1)\nfor n in range(0, 65536, 4096): enable.duty_u16(n)")
    assert (control.device(14) or {})["shock"] <= 7
    console.run("first.value(0); second.value(1)")
    assert (control.device(14) or {})["shock"] >= 90
    control.press_reset()
    assert (control.device(14) or {})["speed"] == 0


_WATCH = """\
from machine import Pin
seen = []
sensor = Pin(19, Pin.IN)
sensor.irq(lambda pin: seen.append(pin.value()))
"""


def test_a_pir_sensor_stays_high_after_the_last_motion_and_then_sees_nothing(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    control.device(19, kind="pir", stays=2000)
    console.run(_WATCH)
    control.device(19, moves=[100, 1500, 3000, 2000])  # up at 0.1 s, down at 3.6 s, blind to 6.1 s
    for milliseconds, level in ((50, 0), (100, 1), (3400, 1), (100, 0), (2600, 0), (400, 1)):
        control.advance(milliseconds)
        assert int(console.run("print(sensor.value())")) == level
    assert console.run("print(seen)") == "[1, 0, 1]"
    assert (control.device(19) or {})["asked"] == 2
    control.device(19, fault="stuck")
    assert int(console.run("print(sensor.value())")) == 0
    control.device(19, fault="held high")
    assert int(console.run("print(sensor.value())")) == 1


_SHAFT = """\
from machine import Pin
a, b = Pin(32, Pin.IN, Pin.PULL_UP), Pin(33, Pin.IN, Pin.PULL_UP)
seen = []
def look(_):
    now = (a.value(), b.value())
    if not seen or seen[-1] != now:
        seen.append(now)
a.irq(look)
b.irq(look)
"""


@pytest.mark.parametrize(
    ("detents", "levels"),
    [(1, "[(0, 1), (0, 0), (1, 0), (1, 1)]"), (-1, "[(1, 0), (0, 0), (0, 1), (1, 1)]")],
)
def test_an_encoder_leads_with_one_contact_or_the_other(
    bench: Bench, detents: int, levels: str
) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    control.device(32, kind="rotary", bounces=0)
    console.run(_SHAFT)
    control.device(32, turns=[detents])
    control.advance(100)
    assert console.run("print(seen)") == levels


def test_the_contacts_of_an_encoder_bounce(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    control.device(32, kind="rotary", bounces=2)
    console.run(_SHAFT)
    control.device(32, turns=[1])
    control.advance(100)
    assert console.run("print(len(seen), seen[-1])") == "20 (1, 1)"
    control.device(32, fault="b open", turns=[1])
    control.advance(100)
    assert console.run("print(len(seen))") == "30"


def test_a_touch_pad_reads_less_with_a_finger_at_it(bench: Bench) -> None:
    board = bench.board()
    console, control = bench.console(board), bench.control(board)
    console.run("from machine import Pin, TouchPad; pad = TouchPad(Pin(14))")
    assert console.run("print(pad.read())") == "1000"
    control.device(14, kind="touch", value=800, noise=10)
    assert console.run("print(sorted(pad.read() for _ in range(3)))") == "[790, 800, 810]"
    control.device(14, finger=True, noise=0)
    assert console.run("print(pad.read())") == "200"
    control.device(14, fault="no answer")
    assert console.run("print(pad.read())") == "800"
    control.device(14, fault="short")
    assert console.run("print(pad.read())") == "0"
    assert console.fails("TouchPad(Pin(16))") == "ValueError: invalid pin for touchpad"


def test_a_touch_pad_of_an_esp32_s3_reads_more(bench: Bench) -> None:
    board = bench.board("esp32s3")
    console, control = bench.console(board), bench.control(board)
    control.device(4, kind="touch", value=20000, noise=0, finger=True)
    assert console.run("import machine; print(machine.TouchPad(4).read())") == "80000"
    console = bench.console(bench.board("esp32c3"))
    assert console.run("print(hasattr(__import__('machine'), 'TouchPad'))") == "False"

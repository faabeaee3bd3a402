"""The model of a BME280, as its registers look to a program."""

import pytest

from tests.support.boards import Bench, Console
from toolkit.model.errors import InputError
from toolkit.virtual import bme280_values, i2c_models, keys
from toolkit.virtual.control import Control

_PROGRAM = """\
import time
from machine import Pin, SoftI2C
bus = SoftI2C(Pin(22), Pin(21))
def get(register, count=1): return bus.readfrom_mem(118, register, count)
def put(register, *values): bus.writeto_mem(118, register, bytes(values))
"""


@pytest.fixture
def wired(bench: Bench) -> tuple[Console, Control]:
    """A board with a sensor, on a clock that jumps."""
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.i2c_model(118, "bme280", temperature=25.0, pressure=1006.5, humidity=40.0)
    console.run(_PROGRAM)
    return console, control


def measured(data: str) -> tuple[float, float, float]:
    """Temperature, hPa and humidity of the eight bytes, by the maker's formulas."""
    raw = bytes.fromhex(data)
    pressure, warmth = int.from_bytes(raw[:3]) >> 4, int.from_bytes(raw[3:6]) >> 4
    celsius, fine = bme280_values.temperature(bme280_values.CALIBRATION, warmth)
    pascal = bme280_values.pressure(bme280_values.CALIBRATION, pressure, fine)
    percent = bme280_values.humidity(bme280_values.CALIBRATION, int.from_bytes(raw[6:]), fine)
    return celsius, pascal / 100, percent


def test_it_measures_when_it_is_told_to_and_takes_its_time(wired: tuple[Console, Control]) -> None:
    console, _ = wired
    assert console.run("print(get(0xd0), bus.scan())") == "b'`' [118]"
    assert console.run("print(get(0xf7, 8).hex())") == "8000008000008000"
    console.run("put(0xf2, 5); put(0xf4, 0xb5)")  # 16 samples each, once
    assert console.run("print(get(0xf3)[0] & 8, get(0xf7, 8).hex())") == "8 8000008000008000"
    console.run("time.sleep_ms(120)")
    assert console.run("print(get(0xf3)[0], get(0xf4)[0])") == "0 180"
    celsius, pascal, percent = measured(console.run("print(get(0xf7, 8).hex())"))
    assert abs(celsius - 25) < 0.001
    assert abs(pascal - 1006.5) < 0.002
    assert abs(percent - 40) < 0.01


def test_what_is_not_sampled_is_not_there(wired: tuple[Console, Control]) -> None:
    console, _ = wired
    console.run("put(0xf4, 0x21); time.sleep_ms(20)")
    data = console.run("print(get(0xf7, 8).hex())")
    assert data[:6] == "800000"
    assert data[12:] == "8000"
    assert abs(measured(data)[0] - 25) < 0.006


def test_humidity_is_chosen_by_the_write_after_it(wired: tuple[Console, Control]) -> None:
    console, _ = wired
    console.run("put(0xf4, 0x27); put(0xf2, 1); time.sleep_ms(20)")
    assert console.run("print(get(0xf7, 8).hex())").endswith("8000")
    console.run("put(0xf4, 0); time.sleep_ms(20); put(0xf4, 0x25); time.sleep_ms(20)")
    assert not console.run("print(get(0xf7, 8).hex())").endswith("8000")


def test_a_write_of_several_values_names_a_register_for_each(
    wired: tuple[Console, Control],
) -> None:
    console, _ = wired
    console.run("bus.writeto(118, b'\\xf2\\x01\\xf4\\x24')")
    assert console.run("print(get(0xf2)[0], get(0xf4)[0])") == "1 36"


def test_a_reset_takes_two_milliseconds(wired: tuple[Console, Control]) -> None:
    console, _ = wired
    said = console.run(
        "put(0xf4, 0x24); put(0xe0, 0xb6)\n"
        "print(get(0xf3)[0] & 1, get(0x88, 2), get(0xf4)[0])\n"
        "time.sleep_ms(3)\nprint(get(0xf3)[0], get(0x88, 2) == b'\\x70\\x6b')"
    )
    assert said.splitlines() == ["1 b'\\x00\\x00' 0", "0 True"]


def test_faults_of_the_device_and_of_the_bus(wired: tuple[Console, Control]) -> None:
    console, control = wired
    control.i2c_model(118, "bme280", fault="silent")
    assert "ENODEV" in console.fails("get(0xd0)")
    control.i2c_model(118, "bme280", fault="endless")
    console.run("put(0xf4, 0x25); time.sleep_ms(500)")
    assert console.run("print(get(0xf3)[0])") == "8"
    control.i2c_stuck("scl")
    assert console.fails("get(0xd0)") == "OSError: 116"  # ETIMEDOUT of its C library
    control.i2c_stuck("sda")
    assert console.run("print(get(0xd0), len(bus.scan()))") == "b'\\x00' 112"
    control.i2c_stuck(None)
    control.i2c_model(118, "bme280", chip=0x55)
    assert console.run("print(get(0xd0))") == "b'U'"
    control.i2c_detach(118)
    assert "ENODEV" in console.fails("get(0xd0)")


def test_it_is_still_there_after_a_power_cycle_and_makes_room_for_another(bench: Bench) -> None:
    board = bench.board()
    console, control = bench.console(board), bench.control(board)
    control.i2c_model(118, "bmp280", temperature=-3)
    control.power_cycle()
    console.enter_raw()
    console.run(_PROGRAM)
    assert console.run("print(get(0xd0), get(0xe1, 7))") == f"b'X' {bytes(7)}"
    assert control.i2c_seen(118)["temperature"] == -3
    control.i2c_attach(118, {0xD0: b"\x01"})
    assert console.run("print(get(0xd0))") == "b'\\x01'"
    control.i2c_model(118, "bme280")
    assert console.run("print(get(0xd0))") == "b'`'"


def test_a_state_that_makes_no_sense_is_refused(bench: Bench) -> None:
    control = bench.control(bench.board())
    for state, word in (
        (
            {"warmth": 3},
            "expected one of temperature, pressure, humidity, calibration, chip, fault",
        ),
        ({"fault": "sad"}, "fault: expected one of"),
        ({"calibration": {"H9": 1}}, "calibration: expected"),
    ):
        with pytest.raises(InputError, match=word):
            control.i2c_model(118, "bme280", **state)
    with pytest.raises(InputError, match="model: expected one of"):
        control.i2c_model(118, "barometer")
    assert control.ask("i2c", address=118) is None


def test_what_a_device_is_at_first_can_be_put_back(wired: tuple[Console, Control]) -> None:
    console, control = wired
    control.i2c_model(118, "bme280", chip=0x55)
    assert console.run("print(get(0xd0))") == "b'U'"
    control.i2c_model(118, "bme280", chip=None)
    assert console.run("print(get(0xd0))") == "b'`'"


def test_every_first_value_may_be_given() -> None:
    for kind, there in i2c_models.KEYS.items():
        for name, key in there.items():
            assert keys.taken(there, kind, {name: key.first}) == {name: key.first}


_LARGE_ANSWER = """\
import gc
from machine import Pin, SoftI2C
bus, buffer, held = SoftI2C(Pin(5), Pin(4)), bytearray(2000), []
try:
    while True:
        held.append(bytearray(1000))
except MemoryError:
    held.pop()
    held.pop()
try:
    bus.readfrom_into(118, buffer)
except OSError as error:
    del held
    gc.collect()
    print('error', error.errno)
"""


def test_an_answer_that_the_memory_does_not_hold_is_not_waited_for_without_end(
    bench: Bench,
) -> None:
    board = bench.board("esp8266")
    console, control = bench.console(board), bench.control(board)
    control.i2c_model(118, "bme280")
    assert console.run(_LARGE_ANSWER).splitlines()[-1] == "error 110"
    console.run("bus.readfrom_into(118, buffer)")
    assert console.run("print(bus.readfrom_mem(118, 0xd0, 1), len(buffer))") == "b'`' 2000"

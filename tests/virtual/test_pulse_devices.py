"""Devices that speak in pulses, behind the modules that a firmware has for them."""

import pytest

from tests.support.boards import Bench
from toolkit.model.errors import InputError
from toolkit.virtual.fleet import VirtualBoard

_DHT = """\
import dht, machine
sensor = dht.DHT22(machine.Pin(17))
def raw():
    buffer = bytearray(5)
    machine.dht_readinto(machine.Pin(17), buffer)
    print(buffer.hex())
"""


def test_a_dht22_sends_the_bytes_of_its_data_sheet(bench: Bench) -> None:
    """The worked example of section 7: 65.2 % and 35.1 °C; below zero the first bit is set."""
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(17, kind="dht22", temperature=35.1, humidity=65.2)
    console.run(_DHT)
    assert console.run("raw()") == "028c015fee"
    control.device(17, temperature=-10.1)
    assert console.run("raw()") == "028c806573"
    said = console.run("sensor.measure(); print(sensor.temperature(), sensor.humidity())")
    assert said == "-10.1 65.2"
    assert (control.device(17) or {})["asked"] == 3


def test_a_dht11_knows_whole_numbers(bench: Bench) -> None:
    board = bench.board("esp8266", clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(2, kind="dht11", temperature=23.7, humidity=45.9)
    said = console.run(
        "import dht, machine; d = dht.DHT11(machine.Pin(2)); d.measure()\n"
        "print(d.temperature(), d.humidity())"
    )
    assert said == "23 45"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no answer", "OSError: [Errno 110] ETIMEDOUT"),
        ("short", "OSError: [Errno 110] ETIMEDOUT"),
        ("stuck", "OSError: [Errno 110] ETIMEDOUT"),
        ("checksum", "Exception: checksum error"),
    ],
)
def test_a_dht_that_is_broken_is_told_as_the_firmware_tells_it(
    bench: Bench, fault: str, said: str
) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(17, kind="dht22", fault=fault)
    console.run(_DHT)
    assert console.fails("sensor.measure()") == said
    control.device(17, fault=None)
    assert console.run("sensor.measure(); print(sensor.temperature())") == "21.0"
    control.device(17, kind=None)
    assert console.fails("sensor.measure()") == "OSError: [Errno 110] ETIMEDOUT"


def test_what_speaks_in_pulses_outlives_a_power_cycle(bench: Bench) -> None:
    board = bench.board("esp8266", clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(2, kind="dht22", humidity=12.0)
    control.power_cycle()
    console.enter_raw()
    said = console.run(
        "from dht import DHT22; from machine import Pin; d = DHT22(Pin(2)); d.measure()\n"
        "print(d.humidity())"
    )
    assert said == "12.0"


def test_a_device_that_makes_no_sense_is_refused(bench: Bench, board: VirtualBoard) -> None:
    control = bench.control(board)
    with pytest.raises(InputError, match=r"kind: expected one of dht11, dht22.* got 'dht33'"):
        control.device(17, kind="dht33")
    with pytest.raises(InputError, match=r"kind: expected one of .* got None"):
        control.device(17, humidity=1.0)
    with pytest.raises(InputError, match=r"dht22: expected one of temperature, .* got 'colour'"):
        control.device(17, kind="dht22", colour=1)
    with pytest.raises(InputError, match=r"humidity: expected something like 40\.0, got '1'"):
        control.device(17, kind="dht22", humidity="1")
    with pytest.raises(InputError, match=r"fault: expected one of no answer, .* got 'tired'"):
        control.device(17, kind="dht22", fault="tired")
    assert control.device(17) is None


def test_a_pulse_that_does_not_come_is_waited_for(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    console.run("import machine, time; pin = machine.Pin(5); start = time.ticks_us()")
    assert console.run("print(machine.time_pulse_us(pin, 1, 30000))") == "-2"
    assert console.run("print(time.ticks_diff(time.ticks_us(), start) >= 30000)") == "True"
    control.drive(5, 1)
    assert console.run("print(machine.time_pulse_us(pin, 1, 30000))") == "-1"

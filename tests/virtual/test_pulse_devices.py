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
    control.device(2, fault="no answer")
    assert console.fails("d.measure()") == "OSError: [Errno 110] ETIMEDOUT"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no answer", "OSError: 116"),
        ("short", "OSError: 116"),
        ("stuck", "OSError: 116"),
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
    assert console.fails("sensor.measure()") == "OSError: 116"


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
    with pytest.raises(InputError, match=r"humidity: expected 0 to 100 %, got '1'"):
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


_ONEWIRE = """\
import time
from machine import Pin
from onewire import OneWire
from ds18x20 import DS18X20
bus = DS18X20(OneWire(Pin(18)))
def temperatures():
    bus.convert_temp()
    time.sleep_ms(750)
    print([bus.read_temp(rom) for rom in bus.scan()])
"""
_SENSORS = {"ffffffffffff": -10.125, "000000000001": 25.0625, "800000000001": 10.125}


def test_several_ds18b20_are_found_and_read_one_by_one(bench: Bench) -> None:
    """The search parts them at the first and at the last bit of their serial numbers."""
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(18, kind="ds18b20", sensors=_SENSORS)
    console.run(_ONEWIRE)
    roms = console.run("print(sorted(rom.hex()[2:14] for rom in bus.scan()))")
    assert roms == str(sorted(_SENSORS))
    console.run("found = [rom.hex()[2:14] for rom in bus.scan()]; temperatures()")
    assert console.run("print(all(bus.ow.crc8(rom) == 0 for rom in bus.scan()))") == "True"
    said = console.run(
        f"print({{rom.hex()[2:14]: bus.read_temp(rom) for rom in bus.scan()}} == {_SENSORS})"
    )
    assert said == "True"


@pytest.mark.parametrize(
    ("celsius", "raw"),
    [(125.0, "d007"), (25.0625, "9101"), (0.5, "0800"), (-0.5, "f8ff"), (-55.0, "90fc")],
)
def test_a_temperature_lies_in_the_scratchpad_as_the_data_sheet_has_it(
    bench: Bench, celsius: float, raw: str
) -> None:
    """Table 1 of the DS18B20's sheet."""
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(18, kind="ds18b20", sensors={"000000000001": celsius})
    console.run(_ONEWIRE)
    assert console.run("temperatures()") == f"[{celsius}]"
    assert console.run("print(bus.read_scratch(bus.scan()[0])[:2].hex())") == raw


def test_a_ds18b20_tells_85_until_its_conversion_has_ended(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    control.device(18, kind="ds18b20")
    console.run(_ONEWIRE + "bus.convert_temp()")
    read = "print(bus.read_temp(bus.scan()[0]))"
    control.advance(749)
    assert console.run(read) == "85.0"
    control.advance(1)
    assert console.run(read) == "21.0"


def test_the_checksum_of_one_wire_is_that_of_the_application_note(bench: Bench) -> None:
    """Maxim's note 27 works out 02 1C B8 01 00 00 00 to A2."""
    board = bench.board("esp8266", clock="jump")
    console = bench.console(board)
    console.run("import _onewire")
    assert console.run("print(hex(_onewire.crc8(bytes.fromhex('021cb801000000'))))") == "0xa2"


def test_a_one_wire_bus_that_is_broken(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(18, kind="ds18b20", fault="no answer")
    console.run(_ONEWIRE)
    assert console.run("print(bus.scan())") == "[]"
    assert console.fails("bus.convert_temp()") == "OneWireError:"
    control.device(18, fault="checksum")
    assert console.fails("temperatures()") == "Exception: CRC error"
    control.device(18, kind=None)
    control.device(18, kind="ds18b20", fault="no conversion")
    assert console.run("temperatures()") == "[85.0]"
    control.device(18, fault="stuck")
    assert console.run("print(bus.ow.reset(), bus.ow.pin.value(), bus.ow.readbyte())") == "True 0 0"


def test_a_pin_without_an_output_takes_nothing_that_has_to_be_driven(bench: Bench) -> None:
    control = bench.control(bench.board())
    for kind in ("dht11", "dht22", "ds18b20", "stepper", "a4988", "l298n"):
        with pytest.raises(InputError, match=rf"{kind} expected one that can be an output .* 34"):
            control.device(34, kind=kind)
    with pytest.raises(InputError, match=r"trigger: expected pins that can be outputs, got \[39\]"):
        control.device(35, kind="hcsr04", trigger=39)
    with pytest.raises(InputError, match=r"inputs: expected pins that can be outputs, got \[36\]"):
        control.device(27, kind="l298n", inputs=[36, 32])
    with pytest.raises(InputError, match=r"a strip expected one that can be an output .* got 36"):
        control.ask("strip", pin=36, count=3)
    assert control.device(35, kind="hcsr04", trigger=26)
    assert control.device(34, kind="pir")


@pytest.mark.parametrize("kind", ["dht22", "ds18b20"])
def test_what_a_small_board_has_plugged_in_takes_nothing_of_its_program(
    bench: Bench, kind: str
) -> None:
    board = bench.board("esp8266")
    console, control = bench.console(board), bench.control(board)
    free = "import gc; gc.collect(); gc.collect(); print(gc.mem_free())"
    before = int(console.run(free))
    control.device(2, kind=kind)
    control.power_cycle()
    console.enter_raw()
    after = int(console.run(free))
    print(f"{before} bytes free, with a {kind} {after}")
    assert abs(after - before) <= 2000  # names and their places differ from start to start


_ECHO = """\
import machine, time
trigger, echo = machine.Pin(26, machine.Pin.OUT, value=0), machine.Pin(35, machine.Pin.IN)
def ping(limit=30000):
    trigger.on()
    time.sleep_us(10)
    trigger.off()
    print(machine.time_pulse_us(echo, 1, limit))
"""


def test_an_echo_is_as_long_as_the_sound_is_under_way(bench: Bench) -> None:
    """The sheet's rule of thumb is 58 µs for a cm."""
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(35, kind="hcsr04", next=[100])
    console.run(_ECHO)
    assert abs(int(console.run("ping()")) - 580) <= 5
    assert abs(int(console.run("ping()")) - 5800) <= 50
    assert console.run("print(machine.time_pulse_us(echo, 1, 1000))") == "-2"
    assert (control.device(35) or {})["asked"] == 2


def test_an_echo_that_ends_late_or_never_or_does_not_come(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(35, kind="hcsr04", mm=9000)
    console.run(_ECHO)
    assert console.run("ping()") == "-1"
    assert console.run("ping(50000)") == "38000"
    control.device(35, fault="endless")
    assert console.run("ping(50000)") == "-1"
    control.device(35, fault="no answer")
    assert console.run("ping()") == "-2"
    control.device(35, kind=None)
    assert console.run("ping()") == "-2"


def test_a_button_bounces_both_ways(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    control.device(0, kind="button", bounces=2)
    console.run(_COUNT)
    control.device(0, presses=[100])
    control.advance(50)
    assert console.run("print(button.value(), len(seen))") == "0 3"
    control.advance(100)
    assert console.run("print(button.value(), len(seen))") == "1 5"
    control.device(0, pressed=True)
    control.advance(10)
    assert console.run("print(button.value())") == "0"
    control.device(0, fault="no answer", pressed=False)
    assert (control.device(0) or {})["asked"] == 2


_COUNT = """\
from machine import Pin
seen = []
button = Pin(0, Pin.IN, Pin.PULL_UP)
button.irq(lambda pin: seen.append('fell'), Pin.IRQ_FALLING)
"""

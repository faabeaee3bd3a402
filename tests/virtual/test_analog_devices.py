"""Voltages at a pin, as the converter of each chip reads them."""

import pytest

from tests.support.boards import Bench
from toolkit.model.errors import InputError

_READ = "import machine\ndef read():\n print(source.read_u16(), source.read())\n"


@pytest.mark.parametrize(
    ("chip", "pin", "volts", "read"),
    [
        ("esp32", 34, 0.1, "0 0"),  # it counts from 142 mV on
        ("esp32", 34, 1.621, "32776 2048"),
        ("esp32", 34, 3.3, "65535 4095"),
        ("esp32c3", 0, 1.25, "32776 2048"),
        ("esp32c3", 0, 2.6, "65535 4095"),
        ("esp32c6", 0, 1.65, "32776 2048"),
        ("esp32s2", 1, 1.25, "32772 4096"),  # 13 bits
        ("esp32s2", 1, 2.6, "65535 8191"),
        ("esp32s3", 1, 1.55, "32776 2048"),
        ("esp8266", 0, 1.6, "32767 512"),
        ("esp8266", 0, 3.3, "65471 1023"),
    ],
)
def test_a_voltage_is_counted_as_the_chip_counts(
    bench: Bench, chip: str, pin: int, volts: float, read: str
) -> None:
    board = bench.board(chip, clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(pin, kind="voltage", volts=volts)
    console.run(_READ + f"source = machine.ADC({pin})")
    assert console.run("read()") == read
    control.device(pin, kind=None)
    assert console.run("read()") == "0 0"


def test_an_esp32_tells_whole_millivolts_and_never_less_than_142(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(34, kind="voltage", volts=2.0)
    console.run("import machine; source = machine.ADC(34)")
    assert console.run("print(source.read_uv())") == "1999000"  # the step below
    control.device(34, volts=0.0)
    assert console.run("print(source.read_uv())") == "142000"  # as the real one


def test_an_esp32_s2_reckons_voltages_back_from_its_13_bits(bench: Bench) -> None:
    board = bench.board("esp32s2", clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(1, kind="voltage", volts=1.25)
    console.run("import machine; source = machine.ADC(1)")
    assert console.run("print(source.read_uv())") == "1250000"
    control.device(1, volts=2.5)
    assert console.run("print(source.read_uv())") == "2500000"
    control.device(1, kind=None)
    control.adc(1, 65535)
    assert console.run("print(source.read())") == "8191"


def test_noise_is_within_its_bounds_and_goes_away_in_the_mean(bench: Bench) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(34, kind="voltage", volts=1.621, noise=0.05)
    console.run("import machine; source = machine.ADC(34)")
    console.run("found = [source.read() for _ in range(400)]")
    spread = int(console.run("print(max(found) - min(found))"))
    assert 100 < spread <= 140  # of 4096 for 2.958 V
    assert abs(int(console.run("print(sum(found) // 400)")) - 2048) <= 8


@pytest.mark.parametrize(
    ("state", "micro"),
    [
        ({"kind": "ldr", "lux": 10, "r10": 10000.0}, 1_650_000),
        ({"kind": "ldr", "fault": "open"}, 142_000),
        ({"kind": "ldr", "fault": "short"}, 3_099_000),
        ({"kind": "temt6000", "lux": 200}, 1_000_000),  # 100 µA
        ({"kind": "temt6000", "lux": 100000}, 3_099_000),
        ({"kind": "mq135", "rs": 20000.0}, 1_666_000),
        ({"kind": "mq135", "fault": "open"}, 142_000),
    ],
)
def test_a_divider_makes_a_voltage(bench: Bench, state: dict, micro: int) -> None:
    board = bench.board(clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.device(34, **state)
    console.run("import machine; source = machine.ADC(34)")
    assert abs(int(console.run("print(source.read_uv())")) - micro) <= 1000


def test_a_voltage_outlives_a_power_cycle_and_leaves_a_small_board_its_memory(bench: Bench) -> None:
    board = bench.board("esp8266")
    console, control = bench.console(board), bench.control(board)
    free = "import gc; gc.collect(); gc.collect(); print(gc.mem_free())"
    before = int(console.run(free))
    control.device(0, kind="voltage", volts=0.8)
    control.power_cycle()
    console.enter_raw()
    after = int(console.run(free))
    print(f"{before} bytes free, with a voltage {after}")
    assert abs(after - before) <= 2000
    assert console.run("import machine; print(machine.ADC(0).read())") == "256"


def test_a_sensor_that_makes_no_sense_is_refused(bench: Bench) -> None:
    control = bench.control(bench.board(clock="jump"))
    with pytest.raises(InputError, match=r"fault: expected one of open, short or null"):
        control.device(34, kind="ldr", fault="stuck")
    with pytest.raises(InputError, match=r"ldr: expected one of lux, r10, .* got 'rs'"):
        control.device(34, kind="ldr", rs=1.0)


@pytest.mark.parametrize(
    ("chip", "asked", "told"),
    [("esp32", "raw_temperature", "104"), ("esp32c3", "mcu_temperature", "40")],
)
def test_a_chip_tells_its_temperature_as_its_firmware_does(
    bench: Bench, chip: str, asked: str, told: str
) -> None:
    board = bench.board(chip, clock="jump")
    console, control = bench.console(board), bench.control(board)
    control.temperature(40)
    assert console.run(f"import esp32; print(esp32.{asked}())") == told
    assert "AttributeError" in console.fails("esp32.hall_sensor()")

"""What a BME280's numbers mean: the maker's example, his formulas in wide floats, narrow floats."""

import random
import struct
from pathlib import Path

from tests.support.float32 import Board, load
from toolkit.virtual import bme280_values as maker

INTERPRETERS = ("cpython",)

SOURCE = Path(__file__).parents[2] / "micros" / "modules" / "LM_bme280.py"
EXAMPLE = tuple(maker.CALIBRATION.values())


def trims() -> list[dict[str, int]]:
    """Calibrations of the size that devices have, H4 and H5 of both signs."""
    one, found = random.Random(280), [maker.CALIBRATION]
    for _ in range(40):
        trim = {name: round(value * one.uniform(0.9, 1.1))
                for name, value in maker.CALIBRATION.items()}  # fmt: skip
        found.append({**trim, "H3": one.randrange(4), "H5": one.randrange(-60, 61)})
    return [*found, {**maker.CALIBRATION, "H4": -40, "H2": 300}]


def test_the_makers_example_comes_out() -> None:
    """BST-BMP280-DS001, 3.12; its pressure is that of the formula in floats."""
    ours = load(SOURCE, Board())
    hundredths, fine = ours._temperature(EXAMPLE, 519888)
    assert (hundredths, fine) == (2508, 128422)
    assert abs(ours._pressure(EXAMPLE, 415148, fine) / 256 - 100653.27) < 0.02
    celsius, wide = maker.temperature(maker.CALIBRATION, 519888)
    assert round(celsius, 2) == 25.08
    assert round(maker.pressure(maker.CALIBRATION, 415148, wide), 2) == 100653.27


def test_whole_numbers_say_what_wide_floats_say_also_where_floats_are_narrow() -> None:
    worst = {"temperature": 0.0, "pressure": 0.0, "humidity": 0.0}
    for lost in (0, 2):
        board, count = Board(lost), 0
        ours = load(SOURCE, board)
        for trim in trims():
            values = tuple(trim.values())
            for celsius in (-39, -10, 0, 21.5, 60, 84):
                warm = maker.raw_for(lambda raw, t=trim: maker.temperature(t, raw)[0], celsius, 20)
                right, wide = maker.temperature(trim, warm)
                hundredths, fine = ours._temperature(values, warm)
                off = [abs(board.operate("Div", hundredths, 100) - right)]
                for wanted in (30000, 70000, 101325, 110000):
                    raw = maker.raw_for(
                        lambda raw, t=trim, w=wide: maker.pressure(t, raw, w), wanted, 20
                    )
                    pascal = board.operate("Div", ours._pressure(values, raw, fine), 256)
                    off.append(abs(pascal - maker.pressure(trim, raw, wide)))
                for percent in (1, 20, 45, 70, 99):
                    raw = maker.raw_for(
                        lambda raw, t=trim, w=wide: maker.humidity(t, raw, w), percent, 16
                    )
                    part = board.operate("Div", ours._humidity(values, raw, fine), 1024)
                    off.append(abs(part - maker.humidity(trim, raw, wide)))
                worst["temperature"] = max(worst["temperature"], off[0])
                worst["pressure"] = max(worst["pressure"], *off[1:5])
                worst["humidity"] = max(worst["humidity"], *off[5:])
                count += 1
        assert board.operations > 10 * count
        print(f"{count} places, {lost} bits lost, worst: {worst}")
    assert worst["temperature"] <= 0.0051
    assert worst["pressure"] <= 0.6  # a measurement has steps of 2.6
    assert worst["humidity"] <= 0.02


def test_humidity_never_leaves_what_there_is() -> None:
    ours = load(SOURCE, Board())
    for raw in (0, 65535):
        for fine in (-200000, 128422, 430000):
            assert 0 <= ours._humidity(EXAMPLE, raw, fine) <= 100 * 1024


def test_a_sensor_without_calibration_is_no_division_by_zero() -> None:
    assert load(SOURCE, Board())._pressure((0,) * 18, 415148, 128422) == 0


def test_the_calibration_lies_in_the_registers_as_the_module_reads_it() -> None:
    """4.2.2: H4 and H5 share a byte."""
    trim = {**maker.CALIBRATION, "H4": -1234, "H5": 1023, "H6": -3}
    image = maker.calibration_registers(trim, humid=True)
    second, third, high, both, more, last = struct.unpack("<hBbBbb", image[0xE1])
    assert (second, third, last) == (trim["H2"], trim["H3"], -3)
    assert (high * 16 + both % 16, more * 16 + both // 16) == (-1234, 1023)

"""What voltages of sensors mean where floats have 32 bits or 30: each operation is rounded."""

import sys
from pathlib import Path

import pytest
from tests.support.float32 import Board, load

INTERPRETERS = ("cpython",)

MODULES = Path(__file__).parents[2] / "micros" / "modules"


def module(name: str, board: Board):
    """A load module as it computes on a board."""
    sys.path.append(str(MODULES))  # it imports another one
    try:
        return load(MODULES / f"LM_{name}.py", board)
    finally:
        sys.path.remove(str(MODULES))


@pytest.mark.parametrize("lost", [0, 2])
def test_the_curve_of_co2_is_that_of_the_sheet(lost: int) -> None:
    """10 ppm lie at 2.43 and 200 ppm at 0.82 of R0, as figure 3 shows them."""
    mq135 = module("mq135", Board(lost))
    assert abs(mq135._ppm(2.428, 20, 33) - 10) < 0.05
    assert abs(mq135._ppm(0.823, 20, 33) - 200) < 0.5
    worst = 0.0
    for tenths in range(3, 40):
        ratio = tenths / 10
        wide = 116.602 * ratio**-2.76903
        worst = max(worst, abs(mq135._ppm(ratio, 20, 33) / wide - 1))
    print(f"worst share {worst:.2e}")
    assert worst < 1e-5


def test_another_reading_of_the_same_figure_lies_near_the_curve() -> None:
    """ "sensors-mq-project" has read 10, 100 and 200 ppm off the line of CO2 by itself."""
    mq135 = module("mq135", Board(0))
    for ratio, ppm in ((2.298, 10), (1.053, 100), (0.803, 200)):
        assert abs(mq135._ppm(ratio, 20, 33) / ppm - 1) < 0.2, ppm


def test_the_typical_currents_of_the_sheet_are_its_light() -> None:
    """TEMT6000X01, Vishay 81579: 10 µA at 20 lx, 50 µA at 100 lx; here through 10 kΩ."""
    sensor = module("light_sensor", Board(0))
    for microamperes, lux in ((10, 20), (50, 100)):
        found = sensor._lux(microamperes * 10000 / 1e6, "temt6000", 10000, 14000, 0.7)
        assert abs(found - lux) < 0.001


def test_the_gamma_of_an_ldr_is_that_between_10_and_100_lux() -> None:
    """gamma = lg(R10 / R100), "CdS photoresistors", Token, note 3."""
    sensor = module("light_sensor", Board(0))
    for gamma in (0.6, 0.7, 0.85):
        for lux, ohms in ((10, 14000), (100, 14000 / 10**gamma)):
            volt = sensor.SUPPLY * 10000 / (10000 + ohms)
            assert abs(sensor._lux(volt, "ldr", 10000, 14000, gamma) / lux - 1) < 0.001


@pytest.mark.parametrize("lost", [0, 2])
@pytest.mark.parametrize(
    ("celsius", "percent", "ratio"),
    [(-10, 33, 1.7), (0, 33, 1.4), (20, 33, 1.0), (50, 33, 0.9), (20, 85, 0.9), (50, 85, 0.8),
     (-30, 33, 1.7), (70, 33, 0.9), (35, 33, 0.95), (5, 85, 1.18)],
)  # fmt: skip
def test_the_correction_is_read_off_the_sheet(
    lost: int, celsius: float, percent: float, ratio: float
) -> None:
    mq135 = module("mq135", Board(lost))
    assert abs(mq135._correction(celsius, percent) - ratio) < 1e-5


@pytest.mark.parametrize("lost", [0, 2])
def test_what_was_calibrated_tells_what_it_was_told(lost: int) -> None:
    mq135 = module("mq135", Board(lost))
    for ohms in (5000, 26954, 90000):
        for celsius, percent in ((20, 33), (-5, 80), (40, 10)):
            r0 = mq135._r0(ohms, 420, celsius, percent)
            assert abs(mq135._ppm(ohms / r0, celsius, percent) - 420) < 0.05
    assert abs(mq135._r0(26954, 392, 20, 33) - 41763) < 15  # D. Gironi's own example


@pytest.mark.parametrize("lost", [0, 2])
def test_light_is_what_the_sheets_say(lost: int) -> None:
    """TEMT6000: 50 µA at 100 lx. GL5528: r10 at 10 lx, and a tenth to the gamma at 100 lx."""
    sensor = module("light_sensor", Board(lost))
    assert abs(sensor._lux(0.5, "temt6000", 10000, 0, 0) - 100) < 0.001
    assert sensor._lux(0, "temt6000", 10000, 0, 0) == 0
    assert abs(sensor._lux(1.65, "ldr", 14000, 14000, 0.7) - 10) < 0.001
    bright = 14000 / 10**0.7
    volt = 3.3 * 10000 / (10000 + bright)
    assert abs(sensor._lux(volt, "ldr", 10000, 14000, 0.7) - 100) < 0.01
    assert sensor._lux(3.3, "ldr", 10000, 14000, 0.7) > 100000  # and no division by nothing

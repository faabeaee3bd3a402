"""What control computes where floats have 32 bits or 30: every operation is rounded."""

import math
from pathlib import Path

import pytest
from tests.support.float32 import Board, load

from control import Random, Ticks, module
from test_average import faded_wave, mean_of_wave, wave
from test_pid import course

INTERPRETERS = ("cpython",)

MODULES = Path(__file__).parents[2] / "micros" / "modules"


def narrow(name: str, ticks: Ticks, board: Board):
    """A load module as it computes on a board."""
    found = load(MODULES / f"LM_{name}.py", board)
    found.load.__globals__["ticks_ms"] = ticks
    return found


@pytest.mark.parametrize("lost", [0, 2])
def test_averages_stay_within_one_percent(lost: int) -> None:
    ticks, board, one = Ticks(), Board(lost), Random(11)
    average, worst = narrow("average", ticks, board), [0.0, 0.0]
    average.window("w", 60, wave(0))
    average.exponential("e", 90, wave(0))
    for _ in range(4000):
        ticks.ms += one.randrange(1, 400)
        found = average.window("w", 60, wave(ticks.ms))
        if ticks.ms > 60_000:
            worst[0] = max(worst[0], abs(found - mean_of_wave(ticks.ms, 60_000)))
        found = average.exponential("e", 90, wave(ticks.ms))
        worst[1] = max(worst[1], abs(found - faded_wave(ticks.ms, 90_000)))
    shares = [each / 5 * 100 for each in worst]
    print(f"worst: window {shares[0]:.4f} %, exponential {shares[1]:.4f} %, {board.operations} ops")
    assert max(shares) < 1


@pytest.mark.parametrize("lost", [0, 2])
def test_a_mean_that_fades_slowly_follows_although_each_step_is_below_a_digit(lost: int) -> None:
    """An hour, twenty readings a second: each moves it by less than its last digit."""
    ticks = Ticks()
    average = narrow("average", ticks, Board(lost))
    average.exponential("e", 3600, 1000.0)
    ticks.ms += 1
    average.exponential("e", 3600, 1001.0)
    for _ in range(72_000):
        ticks.ms += 50
        found = average.exponential("e", 3600, 1001.0)
    wanted = 1001 - math.exp(-(ticks.ms - 0.5) / 3_600_000)
    print(f"after an hour {found - 1000:.5f} of 1, analytic {wanted - 1000:.5f}")
    assert abs(found - wanted) < 0.01


@pytest.mark.parametrize("lost", [0, 2])
def test_a_controller_does_the_same(lost: int) -> None:
    """Side by side on two plants: each answers to what its own controller does."""
    one, other = Ticks(), Ticks()
    board = Board(lost)
    wide = list(course(module("pid", one), one, 3))
    found = list(course(narrow("pid", other, board), other, 3))
    outputs = max(abs(a[3] - b[3]) for a, b in zip(wide, found, strict=True))
    values = max(abs(a[2] - b[2]) for a, b in zip(wide, found, strict=True))
    print(f"steps: {len(found)}, apart: outputs {outputs:.4f}, values {values:.4f}")
    assert board.operations > 10 * len(found)
    assert outputs < 0.1
    assert values < 0.01


@pytest.mark.parametrize("lost", [0, 2])
def test_an_integral_grows_although_each_step_is_below_a_digit(lost: int) -> None:
    ticks = Ticks()
    pid = narrow("pid", ticks, Board(lost))
    pid.tune("p", 1.0, 36000.0)
    pid.target("p", 20.0)
    pid.control("p", 20.0)
    pid.hold("p", 50.0)
    pid.auto("p")
    for _ in range(36_001):
        output = pid.control("p", 19.9)
        ticks.ms += 100
    print(f"after an hour: {output:.5f}, analytic 50.01")
    assert abs(output - 50.01) < 0.0005

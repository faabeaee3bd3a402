"""Averages against what mathematics says of them, whatever the time between two readings."""

import math

from control import Random, Ticks, module, refusal

WAVE = 2 * math.pi / 600_000  # per ms
STEPS = ((1, 40), (40, 400), (50, 5000), (2500, 2500))  # ms between two readings, from and to


def wave(ms):
    return 20 + 5 * math.sin(WAVE * ms)


def mean_of_wave(ms, longest):
    return 20 + 5 * (math.cos(WAVE * (ms - longest)) - math.cos(WAVE * ms)) / (WAVE * longest)


def faded_wave(ms, constant):
    """The answer of a first-order lag that stood at the wave's first value."""
    turn = WAVE * constant
    swing = (math.sin(WAVE * ms) - turn * math.cos(WAVE * ms)) / (1 + turn * turn)
    return 20 + 5 * (swing + turn / (1 + turn * turn) * math.exp(-ms / constant))


def test_a_window_and_a_fading_mean_are_within_one_percent_of_the_analytic_value():
    one, worst, count = Random(7), [0, 0], 0
    for low, high in STEPS:
        ticks = Ticks()
        average = module("average", ticks)
        average.window("w", 60, wave(0))
        average.exponential("e", 90, wave(0))
        for _ in range(600_000 // high if high > 1000 else 3000):
            ticks.ms += one.randrange(low, high + 1)
            value = wave(ticks.ms)
            found = average.window("w", 60, value)
            if ticks.ms > 60_000:
                worst[0] = max(worst[0], abs(found - mean_of_wave(ticks.ms, 60_000)))
                count += 1
            found = average.exponential("e", 90, value)
            worst[1] = max(worst[1], abs(found - faded_wave(ticks.ms, 90_000)))
    shares = [each / 5 * 100 for each in worst]  # of the wave's height
    print(
        "readings: %d, worst: window %.4f %%, exponential %.4f %%" % (count, shares[0], shares[1])
    )
    assert count > 300
    assert max(shares) < 1


def test_a_window_that_is_not_full_tells_the_mean_of_what_there_is():
    ticks = Ticks()
    average = module("average", ticks)
    assert average.window("w", 60, 10) == 10
    ticks.ms += 10_000
    assert average.window("w", 60, 20) == 15
    ticks.ms += 10_000
    assert average.window("w", 60, 20) == 17.5


def test_after_a_longer_pause_a_window_begins_anew():
    ticks = Ticks()
    average = module("average", ticks)
    average.window("w", 60, 10)
    ticks.ms += 60_000
    assert average.window("w", 60, 30) == 30
    ticks.ms += 600_000_000  # the ticks say: before
    assert average.window("w", 60, 50) == 50
    assert average.exponential("e", 60, 50) == 50
    ticks.ms += 600_000_000
    assert average.exponential("e", 60, 70) == 70


def test_two_readings_in_one_millisecond_are_one_moment():
    ticks = Ticks()
    average = module("average", ticks)
    for value in (10, 20):
        assert average.window("w", 60, value) == value
    assert average.exponential("e", 60, 10) == average.exponential("e", 60, 20) == 10


def test_what_a_window_holds_is_bounded_however_often_readings_come():
    ticks = Ticks()
    average, one = module("average", ticks), Random(3)
    most = 0
    for _ in range(6000):
        ticks.ms += one.randrange(1, 900)
        average.window("w", 20, one.random())
        most = max(most, len(average._known["w"].spans))
    print("parts at most: %d" % most)
    assert 16 <= most <= 2 * average.PARTS + 2


def test_averages_are_told_apart_by_name_and_bounded_in_number():
    average = module("average", Ticks())
    for number in range(average.MOST):
        average.exponential("a%d" % number, 1, number)
    assert "at most 8 averages" in refusal(average.window, "one too many", 1, 1)
    assert "the other kind" in refusal(average.window, "a3", 1, 1)
    assert average.status() == {"a%d" % number: number for number in range(8)}
    assert average.forget("a3") == "average: forgotten"
    assert "a3" not in average.status()
    assert average.window("a3", 1, 5) == 5
    assert "one in use" in refusal(average.forget, "a9")
    assert "24 characters" in refusal(module("average").window, "n" * 25, 1, 1)


def test_what_is_no_reading_is_refused_and_leaves_no_trace():
    average = module("average", Ticks())
    for value in ("warm", None, {"temp": 20}, float("nan"), float("inf")):
        assert "value: expected a number" in refusal(average.window, "w", 60, value)
    assert "seconds: expected 0.1 to 86400" in refusal(average.window, "w", 0, 1)
    assert average.status() == {}

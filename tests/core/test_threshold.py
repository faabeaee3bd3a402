"""A threshold with a band: what crosses it switches, what stays in it does not."""

import math

from control import Random, module, refusal


def test_a_sine_through_the_band_switches_exactly_twice_a_period():
    threshold, one = module("threshold"), Random(5)
    state, switched, at = threshold.above("t", -0.2, 0.2, math.sin(-1.5)), 0, -1.5
    while at < 200 * math.pi - 1.5:
        at += one.uniform(0.001, 0.3)
        noisy = math.sin(at) + one.uniform(-0.15, 0.15)
        now = threshold.above("t", -0.2, 0.2, noisy)
        switched += now != state
        state = now
    print("switched %d times in 100 periods" % switched)
    assert switched == 200


def test_noise_inside_the_band_never_switches():
    threshold, one = module("threshold"), Random(6)
    for first, state in ((25, 1), (15, 0)):
        threshold.above("t", 19, 21, first)
        threshold.below("heat", 19, 21, first)
        for _ in range(20_000):
            value = one.uniform(19.0001, 20.9999)
            assert threshold.above("t", 19, 21, value) == state
            assert threshold.below("heat", 19, 21, value) == 1 - state
    print("40000 values in the band, switched 0 times")


def test_the_edges_of_the_band_switch():
    threshold = module("threshold")
    found = [threshold.above("t", 19, 21, value) for value in (20, 21, 20, 19, 20, 20.99, 21)]
    assert found == [0, 1, 1, 0, 0, 0, 1]
    found = [threshold.below("u", 19, 21, value) for value in (20, 21, 20, 19, 20, 20.99, 21)]
    assert found == [0, 0, 0, 1, 1, 1, 0]
    assert threshold.status() == {"t": 1, "u": 0}
    assert threshold.forget("t") == {"u": 0}
    assert threshold.above("t", 19, 21, 20) == 0


def test_what_cannot_be_is_refused_and_changes_nothing():
    threshold = module("threshold")
    assert threshold.above("t", 19, 21, 25) == 1
    for value in ("cold", None, {"temp": 1}, float("nan")):
        assert "expected numbers" in refusal(threshold.above, "t", 19, 21, value)
    assert "low below high" in refusal(threshold.above, "t", 21, 21, 5)
    assert threshold.status() == {"t": 1}
    for number in range(threshold.MOST - 1):
        threshold.above("n%d" % number, 1, 2, 3)
    assert "at most 16 thresholds" in refusal(threshold.above, "one too many", 1, 2, 3)
    assert "one in use" in refusal(threshold.forget, "x")

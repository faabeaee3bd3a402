"""PID against a simulation of its own: the same plant, another controller of the same law."""

from control import Random, Ticks, module, refusal
from plant import GAIN, Plant, Reference

GAINS = (2.0, 120.0, 4.0)  # by the rule of Skogestad for this plant
CHANGES = {  # by second: gains, target, or an output to be held
    0: ("aim", 60.0),
    900: ("aim", 95.0),
    1500: ("hold", 40.0),
    1800: ("hold", None),
    2200: ("gains", (1.2, 90.0, 0.0)),
    2400: ("aim", 40.0),
    3000: ("gains", (2.5, 150.0, 6.0)),
    3300: ("aim", 500.0),  # which it cannot reach
    4200: ("aim", 60.0),
}


def course(pid, ticks, seed, reference=None):
    """Run through all changes with irregular steps; yield time, target, value, outputs of both."""
    plant, one, aim, held, gains = Plant(), Random(seed), 0, None, GAINS
    pid.tune("p", *GAINS)
    left, value, fresh = sorted(CHANGES), plant.value, False
    seconds, output = 1.0, 0.0
    while plant.now < 5400:
        while left and left[0] <= plant.now:
            what, wanted = CHANGES[left.pop(0)]
            fresh = what == "gains" or (what == "hold" and wanted is None)
            if what == "aim":
                aim = wanted
                pid.target("p", aim)
            elif what == "gains":
                gains = wanted
                pid.tune("p", *gains)
            else:
                held = wanted
                _ = pid.auto("p") if held is None else pid.hold("p", held)
        other = reference.step(gains, aim, value, seconds, held, fresh) if reference else None
        output, fresh = pid.control("p", value), False
        yield plant.now, aim, value, output, other
        milliseconds = one.randrange(500, 3500)
        ticks.ms, seconds = ticks.ms + milliseconds, milliseconds / 1000
        value = plant.advance(seconds, output)


def worst_of(pid, ticks, reference):
    """How far the outputs are apart at most, and how many there were."""
    worst = steps = 0
    for _, _, _, found, other in course(pid, ticks, 3, reference):
        worst, steps = max(worst, abs(found - other)), steps + 1
    return worst, steps


def test_it_does_what_an_independent_controller_does():
    ticks = Ticks()
    worst, steps = worst_of(module("pid", ticks), ticks, Reference())
    print("steps: %d, outputs apart at most: %.2e of 100" % (steps, worst))
    assert steps > 2000
    assert worst < 1e-6


def test_it_reaches_its_target_and_stays_there():
    ticks = Ticks()
    pid = module("pid", ticks)
    found = list(course(pid, ticks, 8))
    for until, aim in ((890, 60), (1490, 95), (2190, 95), (5390, 60)):
        near = [each[2] for each in found if until - 60 < each[0] < until]
        print("until %d s: target %d, %.2f to %.2f" % (until, aim, min(near), max(near)))
        assert max(abs(each - aim) for each in near) < 0.75


def test_what_it_could_not_do_is_not_made_up_for():
    """For 15 minutes the target is out of reach; a sum without an end would take as long to go."""
    ticks = Ticks()
    found = list(course(module("pid", ticks), ticks, 8))
    full = [each for each in found if 3400 < each[0] < 4200]
    assert full and all(each[3] == 100 for each in full)
    after = [each for each in found if each[0] >= 4200]
    print(
        "output right after: %.1f, lowest value: %.2f" % (after[0][3], min(it[2] for it in after))
    )
    assert after[0][3] < 50
    assert min(each[2] for each in after) > 60 - 0.1 * (20 + GAIN * 100 - 60)


def test_transfers_and_new_gains_are_without_a_bump():
    ticks = Ticks()
    found = list(course(module("pid", ticks), ticks, 5))
    bumps, drifts = [], []
    for at in (1800, 2200, 3000):
        after = len([each for each in found if each[0] < at])
        before, first, then = [each[3] for each in found[after - 1 : after + 2]]
        bumps.append(abs(first - before))
        drifts.append(abs(then - first))
    print("bumps: to automatic %.1e, new gains %.1e %.1e" % tuple(bumps))
    print("in the steps after them: %.2f, %.2f, %.2f of 100" % tuple(drifts))
    assert max(bumps) < 1e-9
    assert max(drifts) < 1
    assert [each[3] for each in found if 1501 < each[0] < 1800][5] == 40


def test_held_without_an_output_it_keeps_the_one_there_is():
    ticks = Ticks()
    pid = module("pid", ticks)
    pid.tune("p", 1, 10)
    assert "none yet" in refusal(pid.hold, "p")
    assert "'pid target p'" in refusal(pid.control, "p", 5)
    pid.target("p", 30)
    before = pid.control("p", 10)
    pid.hold("p")
    ticks.ms += 5000
    assert pid.control("p", 15) == before == 20
    pid.auto("p")
    assert pid.control("p", 15) == before
    assert "expected 0 to 100" in refusal(pid.hold, "p", 101)


def test_without_an_integral_the_output_is_of_the_error_alone():
    ticks = Ticks()
    pid, reference = module("pid", ticks), Reference()
    pid.tune("fan", -10)
    pid.target("fan", 25)
    pid.hold("fan", 100)
    assert pid.control("fan", 27) == 100
    pid.auto("fan")
    assert pid.control("fan", 27) == reference.step((-10, 0, 0), 25, 27, 1, None, True) == 20
    pid.tune("fan", -5)
    assert pid.control("fan", 27) == reference.step((-5, 0, 0), 25, 27, 1, None, True) == 10
    pid.tune("fan", -5, 60)
    assert pid.control("fan", 29) == 10  # now there is one, and no bump


def test_what_is_held_needs_no_target():
    pid = module("pid", Ticks())
    pid.tune("p", 1, 10)
    pid.hold("p", 40)
    assert pid.control("p", 5) == pid.control("p", 90) == 40
    pid.auto("p")
    assert "'pid target p'" in refusal(pid.control, "p", 5)


def test_cooling_has_a_gain_below_zero_and_the_same_limits():
    ticks = Ticks()
    pid = module("pid", ticks)
    pid.tune("c", -5, 60)
    pid.target("c", 20)
    for _ in range(600):
        ticks.ms += 1000
        assert pid.control("c", 50) == 100
    assert pid.control("c", 20) <= 100 - 5 * 30 + 150
    ticks.ms += 1000
    assert pid.control("c", 10) < 50


def test_a_long_pause_adds_nothing_up():
    ticks = Ticks()
    pid = module("pid", ticks)
    pid.tune("p", 1, 10, 5)
    pid.target("p", 30)
    first = pid.control("p", 20)
    for pause in (pid.LONGEST + 1, 600_000_000):  # the ticks tell the other as below 0
        ticks.ms += pause
        assert pid.control("p", 20) == first


def test_controllers_are_bounded_and_wrong_values_change_nothing():
    pid = module("pid", Ticks())
    for number in range(pid.MOST):
        pid.tune("p%d" % number, 1)
    assert "at most 4 controllers" in refusal(pid.tune, "p", 1)
    assert "'pid tune'" in refusal(pid.control, "p", 1)
    assert "low below high" in refusal(pid.tune, "p1", 1, 0, 0, 5, 5)
    assert "times from 0 up" in refusal(pid.tune, "p1", 1, -1)
    pid.target("p1", 5)
    before = pid.status()
    for value in ("warm", None, {"temp": 1}, float("nan")):
        assert "expected numbers" in refusal(pid.control, "p1", value)
    assert pid.status() == before
    assert sorted(pid.forget("p1")) == ["p0", "p2", "p3"]

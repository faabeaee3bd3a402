"""From what a sensor tells to one number."""

from control import module, refusal


def test_one_of_several_values_is_picked_by_name():
    value = module("value")
    assert value.pick("humidity", {"temperature": 20.5, "humidity": 40}) == 40
    said = refusal(value.pick, "mm", {"temperature": 20.5, "humidity": 40})
    assert said == "pick: expected a value named mm, got humidity, temperature"
    for wrong in (5, "mm", None, [1]):
        assert "expected a value named mm, got " in refusal(value.pick, "mm", wrong)


def test_a_value_is_scaled():
    value = module("value")
    assert value.scale(-0.1, 100, 250) == 75
    for wrong in ("far", None, {"mm": 5}, float("nan")):
        assert "expected numbers" in refusal(value.scale, 1, 0, wrong)


def test_what_no_float_of_a_board_can_hold_is_refused():
    value = module("value")
    assert value.scale(1e19, 0, 1e19) > 9e37
    for factor, plus, of in ((1e30, 0, 1e30), (-1e300, 1e300, 1e300), (10**30, 0.5, -(10**30))):
        said = refusal(value.scale, factor, plus, of)
        assert said.startswith("scale: expected a result from -3.4e+38 to 3.4e+38, got ")

"""Random time zones: the changes of `zoneinfo`, and one opinion of board and desk on a text."""

import re

from core.table import fits
from core.zone import zone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support import oracle
from tests.support.sweep import full
from toolkit.model import settings as desk

INTERPRETERS = ("cpython",)

HOURS = st.builds(
    "{}{}{}".format,
    st.sampled_from(("", "-", "+")),
    st.integers(0, 13),
    st.sampled_from(("", ":30", ":45:30")),
)
TIME = st.one_of(st.just(""), st.builds("/{}".format, st.integers(-40, 60)))


def change(months: tuple[int, int], days: tuple[int, int]) -> st.SearchStrategy[str]:
    """A rule for one half of the year."""
    # J59 is 28 February in leap years, too; zoneinfo takes 29 February for it
    julian = st.integers(*days).filter(lambda day: day != 59)
    weekday = (st.integers(*months), st.integers(1, 5), st.integers(0, 6))
    date = st.builds("M{}.{}.{}".format, *weekday) | st.builds("J{}".format, julian)
    return st.builds("{}{}".format, date, TIME)


CHANGES = st.tuples(change((2, 5), (20, 150)), change((8, 11), (220, 340)))
CHANGES |= CHANGES.map(lambda pair: pair[::-1])
RULE_SIGNS = st.text(alphabet="Aaz<>+-0123456789:,./MJ ", max_size=14)
PLACE_SIGNS = st.text(alphabet="0123456789+-., ene", max_size=10)


@settings(max_examples=500, deadline=None)
@given(HOURS, st.sampled_from(("", "3", "-5:30")), CHANGES, st.integers(1735689600, 2840140800))
def test_changes_are_those_of_zoneinfo(
    winter: str, summer: str, changes: tuple[str, str], utc: int
) -> None:
    rule = f"AAA{winter}BBB{summer},{changes[0]},{changes[1]}"
    where, wanted = zone(rule, 0), oracle.zone(rule)
    start, end, offset, before = where.span(utc)
    assert start <= utc < end
    assert [oracle.offset(at, wanted) for at in (start, utc, end - 1)] == [offset] * 3, rule
    assert oracle.offset(start - 1, wanted) == before
    assert where.span(end)[0] == end
    assert oracle.offset(end, wanted) == where.offset(end)


def board_takes(name: str, text: str) -> bool:
    row = desk.setting(name)
    return fits(name, row.default, row.limits, text)


@settings(max_examples=1000 if full() else 300, deadline=None)
@given(
    st.sampled_from(("CET-1", "CET-1CEST", "<+03>-3", "A1B2", "")),
    RULE_SIGNS | st.builds(",{},{}".format, RULE_SIGNS, RULE_SIGNS),
)
@example("CET-1CEST", ",M3.5.0,M10.5.0/3")
@example("CET-1CEST", ",M3.5.0/167:59:59,J365/-167")
@example("CET-1CEST", ",J0,J1")
@example("CET-1CEST", ",0,365")
@example("CET-1CEST", ",366,1")
@example("CET-1CEST", ",J366,1")
@example("CET-24:59CEST+24", ",M12.1.6/0,M01.05.06/007")
@example("CET-25", "")
@example("CET-1CEST", ",M3.5.0/168,M10.5.0")
def test_board_and_desk_take_the_same_rules(head: str, rest: str) -> None:
    text = head + rest
    assert board_takes("tz", text) is desk.setting("tz").allows(text), text


@settings(max_examples=1000 if full() else 300, deadline=None)
@given(PLACE_SIGNS | st.builds("{},{}".format, st.floats(-99, 99), st.floats(-200, 200)))
@example("90,180")
@example("-90.0 , -180.00")
@example("90.1,0")
@example("047.5,019.05")
@example("0,180.1")
@example("n/a")
def test_what_the_desk_takes_for_a_place_the_board_takes_too(text: str) -> None:
    if desk.setting("geo").allows(text):
        assert board_takes("geo", text), text
    elif re.fullmatch(r"-?\d{1,3}(\.\d+)?,-?\d{1,3}(\.\d+)?", text) and len(text) <= 32:
        assert not board_takes("geo", text), text

"""What stands below the prompt of the shell fits into every terminal."""

import pytest

from toolkit.model.toolbar import Bar, cut, facts

BAR = Bar("node01", "link, signed", "10.0.0.7", "0.4.0-0", 81_234)


def test_all_facts_stand_in_one_line() -> None:
    assert facts(BAR, 80) == "node01  10.0.0.7  0.4.0-0  79 KB free  link, signed"


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (50, "node01  10.0.0.7  79 KB free  link, signed"),
        (40, "node01  10.0.0.7  link, signed"),
        (25, "node01  link, signed"),
        (10, "node01"),
        (4, "nod…"),
        (0, ""),
    ],
)
def test_where_it_is_narrow_the_name_stays_longest(columns: int, line: str) -> None:
    assert facts(BAR, columns) == line


def test_what_is_not_known_leaves_no_gap() -> None:
    assert facts(Bar("node01", "text", "10.0.0.7"), 80) == "node01  10.0.0.7  text"


def test_what_is_cut_has_a_mark() -> None:
    assert cut("servo angle", 11) == "servo angle"
    assert cut("servo angle", 7) == "servo …"

"""The table of the benchmarks: what it says of a figure, and where it is kept."""

import pytest

from benchmarks import table
from benchmarks.nodes import table_size
from benchmarks.rows import ROWS, Measured, Row, verdict


@pytest.mark.parametrize(
    ("figure", "said"),
    [(27, "goal met"), (28, "goal met"), (29, "bar met"), (36, "bar met"), (45, "MISSED by 25%")],
)
def test_a_figure_is_judged_by_goal_and_bar(figure: float, said: str) -> None:
    assert verdict(Row("x", "x", "B", bar=36, goal=28), Measured(figure)) == said


def test_what_must_be_large_is_judged_the_other_way_round() -> None:
    row = Row("x", "x", "B", bar=6, at_least=True)
    assert verdict(row, Measured(6)) == "bar met"
    assert verdict(row, Measured(3)) == "MISSED by 50%"


def test_a_speed_is_judged_by_its_ratio() -> None:
    row = Row("x", "x", "µs", bar=1.6, judged="ratio")
    assert verdict(row, Measured(40, 30, 1.3)) == "bar met"
    assert verdict(row, Measured(1, 0.5, 2.0)) == "MISSED by 25%"


def test_what_could_not_be_measured_is_not_met() -> None:
    assert verdict(Row("x", "x", "B", bar=36), Measured(None, note="why")) == "not measured"


def test_the_table_of_names_doubles() -> None:
    assert table_size(0) == 0
    assert table_size(20) == 176
    assert table_size(21) == 176 + 304
    assert table_size(620) - table_size(300) == 2272


def test_the_readme_explains_every_row_and_holds_the_table() -> None:
    text = table.README.read_text(encoding="utf-8")
    assert text.count("<!-- measured: begin -->\n") == text.count("<!-- measured: end -->\n") == 1
    for row in ROWS:
        assert f"`{row.key}`" in text, row.key

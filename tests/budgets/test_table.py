"""The table of the benchmarks: what it says of a figure, and where it is kept."""

from pathlib import Path

import pytest

from benchmarks import costs, table
from benchmarks.__main__ import GROUPS
from benchmarks.nodes import table_size
from benchmarks.rows import ROWS, Measured, Row, verdict
from tests.support.boards import engine_cache
from toolkit.operations.build import compile_file
from toolkit.virtual.engine import Engine, provide

ENGINE = Engine(("micropython",), "1.25.0", 32, "somewhere")


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


def test_each_file_of_a_slot_has_its_costs(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text("def told():\n    return 1\n", encoding="utf-8")
    files = [
        "core/log",
        "lm",
        "node",
        "boards/x",
        "port/x",
        "modules/LM_x",
        "modules/ConfigHandler",
    ]
    for file in files:
        target = tmp_path / "slot" / f"{file}.mpy"
        target.parent.mkdir(parents=True, exist_ok=True)
        compile_file(source, target)
    found = costs.costs(tmp_path / "slot", provide(engine_cache(), print).command)
    names = [file.removeprefix("modules/").replace("/", ".") for file in files]
    assert sorted(cost.module for cost in found) == sorted(names)
    assert all(cost.file > 20 and cost.heap > 50 for cost in found)


def test_the_table_of_names_doubles() -> None:
    assert table_size(0) == 0
    assert table_size(20) == 176
    assert table_size(21) == 176 + 304
    assert table_size(620) - table_size(300) == 2272


def test_every_row_is_measured_or_named_with_what_could_not_be() -> None:
    measured = [key for group in GROUPS.values() for _, keys in group for key in keys]
    assert sorted(measured) == sorted(row.key for row in ROWS)


def test_the_whole_table_is_put_between_the_marks(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n")
    found = {row.key: Measured(12345, 10, 0.5, "a note") for row in ROWS}
    table.rewrite(readme, found, ENGINE)
    before, *lines, after = readme.read_text(encoding="utf-8").splitlines()
    assert (before, after) == ("before", "after")
    head, _, *rows = [[it.strip() for it in line.split("|")[1:-1]] for line in lines if "|" in line]
    assert head == ["what", "reference", "measured", "ratio", "bar", "goal", "verdict"]
    assert [row[0] for row in rows] == [row.what for row in ROWS]
    assert [line for line in lines if line == "old"] == []


def test_a_ratio_names_what_it_is_a_ratio_to() -> None:
    assert "| 1.10 × v0.4 |" in table.text(
        {"heap": Measured(33, None, 1.1)}, ENGINE, style="github"
    )


def test_a_ratio_that_is_tiny_is_not_nothing() -> None:
    assert "0.0006 × HEAD" in table.text({"hello_ms": Measured(0.027, None, 0.00061)}, ENGINE)


def test_the_readme_explains_every_row_and_holds_the_table() -> None:
    text = table.README.read_text(encoding="utf-8")
    assert text.count("<!-- measured: begin -->\n") == text.count("<!-- measured: end -->\n") == 1
    for row in ROWS:
        assert f"`{row.key}`" in text, row.key
    lines = text.partition("<!-- measured: begin -->")[2].partition("<!-- measured: end -->")[0]
    what, _, *rows = [line.split("|")[1].strip() for line in lines.split("\n") if line[:1] == "|"]
    assert (what, rows) == ("what", [row.what for row in ROWS])

"""The files that stay in a board's memory become one, and nothing is lost on the way."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.model import paths
from toolkit.operations.link import WHOLE, linked, place
from toolkit.operations.sources import sources_below

MICROS = paths.repository() / "micros"
SOURCES = sources_below(MICROS)
LINKED = linked(SOURCES)
PARTS = [*sorted(set(SOURCES) - set(LINKED)), WHOLE]


def given(text: str) -> Iterator[str]:
    """The names that a file gives to functions, classes and values; imported ones are not its."""
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
        elif isinstance(statement, ast.Assign):
            yield from (node.id for node in statement.targets if isinstance(node, ast.Name))


def test_every_name_of_the_parts_is_there_once() -> None:
    assert len(PARTS) == 10
    wanted = Counter(name for part in PARTS for name in given(SOURCES[part]))
    assert max(wanted.values()) == 1, "two parts give the same name: call one otherwise"
    assert Counter(given(LINKED[WHOLE])) == wanted


def test_nobody_imports_a_part_that_is_not_there() -> None:
    gone = {part.removesuffix(".py").replace("/", ".") for part in PARTS} - {"node"}
    assert "core.session" in gone
    for name, text in LINKED.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in gone, name
            elif isinstance(node, ast.Import):
                assert not gone & {it.name for it in node.names}, name


def test_a_line_of_the_whole_is_found_again() -> None:
    lines = LINKED[WHOLE].splitlines()
    for wanted in ("class CommandError(Exception):", "class Session(Rare):", "class Node(Rare):"):
        file, line = place(lines.index(wanted) + 1, SOURCES)
        assert SOURCES[file].splitlines()[line - 1] == wanted
    with pytest.raises(ValueError, match="behind its end"):
        place(len(lines) + 1, SOURCES)


def test_sources_that_are_not_the_whole_half_stay_as_they_are(tmp_path: Path) -> None:
    some = {"core/errors.py": "class CommandError(Exception):\n    pass\n"}
    assert linked(some) == some

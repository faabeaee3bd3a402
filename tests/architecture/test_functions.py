"""Both halves, their benchmarks and their tests: no function is long."""

import ast
from pathlib import Path

import pytest
from import_graph import REPOSITORY

LONGEST = 50  # lines, the first and the last among them
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize("name", ["micros", "toolkit", "benchmarks", "tests", "devToolKit.py"])
def test_no_function_is_long(name: str) -> None:
    found = 0
    for path in _sources(REPOSITORY / name):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, DEFINITIONS):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= LONGEST, f"{path}:{node.lineno} {node.name} has {lines} lines"
                found += 1
    assert found


def _sources(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))

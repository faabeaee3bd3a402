"""The page on security names a test for each case; those tests exist."""

import ast
import re
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"\| (?P<case>[^|]+) \| `(?P<file>tests/[\w/]+\.py)::(?P<test>\w+)` \|")


def _tests(file: str) -> set[str]:
    path = _REPOSITORY / file
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in tree.body if isinstance(node, kinds)}


def test_each_case_of_the_security_page_has_its_test() -> None:
    page = (_REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    table = page.partition("| case | test |\n|---|---|\n")[2].strip().splitlines()
    rows = [_ROW.fullmatch(line) for line in table]
    assert len(rows) >= 40
    assert [line for line, row in zip(table, rows, strict=True) if row is None] == []
    cases = [row["case"] for row in rows if row]
    assert len(set(cases)) == len(cases)
    lost = [row[0] for row in rows if row and row["test"] not in _tests(row["file"])]
    assert lost == []

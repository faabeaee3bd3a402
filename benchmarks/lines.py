"""Sources of the board half, and their lines of code: not blank, no comment, no docstring."""

import ast
import io
import tokenize
from pathlib import Path

from toolkit.model import paths

_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def board_sources(board: str) -> list[Path]:
    """What a board is given, without load modules; a family and a board of the same name."""
    micros = paths.repository() / "micros"
    return [
        path
        for path in sorted(micros.rglob("*.py"))
        if path.parent.name != "modules"
        and (path.parent.name != "boards" or path.stem == board)
        and (path.parent.name != "port" or path.stem.startswith((board, "pulses")))
    ]


def code(path: Path) -> int:
    """The lines of a file that hold code."""
    text = path.read_text(encoding="utf-8")
    rows = set[int]()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _LAYOUT:
            rows.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            rows.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(rows)

"""The sources of the board half as the steps of a build hand them on: texts, by file."""

import ast
from pathlib import Path

from toolkit.model.errors import InputError


def sources_below(folder: Path) -> dict[str, str]:
    """Return every Python file below `folder`, by its path in it."""
    paths = sorted(folder.rglob("*.py"))
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def parsed(name: str, text: str) -> ast.Module:
    """Return the tree of a source; InputError names the file that does not compile."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise InputError(
            f"{name} does not compile: SyntaxError: {error.msg}, line {error.lineno}"
        ) from error

"""The sources of the board half as the steps of a build hand them on: texts, by file."""

import ast
import hashlib
from pathlib import Path

from toolkit.model import errors
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


def fingerprint(*folders: Path) -> str:
    """Return what tells the files below these folders from any others: names and contents."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                content = path.read_bytes()
                digest.update(f"{path.relative_to(folder)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


# The steps of a build: as they run here, though a newer toolkit may lie on the disk meanwhile.
STEPS = fingerprint(Path(__file__).parent, Path(errors.__file__).parent)

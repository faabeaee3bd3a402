"""The files of `core/` that a node loads for a moment are named with words of the firmware's ROM.

Each name that a board meets costs it memory for good, those of files too. A build names them anew,
and with them the places where one is asked for: `once("file")`, a class's `file = "file"`, and
tables of files. A file that is imported in Python's way keeps its name.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from toolkit.model.errors import InputError
from toolkit.operations.link import MODULES
from toolkit.operations.rom import shared_words
from toolkit.operations.sources import parsed

_IMPORTED = re.compile(r"^ *(?:from|import) core\.(\w+)", re.M)
_FOLDER = "core/"
ASKING = ("once", "Rare", "self._load", "self.load", "link.load")  # their first argument
_STAY = {"pins"}  # its functions are those that people's modules call
# What is assigned to these names files.
_TABLES = ("file", "TABLE", "OPS", "_USUAL", "_OFTEN", "_LINKED")


def renames(sources: Mapping[str, str]) -> dict[str, str]:
    """Return which word stands for the name of which file of `core/`, without their endings."""
    stay = {name for text in sources.values() for name in _IMPORTED.findall(text)}
    stems = {Path(name).stem for name in sources if name.startswith(_FOLDER)}
    mine = sorted(stems - stay - _STAY - set(MODULES) - set(shared_words()))
    free = (word for word in shared_words() if word not in stems)
    return dict(zip(mine, free, strict=False))


def renamed(sources: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the sources, by file, with files named anew; lines stay where they are."""
    return {_name(name, names): _asked(name, text, names) for name, text in sources.items()}


def _name(path: str, names: Mapping[str, str]) -> str:
    stem = Path(path).stem
    return f"{_FOLDER}{names[stem]}.py" if path == f"{_FOLDER}{stem}.py" and stem in names else path


def _asked(name: str, text: str, names: Mapping[str, str]) -> str:
    lines = text.encode().splitlines(keepends=True)  # Python counts columns in bytes
    found = sorted(
        {(it.lineno, it.col_offset, it.end_col_offset or 0) for it in mentions(parsed(name, text))}
    )
    for row, begin, end in reversed(found):
        line = lines[row - 1]
        words = re.sub(rb"\w+", lambda it: _word(it[0].decode(), names), line[begin:end])
        lines[row - 1] = line[:begin] + words + line[end:]
    return b"".join(lines).decode()


def _word(name: str, names: Mapping[str, str]) -> bytes:
    return names.get(name, name).encode()


def mentions(tree: ast.AST) -> Iterator[ast.Constant]:
    """The texts of a source that name files which are loaded for a moment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKING:
            yield from _texts(node.args[0])
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in _TABLES:
            for value in node.value.values if isinstance(node.value, ast.Dict) else [node.value]:
                yield from _texts(value)


def _texts(node: ast.expr) -> Iterator[ast.Constant]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if part.end_lineno != part.lineno:
                raise InputError(f"expected names of files on one line, got {part.value!r}")
            yield part

"""The files that every node holds in memory become one: a module costs 250 bytes and three names.

The sources stay apart, as people read them. `_PARTS` are put behind each other, in an order in
which none imports a later one. Imports among them go; other files ask the one they are in.
"""

import re
from collections.abc import Mapping

_PARTS = (
    "core/errors",
    "core/once",
    "core/log",
    "core/tasks",
    "core/config",
    "core/executor",
    "core/session",
    "core/server",
    "core/network",
    "node",
)
WHOLE = "node.py"  # what main.py imports
MODULES = tuple(part.rpartition("/")[2] for part in _PARTS[:-1])
_ANY = "|".join(MODULES)
_IMPORT = re.compile(rf"^( *)from core\.({_ANY}) import ", re.M)


def linked(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the sources, by file, with the parts as one; without them all, as they are."""
    parts = [f"{part}.py" for part in _PARTS]
    if not set(parts) <= set(sources):
        return dict(sources)
    rest = {name: asking(text) for name, text in sources.items() if name not in parts}
    return rest | {WHOLE: "".join(_alone(sources[name]) for name in parts)}


def place(line: int, sources: Mapping[str, str]) -> tuple[str, int]:
    """Return the file and the line that a line of the whole was."""
    for part in _PARTS:
        length = sources[f"{part}.py"].count("\n")
        if line <= length:
            return f"{part}.py", line
        line -= length
    raise ValueError(f"expected a line of {WHOLE}, got one {line} lines behind its end")


def asking(text: str) -> str:
    """Return a source that asks the whole for what it asked the parts."""
    return _IMPORT.sub(r"\1from node import ", text)


def _alone(text: str) -> str:
    """Take out imports of other parts; the lines stay."""
    return re.sub(rf"^from core\.({_ANY}) import .*$", "", text, flags=re.M)

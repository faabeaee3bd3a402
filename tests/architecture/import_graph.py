"""Which file imports which, lazy imports included, read from the sources."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def imported(source: Path) -> Iterator[str]:
    """The dotted names a file imports anywhere in it; a name from a package as `package.name`."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"), str(source))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def graph(root: Path, package: str = "") -> Mapping[str, set[str]]:
    """Our own files below `root` by dotted name, each with those of them it imports."""
    names = {dotted(path, root, package): path for path in root.rglob("*.py")}
    return {name: {it for it in imported(path) if it in names} for name, path in names.items()}


def dotted(path: Path, root: Path, package: str) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(filter(None, (package, *parts)))


def cycle(edges: Mapping[str, set[str]]) -> list[str]:
    """A cycle of imports, empty when there is none."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for other in edges[name]:
            found = walk(other, [*path, name])
            if found:
                return found
        done.add(name)
        return []

    return next((found for name in edges if (found := walk(name, []))), [])

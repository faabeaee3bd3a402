"""Which file imports which, and which it loads for a moment, read from the sources."""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from toolkit.operations.filenames import ASKING, mentions

REPOSITORY = Path(__file__).resolve().parents[2]


def imported(source: Path) -> Iterator[str]:
    """The dotted names a file imports anywhere in it; a name from a package as `package.name`."""
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "__import__":
            yield from (it.value for it in node.args[:1] if isinstance(it, ast.Constant))


def loaded(source: Path) -> Iterator[str]:
    """The dotted names of what a file loads for a moment; `folder.` for any file of a folder."""
    for text in mentions(_parsed(source)):
        yield from (it if "." in it else f"core.{it}" for it in text.value.split())


def computed(source: Path) -> set[str]:
    """What a file asks for by more than a text: the expressions."""
    calls = (node for node in ast.walk(_parsed(source)) if isinstance(node, ast.Call))
    asked = [it.args[0] for it in calls if ast.unparse(it.func) in (*ASKING, "__import__")]
    return {ast.unparse(it) for it in asked if not isinstance(it, ast.Constant)}


def graph(
    root: Path, package: str = "", read: Callable[[Path], Iterator[str]] = imported
) -> Mapping[str, set[str]]:
    """Our own files below `root` by dotted name, each with those of them that `read` finds."""
    names = {dotted(path, root, package): path for path in root.rglob("*.py")}

    def meant(text: str) -> set[str]:
        return {it for it in names if it == text or (text[-1:] == "." and it.startswith(text))}

    return {name: set[str]().union(*map(meant, read(path))) for name, path in names.items()}


def dotted(path: Path, root: Path, package: str) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return ".".join(filter(None, (package, *parts)))


def _parsed(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"), str(source))


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

"""What the desk half assumes of the computer: only the virtual boards need a Unix."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from import_graph import REPOSITORY

TOOLKIT = REPOSITORY / "toolkit"
UNIX_ONLY = {
    "curses",
    "fcntl",
    "grp",
    "posix",
    "pty",
    "pwd",
    "resource",
    "syslog",
    "termios",
    "tty",
}
OWN_SIDE = {"virtual", "kit"}  # programs of a Unix, and what runs where a board's program does
UNIX_PLACE = re.compile(r"(?<![\w.])/(?:dev|tmp|proc|sys|etc|var|usr|home)\b")
MAY_NAME_PLACES = {  # the serial transport, and examples of what a person may type
    TOOLKIT / "transport" / "port.py",
    TOOLKIT / "transport" / "holding.py",
    TOOLKIT / "cli" / "table" / "with_what.py",
}


def desk() -> list[Path]:
    """The files that any computer runs which has a board on its cable."""
    found = sorted(TOOLKIT.rglob("*.py"))
    return [path for path in found if not OWN_SIDE & set(path.relative_to(TOOLKIT).parts)]


def imported_at_once(body: list[ast.stmt]) -> Iterator[str]:
    """The modules that come with a file, whoever imports it: not those behind a condition."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ClassDef | ast.With):
            yield from imported_at_once(node.body)


def unix_only(source: str) -> set[str]:
    """What a source imports at once that only a Unix has."""
    names = imported_at_once(ast.parse(source).body)
    return {
        name
        for name in names
        if name.split(".")[0] in UNIX_ONLY or name.startswith("toolkit.virtual")
    }


def places(source: str) -> set[str]:
    """The texts of a source that name a place which only a Unix has; its docstrings may."""
    tree = ast.parse(source)
    said = {id(it.value) for it in ast.walk(tree) if isinstance(it, ast.Expr)}
    texts = (it for it in ast.walk(tree) if isinstance(it, ast.Constant) and id(it) not in said)
    values = (it.value for it in texts if isinstance(it.value, str))
    return {it for it in values if UNIX_PLACE.search(it)}


def test_what_only_a_unix_has_is_imported_where_it_is_needed() -> None:
    files = desk()
    assert len(files) > 120
    found = {path.name: unix_only(path.read_text("utf-8")) for path in files}
    assert {name: what for name, what in found.items() if what} == {}


def test_only_the_serial_transport_knows_what_a_port_is_called() -> None:
    found = {path: places(path.read_text("utf-8")) for path in desk()}
    assert {path for path, what in found.items() if what} == MAY_NAME_PLACES


@pytest.mark.parametrize(
    "source",
    [
        "import fcntl",
        "import os, tty",
        "from grp import getgrgid",
        "from toolkit.virtual import fleet",
    ],
)
def test_such_an_import_is_found(source: str) -> None:
    assert unix_only(source)
    assert not unix_only(f"def needs():\n    {source}")
    assert not unix_only(f"if sys.platform != 'win32':\n    {source}")


@pytest.mark.parametrize("text", ["/dev/ttyUSB0", "/tmp", "look in /proc/1", "'/var/lib'"])
def test_such_a_place_is_found(text: str) -> None:
    assert places(f"def f():\n    return {text!r}") == {text}
    assert not places(f"def f():\n    {text!r}")
    assert not places(f"name = {text.replace('/', 'a/')!r}")

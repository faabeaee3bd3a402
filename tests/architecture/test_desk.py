"""The desk half: arrows one way, one file that prints, the board half never imported."""

import ast

from import_graph import REPOSITORY, cycle, graph, imported

TOOLKIT = REPOSITORY / "toolkit"
FORBIDDEN = {  # a layer may not import these: cli → operations → transport → model
    "model": ("cli", "operations", "transport", "virtual"),
    "transport": ("cli", "operations", "virtual"),
    "operations": ("cli", "virtual"),
    "virtual": ("cli", "operations", "transport"),
}
BOARD_SIDE = {"firmware", "kit"}  # folders of what runs where a board's program does
BOARD_HALF = {"main", "slots", "node", "lm", "core", "port", "boards", "micros"}


def test_no_arrow_runs_back() -> None:
    for name, others in graph(TOOLKIT, "toolkit").items():
        layer = name.split(".")[1] if "." in name else ""
        for other in others:
            back = [it for it in FORBIDDEN.get(layer, ()) if other.startswith(f"toolkit.{it}")]
            assert not back, f"{name} imports {other}"


def test_no_cycle() -> None:
    assert cycle(graph(TOOLKIT, "toolkit")) == []


def test_the_toolkit_never_imports_the_board_half() -> None:
    for path in TOOLKIT.rglob("*.py"):
        if BOARD_SIDE & set(path.parts):
            continue
        for name in imported(path):
            assert name.split(".")[0] not in BOARD_HALF, f"{path} imports {name}"


def test_only_the_interface_prints_and_asks() -> None:
    may = {TOOLKIT / "cli" / "ui.py"}
    may |= {TOOLKIT / "virtual" / "__main__.py"}  # a program of its own, too
    may |= {path for path in TOOLKIT.rglob("*.py") if BOARD_SIDE & set(path.parts)}
    for path in set(TOOLKIT.rglob("*.py")) - may:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = (
                node.func.id
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                else ""
            )
            assert called not in ("print", "input"), f"{path}:{getattr(node, 'lineno', 0)}"


def test_what_only_a_unix_has_is_imported_where_it_is_needed() -> None:
    unix = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty", "toolkit.virtual"}
    for path in set(TOOLKIT.rglob("*.py")) - set((TOOLKIT / "virtual").rglob("*.py")):
        if BOARD_SIDE & set(path.parts):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:  # not within what asks first
            names = [it.name for it in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            there = [it for it in names if it in unix or it.startswith("toolkit.virtual.")]
            assert not there, f"{path}:{node.lineno} imports {there}"


def test_a_broad_handler_stands_only_in_main() -> None:
    for path in TOOLKIT.rglob("*.py"):
        if path == TOOLKIT / "cli" / "main.py" or BOARD_SIDE & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                kinds = (
                    {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
                    if (node.type)
                    else {"bare"}
                )
                ends = isinstance(node.body[-1], ast.Raise)
                broad = kinds & {"Exception", "BaseException", "bare"}
                assert not broad or ends, f"{path}:{node.lineno} catches {broad}"


def test_the_page_names_every_file_of_the_command_line() -> None:
    page = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith("| `cli/`")]
    files = {path.stem for path in (TOOLKIT / "cli").glob("*.py")} - {"__init__"}
    assert [name for name in sorted(files) if f"`{name}`" not in row] == []

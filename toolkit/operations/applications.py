"""Applications: small desktop programs over the client library, ours and those of the user's own.

Ours lie in `examples/`, the user's in `user_data/applications/`; one of theirs wins over ours of
the same name. Each is a file with a `main` that `toolkit.script.run` runs.
"""

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.model import files, paths
from toolkit.model.errors import InputError, UsageError
from toolkit.model.profile import near
from toolkit.model.text import sentence
from toolkit.script import SPEAKER

LIST, NEW = "list", "new"
NODE = "wanted"  # the first parameter of a `main` that talks to one node
SAYS = "devToolKit: "  # what every error of ours begins with
_TEMPLATE = "template"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}")
_PATIENCE = 10.0  # seconds in which a program that was interrupted ends by itself


@dataclass(frozen=True)
class Application:
    """A program: what it does, the words its main takes (None: it has no main), whose it is.

    `broken` says where it is no Python; empty for what can be run.
    """

    name: str
    about: str
    words: tuple[str, ...] | None
    path: Path
    own: bool
    broken: str = ""

    @property
    def takes_a_node(self) -> bool:
        """Whether its first word is a node."""
        return self.words is not None and self.words[:1] == (NODE.upper(),)

    @property
    def usage(self) -> str:
        """The words that stand after the node; those in brackets may be left out."""
        return " ".join((self.words or ())[int(self.takes_a_node) :])


def folder() -> Path:
    """Where the programs of the product lie."""
    return paths.repository() / "examples"


def own_folder() -> Path:
    """Where those of the user lie."""
    return paths.user_data() / "applications"


def all_of_them() -> list[Application]:
    """Every program there is, by name."""
    found = {_plain(path.stem): _read(path, own=False) for path in _files(folder())}
    found |= {_plain(path.stem): _read(path, own=True) for path in _files(own_folder())}
    return sorted(found.values(), key=lambda one: one.name)


def find(name: str) -> Application:
    """A program by its name, whatever its case; InputError with what there is."""
    there = all_of_them()
    wanted = _plain(name.removesuffix(".py"))
    for one in there:
        if _plain(one.name) == wanted:
            return one
    names = [one.name for one in there]
    raise InputError(
        f"there is no application {name!r}: expected {', '.join(names)}, {LIST} or {NEW}:NAME"
        + near(name.lower(), names)
    )


def words(text: str) -> tuple[str | None, list[str]]:
    """The node and the other words of `-p '--dev node01 60'`; UsageError where it is not such."""
    try:
        given = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"-p: expected words, got {text!r}: {error}") from None
    first, equals, node = (given[0] if given else "").partition("=")
    if first != "--dev":
        return None, given
    if equals:
        return node, given[1:]
    if len(given) < 2:
        raise UsageError("-p: expected '--dev <name> …', got --dev alone")
    return given[1], given[2:]


def command(program: Application, node: str | None, given: Sequence[str]) -> list[str]:
    """What runs a program; InputError for a node that it does not take, and for what is no Python.

    A program that asks for a node and is given none must be given one before.
    """
    if program.broken:
        raise InputError(f"{program.path} cannot be run: {program.broken}")
    if node is not None and program.words is not None and not program.takes_a_node:
        raise InputError(f"{program.name} takes no node: leave '--dev {node}' out")
    return [sys.executable, str(program.path), *([] if node is None else [node]), *given]


def run(line: Sequence[str]) -> int:
    """Run a program on our terminal to its end; its exit code.

    Ctrl-C reaches it as it reaches us, so it is left time to end by itself.
    """
    path = [str(paths.code().parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), SPEAKER: SAYS}
    child = subprocess.Popen(line, env=environment)
    try:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            code = _ended(child)
    finally:
        if child.poll() is None:
            child.terminate()
            _ended(child)
    return 128 - code if code < 0 else code


def _ended(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait(_PATIENCE)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        child.kill()
        return child.wait()


def checked(name: str) -> Path:
    """Where a program of the user's own goes; InputError for a name that cannot be, or is taken."""
    if not _NAME.fullmatch(name) or name in sys.stdlib_module_names or name in (LIST, NEW):
        raise InputError(
            f"-a {NEW}:NAME: expected a name of letters, digits and _ that no module of Python "
            f"has, got {name!r}"
        )
    if _plain(name) in [_plain(one.name) for one in all_of_them()]:
        raise InputError(f"-a {NEW}:NAME: expected a name that none has yet, got {name!r}")
    return own_folder() / f"{name}.py"


def begin(path: Path) -> None:
    """Write a program that works there, from the template."""
    text = (folder() / f"{_TEMPLATE}.py").read_text(encoding="utf-8")
    files.replace(path, text.replace(f"-a {_TEMPLATE}", f"-a {path.stem}"))


def _plain(name: str) -> str:
    """A name as it is compared: AirQuality, air_quality and air-quality are one."""
    return name.lower().replace("_", "").replace("-", "")


def _files(place: Path) -> Iterator[Path]:
    return (path for path in sorted(place.glob("*.py")) if _may_be_one(path))


def _may_be_one(path: Path) -> bool:
    """A file that is listed; a pipe would keep whoever reads it waiting."""
    return path.is_file() and not path.name.startswith(("_", "."))


def _read(path: Path, *, own: bool) -> Application:
    """What a file tells of itself; it is not run for that."""
    try:
        tree = ast.parse(path.read_bytes())
        compile(tree, path.name, "exec")  # a `return` outside of a function is seen here alone
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = str(error.msg) if isinstance(error, SyntaxError) else type(error).__name__
        line = f"line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
        told = f"{line}{sentence(why)}"
        return Application(path.stem, f"cannot be read: {told}", None, path, own, told)
    about = (ast.get_docstring(tree) or "does not say what it does").splitlines()[0]
    main = next((it for it in tree.body if _is_main(it)), None)
    taken = _taken(main) if isinstance(main, ast.FunctionDef) else None
    return Application(path.stem, about, taken, path, own)


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "main"


def _taken(main: ast.FunctionDef) -> tuple[str, ...]:
    names = [one.arg.upper() for one in (*main.args.posonlyargs, *main.args.args)]
    needed = len(names) - len(main.args.defaults)
    return (*names[:needed], *(f"[{name}]" for name in names[needed:]))

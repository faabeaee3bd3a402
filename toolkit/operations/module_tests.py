"""The tests of one load module, on the desk: on this Python, and on the real MicroPython.

A test file lies beside its module: `test_blinds.py` beside `LM_blinds.py`. It has the bench of
toolkit/kit, and plain functions `test_…` or `async def test_…` without arguments.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.model import paths
from toolkit.model.errors import EngineError, InputError
from toolkit.model.files import content
from toolkit.model.manual import MOST, NESTED, PREFIX

_PATIENCE = 60  # seconds that the tests of a file may take
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_SAID = 4000  # characters of what failed tests print


@dataclass(frozen=True)
class Ran:
    """How the tests went on one interpreter: which failed, and what was printed meanwhile."""

    interpreter: str
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    said: str

    @property
    def sentence(self) -> str:
        """For the person who waits."""
        names = f": {', '.join(self.failed)}" if self.failed else ""
        return f"{self.interpreter}: {len(self.passed)} passed, {len(self.failed)} failed{names}"


def test_file(file: Path) -> Path:
    """The tests of a module, or the file itself where it has the tests; InputError for no file."""
    if file.stem.startswith(PREFIX):
        file = file.with_name(f"test_{file.stem.removeprefix(PREFIX)}.py")
    if not file.is_file():
        raise InputError(f"expected the tests of a load module, got {file}: no such file")
    return file


def names(file: Path) -> list[str]:
    """The tests in a file, in its order; InputError where there is none."""
    try:
        tree = ast.parse(content(file, MOST).decode(), file.name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # deeply nested, too
        raise InputError(f"{file.name} is not valid Python: {error or NESTED}") from error
    tests = [it for it in tree.body if isinstance(it, _FUNCTIONS) and it.name.startswith("test_")]
    if not tests:
        raise InputError(f"{file.name}: expected functions named test_…, got none")
    for test in tests:
        if test.args.args:
            first = test.args.args[0].arg
            raise InputError(f"{file.name}: {test.name}: expected no arguments, got {first!r}")
    return [test.name for test in tests]


def run(file: Path, engine: Sequence[str], version: str) -> Iterator[Ran]:
    """Run the tests of a file on both interpreters."""
    wanted = names(file)
    desk = [paths.code() / "kit" / "desk"]
    yield _run("CPython", [sys.executable], [*desk, *folders(file.parent)], file.stem, wanted)
    command = [*engine, "-X", "heapsize=4M"]
    yield _run(f"MicroPython {version}", command, folders(file.parent), file.stem, wanted)


def folders(own: Path) -> list[Path]:
    """Where bench, façade and modules lie; a person's own modules come before the release's."""
    micros = paths.repository() / "micros"
    kit = paths.code() / "kit"
    return [kit, micros, own.resolve(), micros / "modules"]


def start(command: Sequence[str], where: Sequence[Path], words: Sequence[str]) -> str:
    """What the kit's runner prints on an interpreter; InputError where it does not end."""
    if any(":" in str(folder) for folder in where):
        raise InputError(f"a folder with ':' in its name cannot be searched: {where[-2]}")
    runner = paths.code() / "kit" / "runner.py"
    whole = [*command, str(runner), ":".join(map(str, where)), *words]
    try:
        done = subprocess.run(
            whole,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},  # or nobody knows how far it came
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        begun = re.findall(r"^@begin (\w+)", (late.stdout or b"").decode(errors="replace"), re.M)
        at = f"{begun[-1]} of {words[0]}" if begun else words[0]
        raise InputError(f"{at} did not end within {_PATIENCE} s: it waits, or loops") from late
    except OSError as error:
        raise EngineError(f"cannot start {command[0]}: {error.strerror}") from error
    return (done.stdout + done.stderr).decode(errors="replace")


def _run(
    interpreter: str, command: Sequence[str], where: Sequence[Path], stem: str, wanted: list[str]
) -> Ran:
    lines = start(command, where, [stem, *wanted]).splitlines()
    passed = tuple(name for name in wanted if f"@pass {name}" in lines)
    failed = tuple(name for name in wanted if name not in passed)
    said = "\n".join(line for line in lines if not line.startswith(("@begin ", "@pass ", "@fail ")))
    return Ran(interpreter, passed, failed, said[-_SAID:])

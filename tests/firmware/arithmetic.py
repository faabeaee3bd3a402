"""The core's arithmetic by the tests of tests/core, with the numbers of the real firmware.

Its floats have 30 bits, its small integers 31. The very files that run on CPython and on the unix
port run here, by the same runner; only what a desk does in a moment is told to look at less.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.firmware.disk import Disk
from tests.firmware.pico import LONGEST, Pico
from toolkit.transport.repl import Repl

TESTS = Path(__file__).resolve().parents[1]
HELPERS = ("core/board_runner", "core/fake_node")
LESS = {
    "core/test_sun": "EVERY = 122",
    "core/test_cron": "LONG = 300",
    "core/test_log": "MANY = 8",
    "base/test_clock": "HOURS = 12",
    "core/test_due": "SEVERAL = tests.SEVERAL[:1] + tests.SEVERAL[4:]",
}
_RUN = """
import sys
sys.path[:] = ["/tests", "/micros", ".frozen"]
import core.grammar, core.manual, core.sun, core.utc, core.zone  # not once for each test
import {file} as tests
tests.{less}
sys.argv[:] = ["", "{file}", "/tests:/micros", {names}]
import board_runner
"""


def names(file: str) -> list[str]:
    """The tests of a file."""
    tree = ast.parse((TESTS / f"{file}.py").read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [it.name for it in tree.body if isinstance(it, functions) and it.name[:5] == "test_"]


def cases(*files: str) -> list[tuple[str, str]]:
    """Each file with each of its tests."""
    return [(file, test) for file in files for test in names(file)]


def disk(scratch: Path, *files: str) -> Path:
    """A file system with the core and the tests."""
    sources = [TESTS / f"{file}.py" for file in (*files, *HELPERS)]
    made = Disk(scratch).with_core().compile(sources, "/tests")
    made.write("/tests/unix_dialect.py", b"def install(): pass\n")  # this is the real thing
    return made.image()


class Firmware:
    """A board with all tests on it; each file runs once, when its first test is asked for."""

    def __init__(self, pico: Pico) -> None:
        self.pico = pico
        self._said: dict[str, str] = {}

    def verdict(self, file: str, test: str) -> tuple[bool, str]:
        """Whether the test passed, and what its file printed."""
        if file not in self._said:
            self._said[file] = self._run(file)
        said = self._said[file]
        return f"@pass {test}" in said.splitlines(), said

    def _run(self, file: str) -> str:
        known = ", ".join(repr(name) for name in names(file))
        less = LESS.get(file, "__name__ = ''")
        code = _RUN.format(file=file.rpartition("/")[2], names=known, less=less)
        with Repl(self.pico.port) as repl:
            return repl.run(code, timeout=LONGEST)


def fixture(*files: str) -> Callable[..., Iterator[Firmware]]:
    """A board with these files for all tests of a module."""

    @pytest.fixture(scope="module")
    def firmware(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firmware]:
        scratch = tmp_path_factory.mktemp("firmware")
        with Pico(image, scratch, disk(scratch, *files)) as pico:
            yield Firmware(pico)

    return firmware

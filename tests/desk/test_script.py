"""What runs a small program: its words, its exit code, and what it says when something is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.toolkit import REPOSITORY

_HEAD = """
from __future__ import annotations
from pathlib import Path
from typing import TYPE_CHECKING
from toolkit.script import run
if TYPE_CHECKING:
    from collections.abc import Sized
"""


def ran(folder: Path, main: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program with this main."""
    program = folder / "program.py"
    program.write_text(f"{_HEAD}\n{main}\nrun(main)\n", encoding="utf-8")
    command = [sys.executable, str(program), *words]
    environment = {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_annotations_that_are_texts_are_read(tmp_path: Path) -> None:
    main = "def main(n: int, f: float | None = None, p: Path | None = None): print([n, f, p])"
    assert ran(tmp_path, main, "7", "2.5", "x").stdout == "[7, 2.5, PosixPath('x')]\n"
    wrong = ran(tmp_path, main, "x")
    assert (wrong.returncode, wrong.stderr) == (3, "N: expected a whole number, got 'x'\n")


def test_an_annotation_that_only_a_checker_sees_leaves_a_text(tmp_path: Path) -> None:
    done = ran(tmp_path, "def main(word: Sized): print(word)", "7")
    assert (done.returncode, done.stdout) == (0, "7\n")


@pytest.mark.parametrize(
    ("value", "code"),
    [("None", 0), ("True", 0), ("False", 0), ("0", 0), ("3", 3), ("256", 1), ("-1", 1), ("'x'", 0)],
)
def test_a_whole_number_is_the_exit_code(tmp_path: Path, value: str, code: int) -> None:
    assert ran(tmp_path, f"def main(): return {value}").returncode == code


def test_words_that_do_not_fit_are_a_matter_of_usage(tmp_path: Path) -> None:
    done = ran(tmp_path, "def main(wanted, times=1): pass")
    assert (done.returncode, done.stderr) == (2, "expected WANTED [TIMES], got nothing\n")


def test_what_a_node_says_moves_no_cursor(tmp_path: Path) -> None:
    main = (
        "def main():\n  from toolkit.model.errors import NodeError\n  raise NodeError('a\\x1b[2Jb')"
    )
    done = ran(tmp_path, main)
    assert (done.returncode, done.stderr) == (6, "a\ufffd[2Jb\n")

"""A reader of our own output who has left is no fault; any other broken pipe is one."""

import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from toolkit.model import paths

_OTHER = """
import os, sys
from toolkit import script
from toolkit.cli import commands, main
def other(*_):
    print("so far")
    reader, writer = os.pipe()
    os.close(reader)
    os.write(writer, b"nobody reads this")
"""
_PROGRAM = _OTHER + "script.run(other)\n"
_TOOLKIT = _OTHER + "commands.chosen = lambda _: [other]\nsys.exit(main.main(['--version']))\n"


def _ended(words: Sequence[str], stdout: int = subprocess.PIPE) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=paths.repository(),
    )
    return done.returncode, done.stdout, done.stderr


def test_a_broken_pipe_that_is_not_our_output_is_a_fault_of_a_program() -> None:
    code, said, wrong = _ended(["-c", _PROGRAM])
    assert (code, said) == (1, "so far\n")
    assert wrong.endswith("BrokenPipeError: [Errno 32] Broken pipe\n")


def test_a_broken_pipe_that_is_not_our_output_is_told_by_the_toolkit() -> None:
    code, said, wrong = _ended(["-c", _TOOLKIT])
    assert (code, said) == (3, "so far\n")
    assert wrong.startswith("devToolKit: cannot use a file: Broken pipe")


@pytest.mark.parametrize("much", [1, 100_000, 3_000_000])  # held back, or written at once
def test_nobody_who_reads_our_output_is_a_quiet_end(much: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        text = f"from toolkit import script\nscript.run(lambda: print('x' * {much}))"
        assert _ended(["-c", text], writer) == (141, None, "")
    finally:
        os.close(writer)

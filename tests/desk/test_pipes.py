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


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
@pytest.mark.parametrize(("words", "expected"), [("-v", 0), ("-u --port /dev/null", 2)])
def test_a_stream_that_was_closed_before_is_no_fault(
    closed: str, words: str, expected: int
) -> None:
    line = f'(exec "$0" -m toolkit {words} {closed}); echo $?'
    done = subprocess.run(
        ["sh", "-c", line, sys.executable],
        capture_output=True,
        text=True,
        check=False,
        cwd=paths.repository(),
    )
    assert done.stdout.splitlines()[-1] == str(expected)
    assert "Traceback" not in done.stderr
    assert ("devToolKit: " in done.stderr) == (expected != 0 and "2>&-" not in closed)

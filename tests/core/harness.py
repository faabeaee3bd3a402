"""One test function, two interpreters: pytest hooks that run it on CPython and on MicroPython.

A conftest.py imports every public name of this file. Each test file then runs once in this
process, with toolkit/kit/desk on the path, and once in a process of the real interpreter, whose
runner prints one line per test. `INTERPRETERS = ("cpython",)` in a test file keeps it at home.
"""

import asyncio
import functools
import gc
import inspect
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
_REPOSITORY = _HERE.parents[1]
_STANDINS = _REPOSITORY / "tests" / "standins"
_DESK = _REPOSITORY / "toolkit" / "kit" / "desk"  # what a board has and CPython lacks
_SHARED = _STANDINS / "shared"  # what both interpreters are given
_FULL = os.environ.get("MICROS_SWEEP") == "full"
_TIMEOUT = 900 if _FULL else 120  # seconds one file may take on MicroPython

for _folder in (_REPOSITORY, _REPOSITORY / "micros", _DESK, _SHARED):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

import board_dialect  # noqa: E402  (its folder is on the path only now)

board_dialect.install()


def pytest_generate_tests(metafunc):
    names = getattr(metafunc.module, "INTERPRETERS", ("cpython", "micropython"))
    if names == ("cpython",):
        return
    if "interpreter" not in metafunc.fixturenames:
        metafunc.fixturenames.append("interpreter")
    metafunc.parametrize("interpreter", names)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    params = getattr(pyfuncitem, "callspec", None)
    if params and params.params.get("interpreter") == "micropython":
        _check_on_board(pyfuncitem)
        return True
    _spare(pyfuncitem.path)
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        asyncio.run(asyncio.wait_for(pyfuncitem.obj(), _TIMEOUT))
        return True
    if params and "interpreter" in params.params:
        pyfuncitem.obj()
        return True
    return None


@functools.lru_cache(maxsize=1)
def _spare(_path):
    """Let collections, for which the core asks at each load, not go through what was before."""
    gc.collect()
    gc.freeze()


@functools.cache
def engine_command():
    """The words that start MicroPython."""
    named = os.environ.get("MICROS_MICROPYTHON")
    if named:
        return tuple(shlex.split(named))
    from toolkit.virtual.engine import provide

    cache = Path(os.environ.get("MICROS_USER_DATA", _REPOSITORY / "user_data")) / "engine"
    return tuple(provide(cache, lambda line: print(line, file=sys.stderr)).command)


def _check_on_board(item):
    """Fail with what MicroPython said, when the test did not pass there."""
    wanted = tuple(
        other.originalname
        for other in item.session.items
        if other.path == item.path and "[micropython]" in other.name
    )
    verdicts, output = _run_file(item.path, wanted)
    verdict, said = verdicts.get(item.originalname, ("ended without a word about this test", ""))
    print(said)
    if verdict != "pass":
        pytest.fail(f"on MicroPython: {verdict}\n{output}", pytrace=False)


@functools.cache
def _run_file(path, names):
    """{test: (verdict, what it printed)} of a file, and all that the interpreter printed."""
    command = [*engine_command(), "-X", "heapsize=4M", str(_HERE / "board_runner.py")]
    folders = [_STANDINS / "unix", _SHARED, path.parent, _REPOSITORY / "micros"]
    folders.append(str(_REPOSITORY))  # for tests.support.sweep and the like
    command += [path.stem, ":".join(map(str, folders)), *names]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_TIMEOUT, check=False, cwd=_REPOSITORY
        )
        output, end = done.stdout + done.stderr, f"exit code {done.returncode}"
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"") + (late.stderr or b"")
        end = f"stopped after {_TIMEOUT} s"
    text = output.decode(errors="replace")
    verdicts, said = {}, []
    for line in text.splitlines():
        mark, _, rest = line.partition(" ")
        if mark in ("@pass", "@fail"):
            verdicts[rest] = mark[1:], "\n".join(said)
            said = []
        else:
            said.append(line)
    return verdicts, f"{text[-8000:]}\n({end})"

"""Pass the tests of the project: style, types and pytest, in an environment of their own."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from toolkit import environment
from toolkit.model import paths
from toolkit.model.errors import UsageError


@dataclass(frozen=True)
class Check:
    """One check: its name, and the arguments of the Python module that does it.

    `full`: sweeps run all of their cases, not a slice of them.
    """

    name: str
    arguments: tuple[str, ...]
    full: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a check ended with; `unsteady` are tests that have failed, but passed alone."""

    check: Check
    passed: bool
    unsteady: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """For the person who waits."""
        but = f", but unsteady: {', '.join(self.unsteady)}" if self.unsteady else ""
        return f"{self.check.name}: {f'passed{but}' if self.passed else 'FAILED (see above)'}"


_BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")  # in the order of tests/conftest.py
_PYTEST = ("pytest", *_BY_FILE, "-n")
_FIRMWARE = ("pytest", "-n", "2", *_BY_FILE, "tests/firmware")
CHECKS = (
    Check("lint", ("ruff", "check", "--no-cache", ".")),
    Check("format", ("ruff", "format", "--check", "--no-cache", ".")),
    Check("types", ("basedpyright",)),
    Check("tests", (*_PYTEST, "4", "--ignore=tests/firmware", "tests")),
)
_PYTHON = ("benchmarks", "micros", "tests", "toolkit")
_LONG = ("--timeout", "1200")  # seconds a test may take that runs in full
_FAILED = 1  # what pytest ends with when tests failed, and all else was well
_UNSTEADY = 3  # more tests than these that fail are a failure at once
_SWEEPING = "tests.support.sweep"  # who imports it has a slice and a full size
STAGES: Mapping[str, Sequence[Check]] = {
    "all": CHECKS,
    "sweeps": (Check("sweeps", (*_PYTEST, "3", *_LONG), full=True),),  # their files are looked for
    "firmware": (Check("firmware", _FIRMWARE),),  # on an emulated board: minutes
}


def stage(name: str) -> Sequence[Check]:
    """The checks of a stage; UsageError when there is none of that name, or nothing to check."""
    if paths.packaged():
        raise UsageError("--test needs a clone of the repository: a package has no tests in it")
    if name not in STAGES:
        raise UsageError(f"--test: expected one of {', '.join(STAGES)}, got {name!r}")
    return STAGES[name]


def run(say: Callable[[str], None], checks: Sequence[Check] = CHECKS) -> Iterator[Outcome]:
    """Run the checks one after the other, each with its own output; ends with the first failure."""
    folder = paths.repository()
    python = environment.ensure(
        folder / ".venv-test", folder / "tests" / "requirements.txt", say=say
    )
    _compile(python, folder)
    for check in checks:
        surroundings = _surroundings(python)
        files: list[str] = []
        if check.full:
            surroundings["MICROS_SWEEP"] = "full"
            files = sweeping(folder)
        outcome = _outcome(folder, [str(python), "-m"], check, files, surroundings, say)
        yield outcome
        if not outcome.passed:
            return


def _outcome(
    folder: Path,
    python: Sequence[str],
    check: Check,
    files: Sequence[str],
    surroundings: Mapping[str, str],
    say: Callable[[str], None],
) -> Outcome:
    """Run a check; a few tests that fail among all others must pass alone (decision 0039)."""

    def run(*arguments: str) -> int:
        words = [*python, *arguments]
        return subprocess.run(words, cwd=folder, env=surroundings, check=False).returncode

    if check.arguments[0] != "pytest":
        return Outcome(check, run(*check.arguments) == 0)
    with TemporaryDirectory() as kept:
        code = run(*check.arguments, *files, "-o", f"cache_dir={kept}")
        failed = failures(Path(kept)) if code == _FAILED else []
    if not 0 < len(failed) <= _UNSTEADY:
        return Outcome(check, code == 0)
    say(f"{check.name}: {len(failed)} failed among all others, and must pass alone:")
    passed = run("pytest", *(_LONG if check.full else ()), *failed) == 0
    for test in failed:
        say(f"{'unsteady' if passed else 'failed'}: {test}")
    return Outcome(check, passed, tuple(failed) if passed else ())


def failures(cache: Path) -> list[str]:
    """The tests that pytest has kept as failed in its cache."""
    kept = cache / "v" / "cache" / "lastfailed"
    return list(json.loads(kept.read_text("utf-8"))) if kept.exists() else []


def sweeping(folder: Path) -> list[str]:
    """The test files that run more cases in full than otherwise."""
    files = sorted((folder / "tests").rglob("test_*.py"))
    return [str(it.relative_to(folder)) for it in files if _SWEEPING in it.read_text("utf-8")]


def _compile(python: Path, folder: Path) -> None:
    """Compile our Python once, beside its sources where Python looks.

    The tests start the toolkit hundreds of times, and on CPython the core imports its files anew
    for each call. No test writes such files: their dates are too coarse for modules that change.
    """
    words = [str(python), "-m", "compileall", "-q", "-j", "0", *_PYTHON]
    subprocess.run(words, cwd=folder, check=False)  # what does not compile the linter tells


def _surroundings(python: Path) -> dict[str, str]:
    """The environment variables of a check: no network but loopback, our own programs first."""
    return {
        **os.environ,
        "MICROS_NETWORKS": "127.0.0.0/32",
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

"""The project's own checks: what fails among others gets one more try, alone."""

import os
import sys
from pathlib import Path

import pytest

from toolkit import environment
from toolkit.model import paths
from toolkit.operations import checks
from toolkit.operations.checks import Check, Outcome

_ONCE = """
from pathlib import Path
def test_first():
    seen = Path(__file__).with_name("seen")
    before = seen.exists()
    seen.touch()
    assert before
def test_other():
    pass
"""
_ALWAYS = "def test_wrong():\n    assert False\n"
_MANY = "import pytest\n@pytest.mark.parametrize('n', range(4))\ndef test_n(n):\n    assert n < 0\n"


def _outcome(
    monkeypatch: pytest.MonkeyPatch, folder: Path, source: str
) -> tuple[Outcome, list[str]]:
    """What the tests of this file end with, and what was said."""
    (folder / "test_it.py").write_text(source, encoding="utf-8")
    said: list[str] = []

    def ensure(*_: object, **__: object) -> Path:
        return Path(sys.executable)

    monkeypatch.setattr(environment, "ensure", ensure)
    monkeypatch.setattr(paths, "repository", lambda: folder)
    monkeypatch.setitem(os.environ, "PYTEST_ADDOPTS", "")
    check = Check("tests", ("pytest", "-q", "test_it.py"))
    (outcome,) = checks.run(said.append, [check])
    return outcome, said


def test_what_fails_once_and_passes_alone_is_told_as_unsteady(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outcome, said = _outcome(monkeypatch, tmp_path, _ONCE)
    assert outcome.passed
    assert outcome.sentence == "tests: passed, but unsteady: test_it.py::test_first"
    assert said[-1] == "unsteady: test_it.py::test_first"


def test_what_fails_twice_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    outcome, said = _outcome(monkeypatch, tmp_path, _ALWAYS)
    assert not outcome.passed
    assert outcome.sentence == "tests: FAILED (see above)"
    assert said[-1] == "failed: test_it.py::test_wrong"


def test_many_that_fail_get_no_second_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    outcome, said = _outcome(monkeypatch, tmp_path, _MANY)
    assert (outcome.passed, said) == (False, [])


def test_a_file_that_cannot_be_read_gets_no_second_try(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outcome, said = _outcome(monkeypatch, tmp_path, "import nothing_of_that_name\n")
    assert (outcome.passed, said) == (False, [])

"""The page about load modules tells the truth: what it shows passes what it says."""

import re
import shlex
from pathlib import Path

import pytest

from tests.support.boards import engine  # noqa: F401 - a fixture
from toolkit.cli import options
from toolkit.model import paths
from toolkit.operations import lint, module_tests
from toolkit.virtual.engine import Engine

PAGE = (paths.repository() / "docs" / "load_modules.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"<!-- (\w+\.py) -->\n```python\n(.*?)```", PAGE, re.S))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("LM_")])
def test_what_the_page_shows_is_well(folder: Path, engine: Engine, name: str) -> None:
    report = lint.look(folder / name, engine.command, engine.bits)
    assert report.findings == ()


def test_the_tests_of_the_page_pass_on_both(folder: Path, engine: Engine) -> None:
    assert set(FILES) == {"LM_blinds.py", "LM_valve.py", "LM_sht4x.py", "test_sht4x.py"}
    for ran in module_tests.run(folder / "test_sht4x.py", engine.command, engine.version):
        assert (len(ran.passed), ran.failed) == (2, ()), ran.said


def test_every_command_of_the_page_is_understood() -> None:
    commands = re.findall(r"^\$ \./devToolKit\.py (.+?)(?: {2,}.*)?$", PAGE, re.M)
    assert len(commands) == 4
    for command in commands:
        options.parse(shlex.split(command))

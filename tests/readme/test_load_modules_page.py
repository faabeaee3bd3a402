"""The page about load modules tells the truth: what it shows passes what it says."""

import ast
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
    assert set(FILES) == {"LM_slats.py", "LM_valve.py", "LM_sht4x.py", "test_sht4x.py"}
    for ran in module_tests.run(folder / "test_sht4x.py", engine.command, engine.version):
        assert (len(ran.passed), ran.failed) == (2, ()), ran.said


def test_the_page_names_all_of_the_facade() -> None:
    text = (paths.repository() / "micros" / "lm.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    table = re.findall(r"^(?:\w+\(.*?\)(?:, )?)+(?= )", ast.get_docstring(tree) or "", re.M)
    names = {name for row in table for name in re.findall(r"(\w+)\(", row)}
    assert len(names) > 15
    names |= {it.name for it in tree.body if isinstance(it, ast.FunctionDef)}
    (sentence,) = re.findall(r"^All of it is in .*?: (.*?)\.", PAGE.replace("lm.py", "lm"), re.M)
    own = {"CommandError", "log"}
    assert set(re.findall(r"`(\w+)`", sentence)) == names - {"bind", "__getattr__"} | own


BENCH_LACKS = """
from bench import module
import lm


def fails(call, *given):
    module("light")
    try:
        call(*given)
    except Exception:
        return True
    return False


def test_what_the_bench_lacks():
    port = "uart_tx", "uart_rx", "LM_x", 9600, 8, None, 1
    made = [("dht", ("dht", "LM_x")), ("onewire", ("onewire", "LM_x")), ("celsius", ())]
    made += [("uart", port), ("touch", ("pwm_2", "LM_x"))]
    assert [name for name, given in made if not fails(getattr(lm, name), *given)] == []


async def test_what_it_has():
    module("light")
    lm.player("LM_x")
    assert (await lm.volts(lm.adc("adc_0", "LM_x"), 2))[0] == 0
    assert "no tasks" in await lm.shell("task list")
"""


def test_the_page_tells_what_the_bench_lacks(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "test_lacks.py").write_text(BENCH_LACKS, encoding="utf-8")
    for ran in module_tests.run(tmp_path / "test_lacks.py", engine.command, engine.version):
        assert (len(ran.passed), ran.failed) == (2, ()), ran.said
    (lacking,) = re.findall(r"^What speaks in pulses.*", PAGE, re.M)
    for name in ("dht", "onewire", "pulse_us", "celsius", "uart", "touch", "shell"):
        assert f"`lm.{name}`" in lacking


def test_every_command_of_the_page_is_understood() -> None:
    commands = re.findall(r"^\$ \./devToolKit\.py (.+?)(?: {2,}.*)?$", PAGE, re.M)
    assert len(commands) == 4
    for command in commands:
        options.parse(shlex.split(command))

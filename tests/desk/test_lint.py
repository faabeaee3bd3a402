"""What is said of a load module before it goes to a node, and how one is begun."""

import re
import sys
from pathlib import Path

import pytest

from toolkit.cli.main import main
from toolkit.model import paths
from toolkit.model.errors import InputError
from toolkit.model.lint import Finding, findings
from toolkit.model.manual import extract
from toolkit.operations import module_tests, new_module

GOOD = '''"""Lamp: a light.

Examples:
    lamp on    # bright
    lamp on &; lamp tone 5 cold=2
"""

import asyncio
import time
from time import sleep_ms, ticks_ms as now

import lm
import LM_light

_lit = False


async def on() -> dict:
    """Switch on."""
    time.sleep_us(10)
    sleep_ms(5)
    await asyncio.sleep_ms(100)
    await asyncio.wait_for(asyncio.sleep(5), 1)
    while True:
        await asyncio.sleep_ms(1)


def tone(warm: int | None = None, *, cold: float = 0.5, **more: str) -> list:
    """Mix the colours."""
    while True:
        if warm:
            return [LM_light, now(), lm.pin, more, cold]


def _helper(any_type):
    while any_type:
        pass
'''


def said(folder: Path, text: str, name: str = "lamp") -> list[Finding]:
    path = folder / f"LM_{name}.py"
    path.write_text(text, encoding="utf-8")
    (module,) = extract([path])
    return findings(text, module)


def test_a_good_module_is_well(tmp_path: Path) -> None:
    assert said(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "import asyncio\n",
            "import machine, asyncio\n",
            "it imports machine: pins and buses come",
        ),
        (
            "import asyncio\n",
            "import asyncio\nimport socket\n",
            "it imports socket: pins and buses",
        ),
        (
            "import lm\n",
            "import lm\nfrom typing import Any\n",
            "it imports typing: expected array, a",
        ),
        ("import lm\n", "import lm\nfrom core.log import Log\n", "it imports core: expected array"),
        ("import lm\n", "import lm\nfrom . import x\n", "it imports a file beside it: expected"),
        ("time.sleep_us(10)", "time.sleep(1)", "it calls time.sleep: it holds the node for longer"),
        ("time.sleep_us(10)", "time.sleep_ms(50)", "it calls time.sleep_ms: it holds"),
        ("time.sleep_us(10)", "time.sleep_us(50000)", "it calls time.sleep_us: it holds"),
        ("sleep_ms(5)", "sleep_ms(now())", "it calls time.sleep_ms: it holds"),
        ("import time\n", "import time as t\nt.sleep(1)\n", "it calls time.sleep: it holds"),
        ("    await asyncio.sleep_ms(100)", "    asyncio.sleep_ms(100)", "without 'await'"),
        ("time.sleep_us(10)", "asyncio.run(on())", "the node's loop runs already"),
        ("time.sleep_us(10)", "asyncio.create_task(on())", "lm.task(tag, function)"),
        ("time.sleep_us(10)", "print(1)", "it calls print: nobody sees it"),
        ("time.sleep_us(10)", "eval('1')", "commands are read, never evaluated"),
        ("time.sleep_us(10)", "open('x')", "values are kept with lm.keep"),
        ("        await asyncio.sleep_ms(1)", "        pass", "this loop never ends"),
        (
            "_lit = False",
            "_lit = lm.pin('builtin', __name__)",
            "it calls lm.pin when it is imported",
        ),
        ('    """Switch on."""\n', "", "on() has no docstring"),
        ('"""Switch on."""', '"""Switch on"""', "on(): expected a sentence that ends with '.'"),
        (
            '"""Switch on."""',
            f'"""{"x" * 100}."""',
            "on(): expected 100 characters at most, got 101",
        ),
        ('"""Lamp: a light.\n', '"""Lamp\n', "the module: expected a sentence that ends with '.'"),
        ("-> dict", "", "on(): what it returns has no type"),
        ("cold: float = 0.5", "cold=0.5", "tone(): cold has no type"),
        ("-> list", "-> Any", "tone(): what it returns has the type Any"),
        ("    lamp on    # bright", "    lmap on", "expected a function of its own, got lmap on"),
        ("    lamp on    # bright", "    lamp onn", "expected a function of its own, got lamp onn"),
        ("    lamp on    # bright", "    lamp", "expected <module> <function>, got 'lamp'"),
    ],
)
def test_what_is_not_well_is_one_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in GOOD
    (found,) = said(tmp_path, GOOD.replace(old, new, 1))
    assert sentence in found.text
    assert "\n" not in found.text


@pytest.mark.parametrize(
    "waits",
    [
        "async for _ in pings():\n            pass",
        "async with lock:\n            pass",
    ],
)
def test_a_loop_that_waits_in_another_way_than_await_is_well(tmp_path: Path, waits: str) -> None:
    assert said(tmp_path, GOOD.replace("await asyncio.sleep_ms(1)", waits, 1)) == []


def test_a_loop_that_hands_on_to_another_generator_is_well(tmp_path: Path) -> None:
    steps = "\n\ndef _steps():\n    while True:\n        yield from _step()\n"
    assert said(tmp_path, GOOD + steps) == []


def test_a_finding_tells_its_line(tmp_path: Path) -> None:
    (found,) = said(tmp_path, GOOD.replace("time.sleep_us(10)", "time.sleep(1)"))
    assert found.line == GOOD.splitlines().index("    time.sleep_us(10)") + 1


def test_a_module_that_nobody_could_call_is_told(tmp_path: Path) -> None:
    (found,) = said(tmp_path, re.sub('(?s)Examples.*?\n"', '"', GOOD), name="status")
    assert found.text == "status is a word of the shell: nobody could call the module"
    found = said(tmp_path, '"""Nothing."""\n\n\ndef _x():\n    pass\n')
    assert [it.text for it in found] == ["it has no public function: nobody could call anything"]


@pytest.mark.parametrize("name", ["lm", "asyncio", "time"])
def test_a_module_named_like_what_modules_import_is_told(tmp_path: Path, name: str) -> None:
    (found,) = said(tmp_path, re.sub('(?s)Examples.*?\n"', '"', GOOD), name=name)
    assert (found.text, found.grave) == (
        f"{name} is what modules import: one of that name would be taken for it",
        False,
    )


def test_all_modules_of_the_release_are_well() -> None:
    sources = sorted((paths.repository() / "micros" / "modules").glob("LM_*.py"))
    assert len(sources) > 20
    for source in sources:
        (module,) = extract([source])
        assert findings(source.read_text(encoding="utf-8"), module) == [], source.name


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            "Lamp",
            "expected a name of up to 20 small letters, digits and _ such as blinds, got 'Lamp'",
        ),
        ("LM_x.py", "got 'LM_x.py'"),
        ("x" * 21, "expected a name of up to 20"),
        ("..", "expected a name"),
        ("", "expected a name"),
        ("status", "status is a word of the shell"),
        ("asyncio", "asyncio is what modules import: choose another name"),
        ("light", "the release has a module light: choose another name"),
        ("nowhere/lamp", "expected a folder that is there, got"),
        ("class", "class is a word of Python"),
    ],
)
def test_a_module_that_cannot_be_begun_is_refused(
    tmp_path: Path, wanted: str, sentence: str
) -> None:
    where = f"{tmp_path}/{wanted}"
    with pytest.raises(InputError, match=re.escape(sentence)):
        new_module.begin(where)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["LM_lamp.py", "test_lamp.py"])
def test_nothing_that_is_there_is_overwritten(
    tmp_path: Path, there: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / there).write_text("mine", encoding="utf-8")
    assert main(["--new-module", f"{tmp_path}/lamp"]) == 3
    said = capsys.readouterr().err
    assert (
        said
        == f"devToolKit: --new-module: {tmp_path / there} is there already, and stays as it is\n"
    )
    assert [it.name for it in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"


def test_a_file_without_tests_or_with_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "test_lamp.py"
    for text, sentence in (
        ("x = 1\n", "expected functions named test_…, got none"),
        ("def test_x(fixture):\n    pass\n", "test_x: expected no arguments, got 'fixture'"),
        ("def test_x(:\n", "is not valid Python"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=sentence):
            module_tests.names(path)
    with pytest.raises(InputError, match="no such file"):
        module_tests.test_file(tmp_path / "LM_other.py")
    assert module_tests.test_file(tmp_path / "LM_lamp.py") == path


def test_a_test_that_never_ends_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_tests, "_PATIENCE", 3)
    source = "def test_a():\n    pass\n\ndef test_b():\n    while True:\n        pass\n"
    (tmp_path / "test_x.py").write_text(source, encoding="utf-8")
    where = [*module_tests.folders(tmp_path), paths.repository() / "toolkit" / "kit" / "desk"]
    with pytest.raises(InputError, match=r"^test_b of test_x did not end within 3 s: it waits"):
        module_tests.start([sys.executable], where, ["test_x", "test_a", "test_b"])

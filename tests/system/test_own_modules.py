"""Load modules of one's own: begun, looked over, and tried on both interpreters."""

import json
from pathlib import Path

import pytest

from tests.support.boards import engine  # noqa: F401 - a fixture
from tests.support.toolkit import Toolkit
from toolkit.operations import module_tests, new_module
from toolkit.operations.lint import modules_imported
from toolkit.virtual.engine import Engine

LARGE = (
    '"""Large: much."""\n\nTABLE = {%s}\n\n\ndef tell() -> int:\n    """Tell 1."""\n    return 1\n'
)


def test_a_module_that_is_begun_is_well_and_passes_its_tests_on_both(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    begun = toolkit.ok("--new-module", f"{tmp_path}/garden_lamp")
    assert f"next: ./devToolKit.py --lint {tmp_path}/LM_garden_lamp.py --test-module" in begun
    module = str(tmp_path / "LM_garden_lamp.py")
    said = toolkit.ok("--lint", module, "--test-module", module).splitlines()
    assert said[0].startswith(f"{module}: ")
    assert said[0].endswith("B in memory: well")
    assert said[1] == "test_garden_lamp.py, CPython: 3 passed, 0 failed"
    assert said[2].startswith("test_garden_lamp.py, MicroPython 1.")
    assert said[2].endswith(" (32-bit): 3 passed, 0 failed")
    (facts,) = json.loads(toolkit.ok("--lint", module, "--json"))
    assert facts["findings"] == []
    assert 300 < facts["memory"] < 2000


@pytest.mark.parametrize("name", ["module", "made", "refusal"])
def test_a_module_with_the_name_of_a_word_of_the_bench_passes_its_tests(
    engine: Engine, tmp_path: Path, name: str
) -> None:
    _, tests = new_module.begin(f"{tmp_path}/{name}")
    for ran in module_tests.run(tests, engine.command, engine.version):
        assert (len(ran.passed), ran.failed) == (3, ()), ran.said


def test_a_test_that_fails_is_told_with_its_line_and_an_exit_code(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    toolkit.ok("--new-module", f"{tmp_path}/lamp")
    tests = tmp_path / "test_lamp.py"
    text = tests.read_text(encoding="utf-8")
    tests.write_text(text.replace("{'on': True}", "").replace("[1, 0]", "[0, 1]"), "utf-8")
    done = toolkit("--test-module", str(tmp_path / "LM_lamp.py"))
    assert done.returncode == 1
    told = done.stdout.splitlines()
    assert [line.split(", ", 1)[1].split(":")[1] for line in told] == [" 2 passed, 1 failed"] * 2
    assert all(line.endswith("failed: test_it_switches") for line in told)
    assert done.stderr.count("AssertionError") == 2


def test_a_module_only_a_desk_can_run_is_told_apart(toolkit: Toolkit, tmp_path: Path) -> None:
    toolkit.ok("--new-module", f"{tmp_path}/lamp")
    tests = tmp_path / "test_lamp.py"
    tests.write_text("def test_it():\n    assert 'a'.center(3, '-') == '-a-'\n", "utf-8")
    done = toolkit("--test-module", str(tests))
    assert done.returncode == 1
    first, second = done.stdout.splitlines()
    assert first.endswith("CPython: 1 passed, 0 failed")
    assert second.endswith("0 passed, 1 failed: test_it")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (LARGE % ", ".join(f"'name {i}': {i}" for i in range(300)), "expected at most 6000 B"),
        ('"""X."""\n\nimport struct\n\nX = struct.nothing\n\n\ndef tell() -> int:\n'
         '    """Tell 1."""\n    return 1\n', "MicroPython cannot import it: AttributeError: "),
    ],
)  # fmt: skip
def test_what_does_not_fit_or_load_is_found_by_trying(
    toolkit: Toolkit, tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "LM_large.py"
    path.write_text(text, encoding="utf-8")
    done = toolkit("--lint", str(path))
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.startswith(f"{path}:1: {sentence}")
    assert len(done.stdout.splitlines()) == 1


ROUND = '''"""%s: asks for others."""

%s


def tell() -> int:
    """Tell a number."""
    return %s
'''


def test_modules_that_import_each_other_and_several_in_a_line_are_looked_over(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    for name, imports, value in (
        ("one", "import LM_two, LM_three", "LM_two.tell() + LM_three.X"),
        ("two", "import LM_one", "LM_one.X"),
        ("three", "X = LARGE", "X"),
    ):
        imports = imports.replace("LARGE", str([10**40 + i for i in range(40)]))
        (tmp_path / f"LM_{name}.py").write_text(ROUND % (name, imports, value), encoding="utf-8")
    own = tmp_path / "LM_one.py"
    assert modules_imported(own, (tmp_path,)) == {tmp_path / "LM_two.py", tmp_path / "LM_three.py"}
    assert "B in memory: well" in toolkit.ok("--lint", str(own))


def test_a_module_for_a_board_alone_and_one_that_takes_anothers_place(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    old = tmp_path / "LM_system.py"
    source = ROUND % ("system", "import LogicalPins\nfrom machine import Pin, PWM", "1")
    old.write_text(source, encoding="utf-8")
    done = toolkit("--lint", str(old))
    assert (done.returncode, done.stderr) == (3, "")
    for sentence in (
        "it takes the place of system of the release",
        "its memory was not measured: it imports what only a board has",
        "it imports LogicalPins, as for micrOS v0.4: that works",
    ):
        assert sentence in done.stdout
    assert "cannot import it" not in done.stdout


def test_what_is_no_module_is_one_sentence(toolkit: Toolkit, tmp_path: Path) -> None:
    path = tmp_path / "LM_x.py"
    path.write_text("def x(:\n", encoding="utf-8")
    assert "LM_x.py is not valid Python" in toolkit.refused(3, "--lint", str(path))
    path.write_text('"""X."""\n\n\ndef x() -> int:\n    """Tell."""\n    return [*(), 1][', "utf-8")
    assert "LM_x.py is not valid Python" in toolkit.refused(3, "--lint", str(path))
    path.write_text(
        '"""X."""\n\n\ndef x() -> int:\n    match 1:\n        case 1:\n            pass\n'
    )
    assert "LM_x.py does not compile" in toolkit.refused(3, "--lint", str(path))
    path.write_bytes(b"\xff\xfe")
    assert "LM_x.py is not valid Python" in toolkit.refused(3, "--lint", str(path))
    assert "no such file" in toolkit.refused(3, "--lint", str(tmp_path / "LM_y.py"))
    assert "expected a load module named" in toolkit.refused(3, "--lint", str(_named(path, "x.py")))
    assert "no such file" in toolkit.refused(3, "--test-module", str(tmp_path / "LM_x.py"))


def _named(path: Path, name: str) -> Path:
    other = path.with_name(name)
    other.write_text("x = 1\n", encoding="utf-8")
    return other


BUTTON = """
import asyncio

from bench import called, input_level, module


async def test_two_commands_in_one_breath():
    button = module("button")
    button.load()
    assert button.run("single", "switch on")["single"] == "0, switch on"
    await asyncio.sleep_ms(20)
    button.load()


async def test_an_edge_is_heard():
    button = module("button")
    button.run("single", "switch set_state 1")
    await asyncio.sleep_ms(20)
    input_level("button_0", 0)
    await asyncio.sleep_ms(150)
    input_level("button_0", 1)
    await asyncio.sleep_ms(600)
    assert (button.status()["last"], called()) == ("single", ["switch set_state 1"])
"""


def test_what_watches_a_pin_is_started_once_and_hears_edges(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "test_button.py").write_text(BUTTON, encoding="utf-8")
    for ran in module_tests.run(tmp_path / "test_button.py", engine.command, engine.version):
        assert (len(ran.passed), ran.failed) == (2, ()), ran.said


BREATH = """
import asyncio

from bench import module


async def test_two_commands_in_one_breath():
    for name in ("pir", "rotary", "button"):
        watched = module(name)
        watched.load()
        watched.load()
        await asyncio.sleep_ms(20)
        watched.load()
"""


def test_what_watches_is_one_task_however_soon_it_is_asked_again(
    engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "test_breath.py").write_text(BREATH, encoding="utf-8")
    for ran in module_tests.run(tmp_path / "test_breath.py", engine.command, engine.version):
        assert (len(ran.passed), ran.failed) == (1, ()), ran.said


WHITE = """
import lm
from bench import made, module


def test_lights_with_white_are_as_the_firmwares():
    module("light")
    strip = lm.neopixel("neopixel_0", "LM_x", 3, 4)
    assert (len(strip), strip.n, strip.bpp, strip.buf) == (3, 3, 4, bytearray(12))
    strip[1] = (1, 2, 3, 4)
    assert made("neopixel_0").shown == [(0, 0, 0, 0)] * 3
    strip.write()
    assert made("neopixel_0").shown == [(0, 0, 0, 0), (1, 2, 3, 4), (0, 0, 0, 0)]
    assert strip.buf == b"\\0\\0\\0\\0" b"\\2\\1\\3\\4" b"\\0\\0\\0\\0"  # green comes first
    strip.buf[11] = 9
    assert strip[2] == (0, 0, 0, 9)
    strip.fill((5, 6, 7, 8))
    assert strip[0] == (5, 6, 7, 8)
    assert len(lm.neopixel("irq1", "LM_x", 2).buf) == 6


def test_without_await_what_starts_a_task_is_tried_too():
    button = module("button")
    assert button.load()["last"] is None
    assert made("button_0").mode == "up"
"""


def test_the_bench_has_lights_with_white_and_a_loop_for_every_test(
    engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "test_white.py").write_text(WHITE, encoding="utf-8")
    for ran in module_tests.run(tmp_path / "test_white.py", engine.command, engine.version):
        assert (len(ran.passed), ran.failed) == (2, ()), ran.said

"""Applications on one virtual board: found by name, run with their words, ended by Ctrl-C."""

import csv
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.boards import eventually
from tests.support.terminal import CTRL_C, CTRL_D, ENTER
from tests.support.toolkit import Toolkit
from toolkit.model import pins
from toolkit.model.errors import InputError, UsageError
from toolkit.operations import applications
from toolkit.virtual import fleet
from toolkit.virtual.control import Control
from toolkit.virtual.engine import Engine

PINS = pins.logical("esp32")
OURS = [
    *("air_quality", "all_at_once", "catgame", "dimmer"),
    *("light_test", "log_to_file", "sweep", "template"),
]


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit with one node on a virtual board, for all tests of this file."""
    kit = Toolkit(tmp_path_factory.mktemp("applications") / "user data", engine)
    kit.ok("--make", "--virtual", "--yes")
    yield kit
    kit("--virtual", "--stop")


@pytest.fixture(scope="module")
def control(kit: Toolkit) -> Iterator[Control]:
    (board,) = fleet.boards(kit.home / "virtual")
    with fleet.control(board) as control:
        yield control


@pytest.fixture
def own(kit: Toolkit, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's own programs."""
    monkeypatch.setenv("MICROS_USER_DATA", str(kit.home))
    folder = applications.own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# --- found


def test_each_program_is_listed_with_what_it_does(kit: Toolkit) -> None:
    listed = json.loads(kit.ok("-a", "list", "--json"))
    assert [one["name"] for one in listed] == OURS
    assert all(one["does"].endswith((".", "off")) and "`" not in one["does"] for one in listed)
    assert [one["name"] for one in listed if not one["takes_a_node"]] == ["all_at_once"]
    assert listed[0]["words"] == "[SECONDS] [FILE] [ROWS]"


@pytest.mark.parametrize("name", ["AirQuality", "air_quality", "air-quality.py", "AIRQUALITY"])
def test_a_name_is_found_whatever_its_case(own: Path, name: str) -> None:
    assert applications.find(name).name == "air_quality"


def test_an_unknown_name_is_told_with_those_there_are(own: Path) -> None:
    with pytest.raises(InputError, match=r"no application 'catgme': .*sweep.*mean catgame\?"):
        applications.find("catgme")


@pytest.mark.parametrize(
    ("text", "node", "words"),
    [
        ("", None, []),
        ("60 'a b'", None, ["60", "a b"]),
        ("--dev node01 60", "node01", ["60"]),
        ("--dev=node01", "node01", []),
        ("--help", None, ["--help"]),
    ],
)
def test_words_for_a_program_stand_behind_its_node(
    text: str, node: str | None, words: list[str]
) -> None:
    assert applications.words(text) == (node, words)


@pytest.mark.parametrize("text", ["--dev", "--dev 'x"])
def test_words_that_are_none_are_one_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="-p: expected "):
        applications.words(text)


def test_a_file_that_is_no_program_is_listed_as_such(own: Path) -> None:
    broken, odd = own / "broken.py", own / "odd.py"
    broken.write_text("def main(:\n")
    odd.write_bytes(b"\xff\xfe")
    (own / "_helper.py").write_text("")
    os.mkfifo(own / "pipe.py")
    about = {one.name: one.about for one in applications.all_of_them() if one.own}
    assert about["broken"] == "cannot be read: line 1: invalid syntax"
    assert about["odd"].startswith("cannot be read: ")
    with pytest.raises(InputError, match=r"broken\.py cannot be run: line 1: invalid syntax$"):
        applications.command(applications.find("broken"), None, [])
    broken.write_text("\n\nreturn 7\n")
    with pytest.raises(InputError, match=r"line 3: 'return' outside function"):
        applications.command(applications.find("broken"), None, [])
    for path in (broken, odd, own / "pipe.py"):
        path.unlink()


@pytest.mark.parametrize("name", ["json", "two words", "list", "../x", "", "AirQuality", "1st"])
def test_a_name_that_no_program_can_have_is_refused(own: Path, name: str) -> None:
    with pytest.raises(InputError, match="-a new:NAME: expected a name "):
        applications.checked(name)


def test_a_program_that_talks_to_no_node_is_given_none(own: Path) -> None:
    with pytest.raises(InputError, match="all_at_once takes no node: leave '--dev hall' out"):
        applications.command(applications.find("all_at_once"), "hall", [])


# --- run


def test_one_of_the_users_own_begins_as_the_template_and_works(kit: Toolkit, own: Path) -> None:
    said = kit.ok("-a", "new:Garden")
    assert f"{own / 'Garden.py'}: change it" in said
    assert kit.ok("-a", "garden", "-p", "2").count(" bytes free\n") == 2  # the only node there is
    program = own / "Garden.py"
    program.write_text(program.read_text().replace("node.system.memfree()", "node.nothing.x()"))
    done = kit("-a", "garden", "-p", "--dev node01")
    assert (done.returncode, done.stderr.count("\n")) == (9, 1)
    assert done.stderr.startswith("devToolKit: node01: refused: no module 'nothing'")
    program.unlink()


def test_what_would_be_run_is_told_and_not_done(kit: Toolkit) -> None:
    said = kit.ok("-a", "sweep", "-p", "--dev node01", "--dummy")
    assert said == f"would 1. run {applications.folder() / 'sweep.py'} node01\n"


def test_ctrl_c_ends_the_game_and_the_laser_is_dark(kit: Toolkit, control: Control) -> None:
    with kit.terminal("-a", "CatGame", "-p", "--dev node01 600") as screen:
        screen.expect("catgame: plays for 600 s")
        screen.expect("s left")
        eventually(lambda: control.pin(PINS["simple_0"]) == 1, "the laser")
        screen.type(CTRL_C)
        assert screen.end() == 130
        assert "catgame: ended" in screen.text
        assert "Traceback" not in screen.text
    assert control.pin(PINS["simple_0"]) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_the_toolkit_ends_the_game(
    kit: Toolkit, control: Control, number: signal.Signals
) -> None:
    with kit.terminal("-a", "catgame", "-p", "--dev node01 600") as screen:
        screen.expect("s left")
        eventually(lambda: control.pin(PINS["simple_0"]) == 1, "the laser")
        screen.process.send_signal(number)
        assert screen.end() == 128 + number
    assert control.pin(PINS["simple_0"]) == 0


def test_the_air_is_a_table_and_a_file(kit: Toolkit, control: Control, tmp_path: Path) -> None:
    nobody = kit("-a", "air_quality", "-p", "--dev node01")
    assert (nobody.returncode, nobody.stderr.count("\n")) == (3, 1)
    assert nobody.stderr.startswith(
        "devToolKit: no sensor answers: node01: refused: bme280: nothing answers"
    )
    control.i2c_model(118, "bme280", temperature=21.5)
    control.device(PINS["gas_in"], kind="mq135", rs=50000.0)
    file = tmp_path / "air.csv"
    for _ in range(2):
        said = kit.ok("-a", "airquality", "-p", f"--dev node01 1 {file} 1").splitlines()
        assert said[0].split() == ["time", "temperature", "humidity", "pressure", "ppm"]
    heads, first, second = csv.reader(file.open())
    assert heads == ["time", "temperature", "humidity", "pressure", "ppm"]
    assert [float(first[1]), float(second[1])] == [21.5, 21.5]
    assert all(float(value) > 0 for value in (*first[2:], *second[2:]))
    assert said[1].split()[2:] == second[1:]


def test_a_light_is_dimmed_from_the_keyboard(kit: Toolkit, control: Control) -> None:
    with kit.terminal("-a", "dimmer", "-p", "--dev node01 0") as screen:
        screen.expect("node01: off; Ctrl-D ends")
        for typed, shown in (("300", "300 of"), ("+", "400 of"), ("", "off\n"), ("x", "got 'x'")):
            screen.type(typed + ENTER)
            screen.expect(shown)
        screen.type("9999" + ENTER)
        screen.answer("refused: value: expected 0 to 1000, got 9999", "1000")
        screen.expect("1000 of 1000")
        screen.type(CTRL_D)
        assert screen.end() == 0
    found = control.pwm(PINS["dimmer_0"])
    assert found is not None
    assert found["duty_u16"] > 65000


def test_random_commands_and_how_many_of_them_succeeded(kit: Toolkit, control: Control) -> None:
    said = kit.ok("-a", "lighttest", "-p", "--dev node01 20 neopixel 7")
    assert said.startswith("node01: 20 of 20 commands succeeded, 100.0 %; ")
    assert not any(control.neopixel(PINS["neopixel_0"]))
    taken = kit("-a", "lighttest", "-p", "--dev node01 20")
    assert (taken.returncode, taken.stderr) == (
        9,
        "devToolKit: node01: refused: pin pwm_0 (14) is taken by dimmer\n",
    )
    wrong = kit("-a", "lighttest", "-p", "--dev node01 x")
    assert (wrong.returncode, wrong.stderr) == (
        3,
        "devToolKit: COMMANDS: expected a whole number, got 'x'\n",
    )


def test_a_node_that_is_away_is_one_sentence(kit: Toolkit) -> None:
    kit.ok("--virtual", "--stop")
    for name in ("template", "air_quality"):
        done = kit("-a", name, "-p", "--dev node01")
        assert (done.returncode, done.stderr.count("\n"), done.stdout) == (6, 1, ""), name
        assert done.stderr.startswith("devToolKit: node01 is on the virtual board esp32-1, which")

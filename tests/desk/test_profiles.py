"""Profiles as files: what they say is sound for every board, and what is wrong is one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.cli import questions
from toolkit.model import boards, commands, paths, pins, profile
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError
from toolkit.operations.answers import Wish, answers
from toolkit.operations.prepare import Prepared

SMALL = {"default", "heartbeat"}  # what an ESP8266 has room for


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path / "user data"))
    folder = profile.own_folder()
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", profile.names())
def test_a_profile_is_wired_to_pins_that_each_of_its_boards_has_apart(name: str) -> None:
    found = profile.load(name)
    assert found.examples
    looked_at = 0
    for board in boards.BOARDS:
        if board in found.not_on:
            with pytest.raises(InputError, match=f"{name} is not for the board {board}: "):
                found.fits(board)
            continue
        found.fits(board)
        numbers = [pins.logical(board)[pin] for pin in found.wiring]
        assert len({*numbers}) == len(numbers), board
        switched = {key for key, value in found.config.items() if value is True and "irq" in key}
        assert switched <= {*found.wiring}
        pins.check(board, found.config, {*found.config})
        looked_at += 1
    print(f"{name}: {looked_at} boards")
    assert looked_at >= len(boards.BOARDS) - 1


def test_the_smallest_chip_is_not_given_what_it_has_no_room_for() -> None:
    fits = {name for name in profile.names() if "esp8266" not in profile.load(name).not_on}
    assert fits == SMALL


@pytest.mark.parametrize("name", profile.names())
def test_the_commands_to_try_can_be_read(name: str) -> None:
    words = {"log", "help", "status"}
    lines = [line for line in profile.load(name).examples if line.split()[0] not in words]
    assert all(commands.read(line) for line in lines if not line.startswith("task"))


@pytest.mark.parametrize(
    ("plain", "sentence"),
    [
        ({"about": "x"}, "wrong at its top level: expected 'config', which has to be there"),
        ({"about": "x", "config": []}, "wrong at config: expected {…}, got []"),
        ({"about": "x", "config": {}, "exampels": []}, "got 'exampels'; did you mean examples?"),
        (
            {"about": "x", "config": {}, "not_on": {"esp99": "x"}},
            "wrong at not_on: expected one of esp32, ",
        ),
        ({"about": "", "config": {}}, "wrong at about: expected a text, got ''"),
        ({"about": 7, "config": {}}, "wrong at about: expected a text, got 7"),
        (
            {"about": "x", "config": {}, "examples": ["help", 7]},
            "wrong at examples.1: expected a text, got 7",
        ),
        (
            {"about": "x", "config": {}, "wiring": {"pwm_0": None}},
            "wrong at wiring.pwm_0: expected a text, got None",
        ),
        ({"about": "x", "config": {"soctuot": 5}}, "got 'soctuot'; did you mean soctout"),
        (
            {"about": "x", "config": {"soctout": "5"}},
            "wrong at config.soctout: expected a whole number from 5 to 86400, got '5'",
        ),
        ({"about": "x", "config": {"soctout": 1}}, "from 5 to 86400, got 1"),
        (
            {"about": "x", "config": {"cron": "yes"}},
            "config.cron: expected true or false, got 'yes'",
        ),
        ({"about": "x", "config": {"hwuid": None}}, "hwuid is shown by the node and cannot be set"),
        ({"about": "x", "config": {"stapwd": "geheim"}}, "holds the secret stapwd: write null"),
        ([], "wrong at its top level: expected {…}, got []"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(
    tmp_path: Path, plain: Any, sentence: str
) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        profile.load(str(path))
    said = str(refusal.value)
    assert sentence in said
    assert "\n" not in said
    assert "geheim" not in said
    assert said.startswith(f"the profile {path} is wrong at ")


def test_a_file_that_an_editor_has_begun_with_a_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"about": "x", "config": {}}).encode())
    assert profile.load(str(path)).about == "x"


def test_settings_without_a_profile_around_them_are_told_what_they_lack(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"devfid": "old", "staessid": "home", "socport": 9008}))
    with pytest.raises(InputError) as refusal:
        profile.load(str(path))
    assert str(refusal.value) == (
        f"the profile {path} has settings at its top level: expected "
        '{"about": "what for", "config": {these}}; of a micrOS node its whole node_config.json is '
        "taken, and this one lacks hwuid"
    )


@pytest.mark.parametrize(
    ("crontasks", "event"),
    [
        ("sunset!light on", "sunset"),
        ("*:6:0:0!light off; 1-5:sunrise - 15!light on", "sunrise"),
        ("catchup=60 sunset+5!light on", "sunset"),
        ("*:6:0:0!buzzer play 'sunset!'", ""),
        ("n/a", ""),
    ],
)
def test_what_waits_for_the_sun_where_no_place_is_set_is_told(
    crontasks: str, event: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Prepared(Chip("esp32", "24:0a:c4:00:00:01", "4MB"), {}, {})
    for geo in ("n/a", "47.5,19.05"):
        given = {"crontasks": crontasks, "geo": geo, "cron": True}
        wanted = Wish(given, profile.load("default"), ask=False)
        answers(wanted, found, "esp32", questions.asking(), virtual=True)
        told = f"warning: crontasks has {event}, and geo does not say where the node is: "
        assert (told in capsys.readouterr().err) is (bool(event) and geo == "n/a")


def test_one_that_is_not_there_is_told_with_those_there_are(own: Path) -> None:
    (own / "shed.json").write_text('{"about": "x", "config": {}}', encoding="utf-8")
    with pytest.raises(InputError, match=r"no profile 'dimer': .*shed.*; did you mean dimmer\?"):
        profile.load("dimer")
    assert profile.load("shed").about == "x"
    with pytest.raises(InputError, match="no profile '/nowhere/x\\.json'"):
        profile.load("/nowhere/x.json")


def test_the_page_says_what_the_files_say() -> None:
    page = (paths.repository() / "docs" / "profiles.md").read_text(encoding="utf-8")
    listed = page.partition("<!-- profiles -->\n")[2].partition("<!-- end -->")[0].splitlines()
    rows: list[str] = []
    for name in profile.names():
        found = profile.load(name)
        wired = "; ".join(f"`{pin}` {what}" for pin, what in found.wiring.items()) or "nothing"
        tried = ", ".join(f"`{line}`" for line in found.examples)
        rows.append(f"| `{name}` | {found.about} | {wired} | {tried} |")
    assert sorted(listed) == sorted(rows)


def test_without_anybody_to_ask_defaults_are_taken_and_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = Prepared(Chip("esp32", "24:0a:c4:00:00:01", "4MB"), {}, {})
    wanted = Wish({"tz": "UTC0"}, profile.load("lamp"), ask=False)
    become = answers(wanted, found, "esp32", questions.asking(), virtual=True)
    said = capsys.readouterr().err
    assert "geo stays n/a, for nobody was asked; --set geo=… says it: a text of 3 to 32" in said
    assert "tz stays" not in said
    assert "geo" not in become.settings
    assert become.wiring[0] == "pwm_0 (14): red, through a transistor"
    with pytest.raises(InputError, match="the profile lamp is not for the board esp8266: "):
        answers(wanted, found, "esp8266", questions.asking(), virtual=True)

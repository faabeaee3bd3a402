"""What a board is to keep: what is left out is said, and what nobody could read is not restored."""

from dataclasses import replace
from pathlib import Path

import pytest

from toolkit.cli import questions, ui
from toolkit.model import node_files
from toolkit.model.backup import Backup
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError
from toolkit.model.node import Node
from toolkit.model.settings import table
from toolkit.model.vault import MODE, Secret, opened, path
from toolkit.operations import archive, restore
from toolkit.operations.answers import Wish, answers
from toolkit.operations.prepare import Prepared, keep_secrets, known_secrets

CHIP = Chip("esp32", "24:0a:c4:00:00:01", "4MB")
LAMP = Backup("lamp", CHIP.uid, {"devfid": "lamp", "soctout": 77})


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path))


def test_a_setting_that_this_release_does_not_have_is_not_lost_without_a_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = {"devfid": "lamp", "soctout": 77, "moonphase": 3, "cron": "perhaps"}
    found = Prepared(CHIP, before, {})
    told = answers(
        Wish({}, None, ask=False, known=True), found, "esp32", questions.asking(), virtual=False
    )
    assert dict(told.settings) == {"devfid": "lamp", "soctout": 77}
    said = capsys.readouterr().err
    assert "left out: moonphase is no setting of this release" in said
    assert "left out: cron: expected true or false" in said


def test_a_node_that_is_known_keeps_its_name_and_that_it_is_in_no_network() -> None:
    """As after `reset settings`; the name may be that of another node meanwhile."""
    found = Prepared(CHIP, {}, {})
    known = answers(
        Wish({}, None, ask=False, known=True), found, "esp32", questions.asking(), virtual=True
    )
    assert dict(known.settings) == {"devfid": table()["devfid"].default}
    new = answers(Wish({}, None, ask=False), found, "esp32", questions.asking(), virtual=True)
    assert new.settings["staessid"] == "virtual-wifi"
    before = replace(
        found, secrets={"stapwd": "of home", "claimed": True}
    )  # no backup has its name
    again = answers(Wish({}, None, ask=False), before, "esp32", questions.asking(), virtual=True)
    assert (again.settings["staessid"], again.secrets["stapwd"]) == ("virtual-wifi",) * 2
    told = answers(
        Wish({"staessid": "home"}, None, ask=False),
        before,
        "esp32",
        questions.asking(),
        virtual=False,
    )
    assert (told.settings["staessid"], told.secrets["stapwd"]) == ("home", "of home")


def test_the_wifi_password_of_a_node_that_is_nobodys_outlives_an_erase() -> None:
    """It has a password of its own making that no desk knows, as after `reset settings`."""
    keep_secrets(CHIP.uid, {"stapwd": "of home", "appwd": "its own", "k": None})
    assert known_secrets(CHIP.uid) == {"stapwd": "of home"}
    assert opened().get(CHIP.uid) is None, "there is no password to log in with"
    assert opened().secrets(CHIP.uid) == []
    assert path().stat().st_mode & 0o777 == MODE
    assert "its own" not in path().read_text()
    again = answers(
        Wish({}, None, ask=False),
        Prepared(CHIP, {"staessid": "home"}, known_secrets(CHIP.uid)),
        "esp32",
        questions.asking(),
        virtual=False,
    )
    assert again.secrets == {"stapwd": "of home"}
    made = opened().put(CHIP.uid, "A" * 16)
    assert opened().get(CHIP.uid) == made
    assert made.stapwd == "of home"


def test_settings_that_could_not_be_read_are_restored_from_no_backup() -> None:
    torn = replace(LAMP, settings={}, left_out=((node_files.config_name(), 90),))
    name = archive.keep(torn).name
    with pytest.raises(InputError, match=r"has no settings, .* files state alone"):
        restore.wanted([name], ui.warn)
    wanted = restore.wanted([name, "files", "state"], ui.warn)
    assert wanted
    assert wanted.backup.settings == {}


def test_a_node_in_the_network_is_made_no_other_by_accident() -> None:
    restore.check_same(LAMP, Node(CHIP.uid, "lamp", "127.0.0.1", 9008))
    with pytest.raises(InputError, match="is another node than the one of the backup"):
        restore.check_same(LAMP, Node("240ac4000009", "lamp", "127.0.0.1", 9008))


def test_only_a_wifi_whose_password_nobody_knows_is_asked_for() -> None:
    at_home = Prepared(CHIP, {"staessid": "home"}, {})
    assert restore.lacks_password(at_home, {}, virtual=False) == "home"
    assert restore.lacks_password(at_home, {"staessid": "new"}, virtual=False) == "new"
    assert restore.lacks_password(at_home, {"stapwd": "told"}, virtual=False) == ""
    assert restore.lacks_password(at_home, {}, virtual=True) == ""
    assert restore.lacks_password(Prepared(CHIP, {}, {}), {}, virtual=False) == ""
    known = replace(at_home, secrets={"stapwd": "known"})
    assert restore.lacks_password(known, {}, virtual=False) == ""


def test_settings_are_written_behind_all_else_that_a_node_is_given() -> None:
    """By them a board without a boot record is known to have everything."""
    names = list(node_files.root_files({}, {}, Secret("a", "b"), {"LM_bell": {}}))
    assert names == [node_files.KEPT, node_files.SECRETS, node_files.config_name()]

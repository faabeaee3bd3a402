"""Passwords and keys stay with their owner."""

import json
import stat
from pathlib import Path

import pytest

from toolkit.model import settings
from toolkit.model import vault as secrets_of
from toolkit.model.errors import InputError
from toolkit.model.vault import Vault

UID = "240ac4000001"
PASSWORD = "7K2M9QXT4WZ8B3HN"


def path_of(tmp_path: Path) -> Path:
    return tmp_path / "user_data" / "secrets.json"


def test_the_key_is_the_one_of_the_published_vector() -> None:
    key = secrets_of.derive(PASSWORD, UID, 50)
    assert key.hex() == "33a0a156c56ef0e427eba91767bc11cfe12934f48f12595b10256db7d5331fa9"


def test_a_new_password_is_16_characters_of_crockfords_alphabet_and_differs_each_time() -> None:
    passwords = {secrets_of.new_password() for _ in range(200)}
    assert len(passwords) == 200
    assert {len(password) for password in passwords} == {16}
    assert set("".join(passwords)) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_what_is_put_is_got_by_another_toolkit(vault: Vault, tmp_path: Path) -> None:
    vault.put(UID, PASSWORD)
    vault.put("240ac4000002", "another password")
    secret = Vault(path_of(tmp_path)).get(UID)
    assert secret is not None
    assert secret.appwd == PASSWORD
    assert secret.k == secrets_of.derive(PASSWORD, UID, 20_000).hex()
    assert secret.i == 20_000
    assert vault.get("240ac4000003") is None


def test_the_file_is_for_its_owner_alone(vault: Vault, tmp_path: Path) -> None:
    vault.put(UID, PASSWORD)
    assert stat.S_IMODE(path_of(tmp_path).stat().st_mode) == 0o600


def test_a_file_open_to_others_is_closed_to_them_and_that_is_said(
    vault: Vault, tmp_path: Path, reports: list[str]
) -> None:
    vault.put(UID, PASSWORD)
    path_of(tmp_path).chmod(0o644)
    assert vault.get(UID) is not None
    assert stat.S_IMODE(path_of(tmp_path).stat().st_mode) == 0o600
    assert len(reports) == 1
    assert "mode 644" in reports[0]


KEY = "0" * 64


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", '{"x": 3}', '{"x": {"appwd": 1}}', "[" * 100_000),
        f'{{"x": {{"appwd": "a", "k": "{KEY[1:]}", "i": 400}}}}',
        f'{{"x": {{"appwd": "a", "k": "z{KEY[1:]}", "i": 400}}}}',
        f'{{"x": {{"appwd": "a", "k": "{KEY}", "i": 0}}}}',
        f'{{"x": {{"appwd": "\\ud800", "k": "{KEY}", "i": 400}}}}',
    ],
)
def test_an_unreadable_file_is_left_alone_and_never_written_over(
    vault: Vault, tmp_path: Path, text: str
) -> None:
    path_of(tmp_path).parent.mkdir()
    path_of(tmp_path).write_text(text)
    with pytest.raises(InputError, match=r"secrets\.json cannot be read"):
        vault.put(UID, PASSWORD)
    assert path_of(tmp_path).read_text() == text


def test_no_error_quotes_the_file(vault: Vault, tmp_path: Path) -> None:
    vault.put(UID, PASSWORD)
    torn = path_of(tmp_path).read_text()[:-4]
    path_of(tmp_path).write_text(torn)
    with pytest.raises(InputError) as caught:
        vault.get(UID)
    error: BaseException | None = caught.value
    while error is not None:
        assert PASSWORD not in f"{error!r} {vars(error)}"
        error = error.__cause__


def test_no_secret_is_in_a_repr(vault: Vault) -> None:
    secret = vault.put(UID, PASSWORD)
    assert PASSWORD not in repr(secret)
    assert secret.k not in repr(secret)


@pytest.mark.parametrize(
    ("appwd", "allowed"),
    [
        ("x" * 11, False),
        ("x" * 12, True),
        ("x" * 63, True),
        ("x" * 64, False),
        ("correct horse battery", True),
        ("motörhead is loud", False),
        ("tab\tand more text", False),
    ],
)
def test_a_chosen_password_fits_wpa2(appwd: str, allowed: bool) -> None:
    if allowed:
        assert settings.parse("appwd", appwd) == appwd
    else:
        with pytest.raises(InputError) as caught:
            settings.parse("appwd", appwd)
        assert appwd not in str(caught.value)


def test_the_file_is_plain_json_that_other_tools_can_read(vault: Vault, tmp_path: Path) -> None:
    vault.put(UID, PASSWORD)
    assert json.loads(path_of(tmp_path).read_text())[UID]["appwd"] == PASSWORD


def test_the_wifi_of_a_node_is_kept_beside_its_password_and_stays_when_that_changes(
    vault: Vault, tmp_path: Path
) -> None:
    vault.wifi(UID, "of nobody that is known")
    assert vault.get(UID) is None
    vault.put(UID, PASSWORD, stapwd="of the house")
    vault.offer(UID, "another password")
    vault.put(UID, "another password")
    kept = vault.get(UID)
    assert kept is not None
    assert kept.stapwd == "of the house"
    assert "of the house" not in repr(kept)
    vault.wifi(UID, "a new one")
    assert [it.stapwd for it in vault.secrets(UID)] == ["a new one"]
    assert stat.S_IMODE(path_of(tmp_path).stat().st_mode) == 0o600

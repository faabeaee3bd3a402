"""Blank flash to shell with the real esptool, mpy-cross, serial line and MicroPython."""

import json
import re
import socket

import pytest

from tests.support.processes import command_lines
from tests.support.toolkit import VERSION, Toolkit
from toolkit.model import backup

CHIPS = ("esp32", "esp8266", "esp32c3")


def virtual_boards(toolkit: Toolkit) -> list[dict[str, object]]:
    return json.loads(toolkit.ok("--virtual", "--list", "--json"))


def stages(text: str) -> list[str]:
    return re.findall(r"^ {2}(\w+) +done", text, re.MULTILINE)


@pytest.mark.parametrize("chip", CHIPS)
def test_one_command_leads_from_blank_flash_to_a_serving_node(toolkit: Toolkit, chip: str) -> None:
    made = toolkit("--make", "--virtual", "--board", chip, "--yes")
    assert made.returncode == 0, made.stderr
    way = ["identify", "archive", "precompile", "erase", "flash", "verify", "install"]
    assert stages(made.stderr) == [*way, "settings", "start"]
    (board,) = virtual_boards(toolkit)
    uid = str(board["mac"]).replace(":", "")
    assert made.stdout.splitlines()[:2] == [f"hello:node01:{uid}:dev", f"version {VERSION}"]
    assert "only the silicon is virtual" in made.stderr
    with socket.create_connection((str(board["address"]), 9008), 10) as plain:
        assert plain.recv(100) == b"[password] node01 $ "
    assert toolkit.ok("-c", "-p", f"--dev {uid} version").strip() == VERSION


def test_repeating_it_keeps_name_and_password_and_archives_the_settings(
    toolkit: Toolkit,
) -> None:
    toolkit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    toolkit.ok("-c", "-p", "--dev lamp conf <a> boothook system heartbeat")
    secrets = (toolkit.home / "secrets.json").read_text(encoding="utf-8")
    again = toolkit("--make", "--virtual", "--yes")
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("hello:lamp:")
    assert (toolkit.home / "secrets.json").read_text(encoding="utf-8") == secrets
    (archived,) = (toolkit.home / "node_config_archive").iterdir()
    kept = backup.unpack(archived.read_bytes()).settings
    assert (kept["devfid"], kept["boothook"]) == ("lamp", "system heartbeat")
    assert "stapwd" not in kept
    assert toolkit.ok("-c", "-p", "--dev lamp conf <a> boothook").strip() == "system heartbeat"


def test_archived_settings_bear_the_name_of_a_node_that_was_given_none(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    toolkit.ok("-c", "-p", "conf <a> reset settings <a> soctout 77")
    toolkit.ok("--make", "--virtual", "--yes")
    (archived,) = (toolkit.home / "node_config_archive").iterdir()
    assert backup.unpack(archived.read_bytes()).settings == {"soctout": 77}
    assert archived.name.startswith("node01-")


def test_the_board_outlives_the_toolkit_and_a_power_cycle(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    (before,) = virtual_boards(toolkit)
    toolkit.ok("--virtual", "--power-cycle")
    (after,) = virtual_boards(toolkit)
    assert after["running"]
    assert after["address"] == before["address"]
    assert "uptime:" in _patiently(toolkit, "--dev node01 status")
    toolkit.ok("--virtual", "--stop")
    assert not virtual_boards(toolkit)[0]["running"]
    toolkit.refused(6, "-c", "-p", "--dev node01 version")
    toolkit.ok("--virtual")
    assert _patiently(toolkit, "--dev node01 version").strip() == VERSION


def _patiently(toolkit: Toolkit, request: str) -> str:
    """A node that starts needs a moment before it serves."""
    for _ in range(100):
        done = toolkit("-c", "-p", request)
        if done.returncode != 6:
            break
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_installing_again_copies_nothing_and_goes_on(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    again = toolkit("--install", "--virtual", "--yes")
    assert again.returncode == 0, again.stderr
    assert stages(again.stderr) == ["identify", "archive", "precompile", "settings", "start"]


def test_the_steps_alone_do_the_same(toolkit: Toolkit) -> None:
    toolkit.ok("--erase", "--virtual")
    toolkit.refused(4, "--node_ls", "--virtual")
    toolkit.ok("--deploy", "--virtual")
    assert "/main.py" not in toolkit.ok("--node_ls", "--virtual")
    assert toolkit.ok("--install", "--virtual", "--yes").startswith("hello:node01:")
    files = json.loads(toolkit.ok("--node_ls", "--virtual", "--json"))
    assert {"name": "/a/core", "size": None} in files
    assert f"board      {VERSION}" in toolkit.ok("--version", "--virtual")


def test_a_node_that_was_searched_for_is_remembered(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    cache = toolkit.home / "device_conn_cache.json"
    cache.unlink()
    toolkit.ok("--search_devices")
    (board,) = virtual_boards(toolkit)
    uid = str(board["mac"]).replace(":", "")
    assert json.loads(cache.read_text(encoding="utf-8")) == {
        uid: [board["address"], 9008, "node01"]
    }
    (row,) = json.loads(toolkit.ok("--node_status", "--json"))
    assert (row["uid"], row["status"], row["version"]) == (uid, "ONLINE", VERSION)


def test_the_exit_code_tells_a_refusal_from_a_fault(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    assert "memfree" in toolkit.ok("-c", "-p", "--dev node01 system memfree")
    assert "did you mean 'system'" in toolkit.refused(9, "-c", "-p", "--dev node01 sistem memfree")
    assert "node01" in toolkit.refused(3, "-c", "-p", "--dev nobody hello")


def test_dummy_prints_the_steps_and_touches_nothing(toolkit: Toolkit) -> None:
    for action in ("--make", "--erase", "--deploy", "--install", "--node_ls"):
        assert toolkit.ok(action, "--virtual", "--dummy").startswith("would 1. ")
    assert not toolkit.home.exists()


def test_a_profile_and_settings_reach_the_node(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes", "--profile", "heartbeat", "--set", "soctout=77")
    assert toolkit.ok("-c", "-p", "--dev node01 conf <a> boothook").strip() == "system heartbeat"
    assert toolkit.ok("-c", "-p", "--dev node01 conf <a> soctout").strip() == "77"


def test_a_secret_comes_from_the_input_and_is_never_shown(toolkit: Toolkit) -> None:
    arguments = ("--make", "--virtual", "--yes", "--set", "appwd=-")
    with command_lines() as processes:
        made = toolkit(*arguments, answers="correct horse battery\n")
        assert made.returncode == 0, made.stderr
        dump = toolkit.ok("-c", "-p", "--dev node01 conf <a> dump")
    kept = (toolkit.home / "secrets.json").read_text(encoding="utf-8")
    (secret,) = json.loads(kept).values()
    assert secret["appwd"] == "correct horse battery"
    shown = "\n".join((made.stdout, made.stderr, dump, *processes))
    assert "esptool" in shown
    assert "appwd=-" in shown
    assert "correct horse" not in shown
    assert secret["k"] not in shown
    assert (toolkit.home / "secrets.json").stat().st_mode & 0o777 == 0o600

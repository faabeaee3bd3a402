"""The settings of an existing micrOS node become those of one of ours, with a word on the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.model import profile
from toolkit.model.from_micros import is_one, take

OLD: dict[str, Any] = {  # the keys of v0.4, with its defaults
    "version": "0.4.0-1",
    "staessid": "your_wifi_name",
    "stapwd": "your_wifi_passwd",
    "devfid": "node01",
    "appwd": "ADmin123",
    "pled": True,
    "dbg": True,
    "nwmd": "STA",
    "hwuid": "0x500x20x910x680xc0xf7",
    "soctout": 100,
    "socport": 9008,
    "devip": "n/a",
    "timirq": False,
    "timirqcbf": "n/a",
    "timirqseq": 3000,
    "cron": False,
    "crontasks": "n/a",
    "irqmembuf": 1000,
    "extirq": False,
    "extirqcbf": "n/a",
    "boothook": "n/a",
    "gmttime": 1,
    "boostmd": True,
}
NEW: dict[str, Any] = {  # those of its current release that differ
    **{key: OLD[key] for key in ("version", "devfid", "hwuid", "socport", "cron", "crontasks")},
    "staessid": "home;garden",
    "stapwd": "secret one;secret two",
    "devip": "10.0.1.7",
    "auth": False,
    "utc": 60,
    "webui": False,
    "espnow": True,
    "soctout": 30,
    "irq1": True,
    "irq1_cbf": "light toggle",
    "irq1_trig": "both",
    "irq_prell_ms": 300,
    "timirq": False,
    "timirqcbf": "n/a",
    "timirqseq": 1000,
    "cstmpmap": "n/a",
}


def old(**changed: Any) -> tuple[dict[str, Any], str]:
    taken = take({**OLD, **changed})
    return dict(taken.config), "\n".join(taken.notes)


def test_what_is_no_such_file_is_told_apart() -> None:
    assert is_one(OLD)
    assert is_one(NEW)
    assert not is_one({"about": "…", "config": {}})
    assert not is_one([OLD])


def test_a_plain_node_of_v04_keeps_what_it_had() -> None:
    config, notes = old()
    assert (config["staessid"], config["stapwd"]) == (None, None)  # to be asked for
    for key in ("devfid", "socport", "soctout", "pled", "gmttime", "timirqseq", "boothook"):
        assert config[key] == OLD[key]
    assert not {"version", "hwuid", "nwmd", "devip", "appwd"} & set(config)
    assert notes == "appwd: it has 12 characters or more here, so a new one is made"


def test_what_its_own_profiles_leave_open_is_asked_for() -> None:
    config, _ = old(boothook=None, stapwd=None)
    assert (config["boothook"], config["stapwd"]) == (None, None)


def test_wifi_and_a_long_password_are_taken_and_never_told() -> None:
    config, notes = old(staessid="home", stapwd="a secret", appwd="a longer secret")
    assert config["staessid"] == "home"
    assert (config["stapwd"], config["appwd"]) == ("a secret", "a longer secret")
    taken = take({**OLD, "stapwd": "a secret"})
    assert "secret" not in notes + repr(taken)


@pytest.mark.parametrize(
    ("cron", "timirq", "then", "told"),
    [
        (True, True, (True, False), "it ran nothing but cron"),
        (True, False, (False, False), "it did not run there"),
        (False, True, (False, True), ""),
    ],
)
def test_the_one_timer_of_v04_is_two_things_here(
    cron: bool, timirq: bool, then: tuple[bool, bool], told: str
) -> None:
    config, notes = old(cron=cron, timirq=timirq, appwd="a longer secret")
    assert (config["cron"], config["timirq"]) == then
    assert told in notes


def test_commands_are_taken_as_they_are_and_unknown_modules_named() -> None:
    config, notes = old(
        boothook="light rgb_cache_load_n_init; my_blinds load(3)",
        crontasks="*:8:0:0!light toggle; 1:22:30:*!system ntp()",
    )
    assert config["boothook"] == "light rgb_cache_load_n_init; my_blinds load(3)"
    assert config["crontasks"] == "*:8:0:0!light toggle; 1:22:30:*!system ntp()"
    assert "boothook: the load module my_blinds is not in this release" in notes
    assert "light is not" not in notes


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("devfid", "my node"),
        ("crontasks", "9:8:0:0!light toggle"),
        ("soctout", 1),
        ("pled", "yes"),
        ("gmttime", "one"),
        ("boothook", "heartbeat"),
        ("socport", [9008]),
    ],
)
def test_what_cannot_be_taken_is_left_out_and_said(key: str, value: Any) -> None:
    config, notes = old(**{key: value})
    assert key not in config
    assert f"{key}: " in notes
    assert "it was left out" in notes


def test_a_node_of_today_is_read_too() -> None:
    taken = take(NEW)
    config, notes = taken.config, "\n".join(taken.notes)
    assert (config["staessid"], config["stapwd"]) == (NEW["staessid"], NEW["stapwd"])
    assert (config["gmttime"], config["irq1_debounce"], config["irq1_trig"]) == (1, 300, "both")
    assert not {"auth", "devip", "utc", "webui", "irq_prell_ms", "cstmpmap"} & set(config)
    for part in ("--set devip=10.0.1.7", "--set auth=off", "no such settings here: webui, espnow"):
        assert part in notes


@pytest.mark.parametrize(
    ("minutes", "key", "value"),
    [(-480, "gmttime", -8), (330, "tz", "<+0530>-05:30"), (-210, "tz", "<-0330>+03:30")],
)
def test_minutes_before_utc_become_hours_or_a_zone(minutes: int, key: str, value: Any) -> None:
    assert take({**NEW, "utc": minutes}).config[key] == value


@pytest.mark.parametrize("utc", [True, "60", 9999])
def test_strange_minutes_are_said(utc: Any) -> None:
    taken = take({**NEW, "utc": utc})
    assert "utc: expected minutes" in "\n".join(taken.notes)


def test_pins_lose_the_name_of_their_map() -> None:
    assert take({**NEW, "cstmpmap": "tinypico; irq1:4; mine:12"}).config["cstmpmap"] == (
        "irq1:4; mine:12"
    )


def test_such_a_file_is_a_profile(tmp_path: Path) -> None:
    path = tmp_path / "slim01-node_config.json"
    path.write_text(json.dumps({**OLD, "devfid": "slim01", "stapwd": "a secret"}))
    found = profile.load(str(path))
    assert found.config["devfid"] == "slim01"
    assert found.about == "what the micrOS node slim01 was"
    assert found.notes
    assert "a secret" not in repr(found)

"""Existing micrOS nodes are found, shown and talked to; what they are here are stand-ins.

They speak as v0.4 and as today's release were seen to speak: see tests/support/micros_standins.py.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.micros_standins import NodeOfToday, NodeOfV04
from tests.support.terminal import CTRL_D, ENTER, toolkit
from toolkit.model.cache import Cache
from toolkit.model.node import Node

_HERE = f"127.79.{os.getpid() % 250}"
PASSWORD = "Abcdef12"


@pytest.fixture
def slim() -> Iterator[NodeOfV04]:
    with NodeOfV04("slim01", f"{_HERE}.1") as node:
        yield node


@pytest.fixture
def today() -> Iterator[NodeOfToday]:
    with NodeOfToday("RingLamp", f"{_HERE}.2") as node:
        yield node


@pytest.fixture(autouse=True)
def world(small_world: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROS_NETWORKS", f"{_HERE}.1/32, {_HERE}.2/32")


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "toolkit", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_search_finds_both_kinds_and_says_what_they_are(
    slim: NodeOfV04, today: NodeOfToday, cache: Cache
) -> None:
    done = call("-s", "--json")
    assert done.returncode == 0, done.stderr
    found = {row["uid"]: row for row in json.loads(done.stdout)}
    assert {uid: row["version"] for uid, row in found.items()} == {
        slim.uid: "0.4.0-1",
        today.uid: "3.3.1-0",
    }
    assert {row["system"] for row in found.values()} == {"micrOS"}
    assert [node.uid for node in cache.nodes()] == [slim.uid, today.uid]


def known(cache: Cache, *nodes: NodeOfV04 | NodeOfToday) -> None:
    cache.remember(*(Node(node.uid, node.name, node.address) for node in nodes))


def test_their_status_is_what_they_can_tell(
    slim: NodeOfV04, today: NodeOfToday, cache: Cache
) -> None:
    known(cache, slim, today)
    rows = json.loads(call("-stat", "--json").stdout)
    told = [(row["name"], row["status"], row["version"], row["memfree"]) for row in rows]
    assert told == [("slim01", "ONLINE", "0.4.0-1", 5552), ("RingLamp", "ONLINE", "3.3.1-0", 57344)]
    assert [(row["uptime"], row["reset"], row["note"]) for row in rows] == [(None, None, None)] * 2


def test_a_node_of_v04_takes_commands_and_settings(slim: NodeOfV04, cache: Cache) -> None:
    known(cache, slim)
    done = call("-c", "-p", "--dev slim01 light rgb(1,2,3) <a> conf <a> devfid lamp <a> noconf")
    assert (done.returncode, done.stdout) == (0, "r: 1\ng: 2\nb: 3\nSaved\n"), done.stderr
    refused = call("-c", "-p", "--dev slim01 nobody home")
    assert (refused.returncode, refused.stdout) == (10, "")
    assert "no module named" in refused.stderr
    assert slim.heard.count("light rgb(1,2,3)") == 1


def test_a_node_of_today_takes_commands(today: NodeOfToday, cache: Cache) -> None:
    known(cache, today)
    done = call("-c", "-p", f"--dev {today.uid} rgb color 1 2 3 <a> system memfree >json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ' R: 1\n G: 2\n B: 3\n S: 1\n{"percent": 64.1, "mem_free": 57344}\n'
    refused = call("-c", "-p", "--dev RingLamp nobody home")
    assert (refused.returncode, "no module named" in refused.stderr) == (10, True)


def test_a_password_is_typed_and_never_sent_by_itself(cache: Cache, tmp_path: Path) -> None:
    with NodeOfToday("RingLamp", f"{_HERE}.3", PASSWORD) as node:
        cache.remember(Node(node.uid, node.name, node.address))
        assert call("-c", "-p", "--dev RingLamp system memfree").returncode == 7
        (row,) = json.loads(call("-stat", "--json").stdout)
        assert (row["status"], row["note"]) == ("ONLINE", "speaks text alone, and wants a password")
        assert PASSWORD not in node.heard
        with toolkit(["-c"]) as screen:
            screen.expect("RingLamp speaks text alone")
            screen.expect("password of RingLamp")
            screen.type(PASSWORD + ENTER)
            screen.at("RingLamp $").type("system memfree" + ENTER)
            screen.expect("mem_free: 57344")
            screen.at("RingLamp $").type(CTRL_D)
            assert screen.end() == 0


def test_their_own_list_of_nodes_is_read(
    slim: NodeOfV04, today: NodeOfToday, tmp_path: Path
) -> None:
    path = tmp_path / "user_data" / "device_conn_cache.json"
    path.parent.mkdir(exist_ok=True)
    theirs = {
        "__devuid__": ["192.168.4.1", "n/a", "__device_on_AP__"],
        "__localhost__": ["127.0.0.1", "n/a", "__simulator__"],
        slim.uid: [slim.address, "50:02:91:68:0c:f7", slim.name],
        today.uid: [today.address, 9008, today.name],
    }
    path.write_text(json.dumps(theirs))
    rows = json.loads(call("-stat", "--json").stdout)
    assert [(row["name"], row["status"]) for row in rows] == [
        ("slim01", "ONLINE"),
        ("RingLamp", "ONLINE"),
    ]
    assert call("-c", "-p", "--dev slim01 version").stdout == "0.4.0-1\n"


def test_an_update_of_ours_is_refused_in_a_sentence(slim: NodeOfV04, cache: Cache) -> None:
    known(cache, slim)
    for given in ("-o", "--push", "--watch"):
        more = ["."] if given == "--watch" else []
        done = call(given, *more, *(() if given == "--push" else ("-p", "--dev slim01")))
        assert done.returncode in (9, 12)
        assert "slim01 is a micrOS node" in done.stdout + done.stderr

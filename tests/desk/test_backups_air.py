"""Backups and restoring over the link, with a node that hangs up at each request."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.quick_loop import quickly
from toolkit.model import node_files, settings
from toolkit.model.backup import Backup
from toolkit.model.errors import FaultError, HungUp, InputError, NodeError, RefusedError
from toolkit.model.node import Node
from toolkit.operations import archive, restore_air, snapshot_air

NODE = Node("240ac4000001", "lamp", "127.0.0.1")
BELL = "/modules/LM_bell.mpy"
FILES = {BELL: b"ring" * 50, "/notes.txt": b"hello", "/web/index.html": b"<p>"}


class FakeNode:
    """A node with settings and files; at request number `cut` the connection ends."""

    def __init__(self, cut: int = 0) -> None:
        self.settings: dict[str, Any] = {
            name: "***" if row.secret else row.default for name, row in settings.table().items()
        }
        self.settings |= {"devfid": "lamp", "soctout": 77, "staessid": "home"}
        kept = node_files.pack({"LM_bell": {"rung": 3}})
        self.files = {**FILES, "/a/node.mpy": b"release", "/kept.json": kept, "/main.py": b"x"}
        self.cut, self.requests, self.boot = cut, 0, "1"
        self.got: list[str] = []
        self.done: list[str] = []
        self.folders = {"/modules"}
        self.answers: dict[str, Any] = {}

    @asynccontextmanager
    async def dial(self, node: Node) -> AsyncIterator["FakeNode"]:
        yield self

    def _count(self) -> None:
        self.requests += 1
        if self.requests == self.cut:
            raise HungUp("it hung up")

    async def run(self, line: str) -> str:
        self._count()
        return json.dumps({"board": "esp32", "version": "0.4.0-0"})

    async def request(self, op: str, /, **given: Any) -> Any:
        self._count()
        if op in self.answers:
            return self.answers[op]
        if op == "ls":
            return self._listed(given["name"])
        if op == "mkdir":
            self.folders.add(given["name"])
        elif op == "hash":
            if given["name"] not in self.files:
                raise RefusedError("no such file")
            return hashlib.sha256(self.files[given["name"]]).hexdigest()
        elif "set" in given:
            self.done.append("settings")
            self.settings |= given["set"]
        elif op == "conf":
            return dict(self.settings)
        return True

    def _listed(self, folder: str) -> list[list[Any]]:
        start = folder.rstrip("/") + "/"
        inside = {name[len(start) :]: it for name, it in self.files.items() if name[:1] == "/"
                  and name.startswith(start)}  # fmt: skip
        folders = {name.split("/")[0] for name in inside if "/" in name}
        files = [[name, len(it)] for name, it in inside.items() if "/" not in name]
        return [*files, *([name, -1] for name in folders)]

    async def get(self, name: str, into: Path) -> bytes:
        self._count()
        self.got.append(name)
        into.write_bytes(self.files[name])
        return b""

    async def put(self, name: str, source: bytes, /) -> None:
        self._count()
        assert name.rpartition("/")[0] in ("", *self.folders)
        self.done.append(name)
        self.files[name] = source


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path))


def read(node: FakeNode, limit: int | None = None) -> Backup:
    return quickly(snapshot_air.read(node.dial, NODE, "by hand", lambda _: None, limit))


def test_settings_kept_state_and_own_files_are_read_and_nothing_else() -> None:
    found = read(FakeNode())
    assert found.files == FILES
    assert found.settings == {"devfid": "lamp", "soctout": 77, "staessid": "home"}
    assert found.kept == {"LM_bell": {"rung": 3}}
    assert (found.board, found.version, found.uid) == ("esp32", "0.4.0-0", NODE.uid)


def test_after_a_cut_what_has_come_is_not_asked_for_again() -> None:
    for cut in range(1, requests_of_a_backup() + 1):
        node = FakeNode(cut)
        assert read(node).files == FILES
        assert sorted(name for name in node.got if node_files.is_own(name)) == sorted(FILES)


def requests_of_a_backup() -> int:
    node = FakeNode()
    read(node)
    return node.requests


def test_a_node_that_stays_away_leaves_no_backup() -> None:
    node = FakeNode()

    async def away(name: str, into: Path) -> bytes:
        raise NodeError("it is gone")

    node.get = away
    with pytest.raises(NodeError, match="gone"):
        list(snapshot_air.back_up(node.dial, NODE))
    assert archive.every() == []


def test_before_an_update_large_files_are_left_out_and_told() -> None:
    found = read(FakeNode(), limit=20)
    assert set(found.files) == {"/notes.txt", "/web/index.html"}
    assert found.left_out == ((BELL, 200),)


@pytest.mark.parametrize("error", [RefusedError("no such file"), FaultError("OSError: 5 EIO")])
def test_a_file_that_the_node_cannot_read_costs_no_other_and_is_told(error: Exception) -> None:
    node = FakeNode()
    whole = node.get

    async def get(name: str, into: Path) -> bytes:
        if name == BELL:
            raise error
        return await whole(name, into)

    node.get = get
    found = read(node)
    assert set(found.files) == {"/notes.txt", "/web/index.html"}
    assert found.left_out == ((BELL, 200),)
    assert found.settings["soctout"] == 77


def test_before_an_update_a_backup_that_cannot_be_made_stops_nothing() -> None:
    node, told = FakeNode(), []
    node.answers = {"ls": {"no": "list"}}
    quickly(snapshot_air.automatic(node.dial, "before -o")(NODE, told.append))
    assert told[-1].note.startswith("not made: expected ls as")
    assert archive.every() == []


@pytest.mark.parametrize(
    "answer", [None, [["x"]], [["/etc", 1]], [[1, 2]], [["x", 20_000_000]], [["x", 1]] * 1001]
)
def test_a_node_that_tells_nonsense_of_its_files_is_one_sentence(answer: Any) -> None:
    node = FakeNode()
    node.answers = {"ls": answer}
    with pytest.raises(NodeError):
        read(node)


def restored(node: FakeNode, found: Backup) -> restore_air.Restored:
    return quickly(restore_air.give(node.dial, NODE, found, lambda _: None))


WANTED = Backup(
    "porch",
    NODE.uid,
    {"gmttime": 3, "staessid": "elsewhere", "boothook": "bell ring", "of_later": 1, "soctout": -5},
    files={BELL: b"other" * 50, "/notes.txt": b"hello", "/deep/er/x.txt": b"y"},
)


def test_files_come_first_then_settings_and_the_way_to_the_node_stays() -> None:
    node = FakeNode()
    done = restored(node, WANTED)
    assert node.done == [BELL, "/deep/er/x.txt", "settings"]
    assert node.folders >= {"/deep", "/deep/er"}
    now = {name: node.settings[name] for name in ("devfid", "gmttime", "soctout", "boothook")}
    assert now == {"devfid": "porch", "gmttime": 3, "soctout": 100, "boothook": "bell ring"}
    assert node.settings["staessid"] == "home"
    assert "staessid stays home: by it the node is reached" in done.notes
    assert any("of_later is no setting" in note for note in done.notes)
    assert any("soctout: expected" in note for note in done.notes)
    assert "at the next start: devfid, boothook" in done.notes
    assert node.files["/web/index.html"] == b"<p>", "nothing is removed"
    assert restored(node, WANTED).settings == ()


def test_wherever_it_is_cut_all_of_it_is_restored() -> None:
    whole = FakeNode()
    restored(whole, WANTED)
    for cut in range(1, whole.requests + 1):
        node = FakeNode(cut)
        restored(node, WANTED)
        assert (node.files, node.settings) == (whole.files, whole.settings), cut


def test_a_pin_that_the_board_does_not_have_leaves_all_settings_as_they_were() -> None:
    node = FakeNode()
    bad = Backup("lamp", NODE.uid, {"poweron": "pwm_77:on", "gmttime": 3})
    with pytest.raises(InputError, match=r"nothing of the settings was changed.*pwm_77"):
        restored(node, bad)
    assert node.settings["gmttime"] == 1

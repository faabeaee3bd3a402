"""Backups of a real node, over the cable and the network; the node is what it was on any board."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from tests.support.boards import engine_cache, eventually
from tests.support.toolkit import VERSION, Toolkit
from toolkit.model.backup import unpack
from toolkit.model.errors import ToolkitError
from toolkit.node import Node
from toolkit.operations import prepare
from toolkit.transport.repl import RaisedError, Repl
from toolkit.virtual import fleet
from toolkit.virtual.engine import provide
from toolkit.virtual.image import firmware

BELL = '''\
"""Bell: rings, and counts it."""
import lm


def ring(times: int = 1) -> str:
    """Ring so often."""
    lm.keep(__name__, {"rung": lm.keep(__name__).get("rung", 0) + times})
    return "ding " * times


def rung() -> int:
    """Tell how often it has rung."""
    return lm.keep(__name__).get("rung", 0)
'''
PASSWORD = "correct horse battery"
WIFI = "virtual-wifi"


@dataclass
class House:
    """A toolkit, and a node named lamp with a module, a file, a setting, a state of its own."""

    kit: Toolkit

    @property
    def archive(self) -> Path:
        return self.kit.home / "node_config_archive"

    def backup(self, *words: str) -> str:
        """The name of a new backup."""
        return json.loads(self.kit.ok("-b", *words, "--json"))["backup"]

    def says(self, line: str, node: str = "lamp") -> str:
        """What the node answers, as soon as it does."""

        def answer() -> str:
            done = self.kit("-c", "-p", f"--dev {node} {line}")
            return done.stdout if done.returncode == 0 else ""

        return eventually(answer, f"an answer to {line}").strip()

    def is_whole(self) -> None:
        """Whether everything that made the node what it was is there."""
        assert self.says("bell rung") == "3"
        assert self.says("conf <a> soctout <a> boothook") == "77\nbell rung"
        last = json.loads(self.kit.ok("-b", "-p", "--dev lamp", "--json"))
        assert last["files"] == ["/modules/LM_bell.mpy", "/web/index.html"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    kit = Toolkit(folder / "user data", provide(engine_cache(), print))
    bell = folder / "LM_bell.py"
    bell.write_text(BELL, encoding="utf-8")
    words = ("--set", "devfid=lamp", "--set", "soctout=77", "--set", "appwd=-")
    kit.ok("--make", "--virtual", "--yes", *words, answers=PASSWORD + "\n")
    kit.ok("-o", str(bell), "--set", "boothook=bell rung")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MICROS_USER_DATA", str(kit.home))
        with Node("lamp") as node:
            node.request("mkdir", name="/web")
            node.put("/web/index.html", b"<p>")
            node.run("bell ring 3")
            node.run("reboot")  # before which it writes what is kept
        eventually(lambda: _kept(), "the state to be written")
    yield House(kit)
    kit("--virtual", "--stop")


def _kept() -> bool:
    try:
        with Node("lamp") as node:
            return b"rung" in node.get("/kept.json")
    except ToolkitError:
        return False


def test_over_cable_and_network_a_backup_says_the_same_and_no_secret(house: House) -> None:
    by_cable, by_air = house.backup("--virtual"), house.backup("-p", "--dev lamp")
    first, second = (
        unpack((house.archive / f"{it}.zip").read_bytes()) for it in (by_cable, by_air)
    )
    assert (first.files, first.kept, first.settings) == (second.files, second.kept, second.settings)
    assert set(first.files) == {"/modules/LM_bell.mpy", "/web/index.html"}
    assert first.kept == {"LM_bell": {"rung": 3}}
    assert (first.name, first.board, first.version) == ("lamp", "esp32", VERSION)
    kept = (house.kit.home / "secrets.json").read_text(encoding="utf-8")
    assert PASSWORD in kept
    assert WIFI in kept
    shown = [house.kit.ok("-b", "list"), house.kit.ok("-b", "show", "lamp")]
    for text in (*shown, str(first), str(first.files), str(first.kept)):
        assert PASSWORD not in text
        assert f"stapwd = {WIFI}" not in text
    assert house.kit.ok("-b", "diff", by_air, "--virtual") == f"{by_air}: nothing differs\n"


def test_a_file_that_cannot_be_read_costs_no_other_and_no_setting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Repl.get

    def failing(repl: Repl, name: str) -> bytes | None:
        if name == "/web/index.html":
            raise RaisedError("OSError: [Errno 5] EIO", "OSError")
        return whole(repl, name)

    monkeypatch.setattr(Repl, "get", failing)
    monkeypatch.setenv("MICROS_USER_DATA", str(house.kit.home))
    (board,) = fleet.boards(house.kit.home / "virtual")
    prepared = run_to_end(prepare.prepare(board.port, before="install"))
    prepare.start_again(board.port)
    assert prepared.read
    assert prepared.settings["soctout"] == 77
    assert prepared.found
    assert set(prepared.found.files) == {"/modules/LM_bell.mpy"}
    assert prepared.found.left_out == [("/web/index.html", 3)]
    assert house.says("bell rung") == "3"


def test_over_the_network_files_and_settings_come_back(house: House) -> None:
    before = house.backup("-p", "--dev lamp")
    house.kit.ok("-o", "--set", "soctout=55", "--set", "tz=CET-1", "-p", "--dev lamp")
    told = house.kit.ok("-b", "diff", before)
    assert "soctout" in told
    assert "CET-1" in told
    done = json.loads(house.kit.ok("--restore", before, "-p", "--dev lamp", "--json"))
    assert sorted(done["settings"]) == ["soctout", "tz"]
    assert "what modules keep comes back over the cable alone" in done["notes"]
    assert house.kit.ok("-b", "diff", before) == f"{before}: nothing differs\n"
    assert [it["made"] for it in json.loads(house.kit.ok("-b", "list", "--json"))][-1] == (
        "before --restore"
    )


def test_an_update_over_the_cable_says_where_nothing_has_changed(house: House) -> None:
    assert house.kit.ok("-r", "--virtual") == f"lamp: unchanged, {VERSION}\n"
    assert house.says("bell rung") == "3"


def test_an_update_with_firmware_erases_the_board_and_the_node_is_what_it_was(
    house: House, tmp_path: Path
) -> None:
    image = tmp_path / "firmware.bin"
    image.write_bytes(firmware("esp32"))
    made = house.kit("-r", "--virtual", "--firmware", str(image))
    assert made.returncode == 0, made.stderr
    assert "files      done (2 of your own, " in made.stderr
    house.is_whole()


def test_when_a_board_has_died_a_new_one_is_the_same_node(house: House) -> None:
    before = house.backup("-p", "--dev lamp")
    uid = before.split("-")[1]
    sentence = house.kit.refused(4, "-r", "--virtual", "esp32-2")
    assert sentence.endswith("is no node: --make makes it one")
    sentence = house.kit.refused(3, "-m", "--restore", before, "--virtual", "esp32-2", "--yes")
    assert f"lamp ({uid}) still serves at " in sentence
    house.kit.ok("--virtual", "esp32-1", "--stop")
    house.kit.ok("-m", "--restore", "lamp", "--virtual", "esp32-2", "--yes")
    (new,) = json.loads((house.kit.home / "device_conn_cache.json").read_text("utf-8"))
    assert new != uid, "the dead one is not known any more"
    secrets = json.loads((house.kit.home / "secrets.json").read_text("utf-8"))
    assert secrets[new]["appwd"] == PASSWORD
    house.is_whole()
    sentence = house.kit.refused(3, "--restore", before, "-p", "--dev lamp")
    assert sentence.endswith("--force makes it that")
    third = house.kit.refused(3, "-m", "--restore", before, "--virtual", "esp32-3", "--yes")
    assert f"lamp ({new}) still serves at " in third

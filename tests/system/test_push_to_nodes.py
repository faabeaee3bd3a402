"""Many nodes take a release in one push, over a network that cuts, with power that fails."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.boards import eventually
from tests.support.cutting import CuttingNetwork
from tests.support.sweep import full
from tests.support.toolkit import REPOSITORY, Toolkit
from toolkit.model.cache import Cache
from toolkit.model.node import Node
from toolkit.virtual import fleet
from toolkit.virtual.control import Control
from toolkit.virtual.engine import Engine
from toolkit.virtual.fleet import VirtualBoard

COUNT = 100 if full() else 5
FAULTS = 0.01  # of the pieces that pass
LONGEST = 900 if full() else 280  # s that a push may take here
AT_ONCE = 16  # virtual boards share the processors of one computer
_UP = "_UP = const(60)", "_UP = const(5)"  # the next release is content with five seconds
WRITES = 30  # to the flash, until the power fails: in the middle of what comes
NEXT = (9, 9, 0, 0)


@dataclass
class Fleet:
    """Nodes that run, and the toolkit of the next release."""

    boards: list[VirtualBoard]
    nodes: list[Node]
    repository: Path
    environment: dict[str, str]

    def toolkit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The toolkit of the next release, as a person starts it."""
        return subprocess.run(
            [sys.executable, "-m", "toolkit", *arguments],
            cwd=self.repository,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    def push(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]], str]:
        """One push: its exit code, its rows by the name of the node, its last sentence."""
        done = self.toolkit("--push", "--json", "--at-once", str(AT_ONCE), *arguments)
        assert "Traceback" not in done.stderr, done.stderr
        rows = {row["name"]: row for row in json.loads(done.stdout)}
        return done.returncode, rows, done.stderr.strip().splitlines()[-1]


def next_release(folder: Path) -> Path:
    """The product with another number and one changed load module."""
    for name in ("toolkit", "micros", "release_info", "profiles"):
        shutil.copytree(
            REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    facts = json.loads((folder / "release_info" / "release.json").read_text("utf-8"))
    text = json.dumps({**facts, "release": list(NEXT)})
    (folder / "release_info" / "release.json").write_text(text, encoding="utf-8")
    verdict = folder / "micros" / "core" / "verdict.py"
    text = verdict.read_text("utf-8")
    assert text.count(_UP[0]) == 1
    verdict.write_text(text.replace(*_UP), encoding="utf-8")
    with open(folder / "micros" / "modules" / "LM_switch.py", "a", encoding="utf-8") as module:
        module.write(
            '\n\ndef ninth() -> str:\n    """Tell of the next release."""\n    return "9"\n'
        )
    return folder


def serves(control: Control, starts: int = 1) -> None:
    """Wait until the node on a board has come up so often."""
    eventually(lambda: control.console().count("ready at") >= starts, "a node")


@pytest.fixture
def many(toolkit: Toolkit, engine: Engine, tmp_path: Path) -> Iterator[Fleet]:
    """Copies of one node, each with a uid of its own; they share a password, as no others do."""
    toolkit.ok("--make", "--virtual", "--yes")
    toolkit.ok("--virtual", "--stop")
    flash = (toolkit.home / "virtual" / "esp32-1" / "flash.bin").read_bytes()
    secret = next(iter(json.loads((toolkit.home / "secrets.json").read_text("utf-8")).values()))
    home = tmp_path / "fleet"
    for number in range(1, COUNT + 1):
        (home / "virtual" / f"node-{number}").mkdir(parents=True)
        (home / "virtual" / f"node-{number}" / "flash.bin").write_bytes(flash)
    print(f"push: {COUNT} nodes, {FAULTS:.0%} of the pieces cut")
    try:
        boards = fleet.start(home / "virtual", engine, count=COUNT, name="node")
        for board in boards:
            with fleet.control(board) as control:
                serves(control)
        nodes = [Node(it.mac.replace(":", ""), it.name, it.address) for it in boards]
        (home / "secrets.json").touch(0o600)
        (home / "secrets.json").write_text(json.dumps({node.uid: secret for node in nodes}))
        Cache(home / "device_conn_cache.json").remember(*nodes)
        environment = {
            **os.environ,
            "MICROS_USER_DATA": str(home),
            "MICROS_MICROPYTHON": shlex.join(engine.command),
            "MICROS_PATIENCE": "3" if full() else "1",  # two processors for a hundred boards
        }
        yield Fleet(boards, nodes, next_release(tmp_path / "next"), environment)
    finally:
        fleet.stop(home / "virtual")


def test_many_nodes_take_a_release_whatever_happens_to_some_of_them(
    many: Fleet, tmp_path: Path
) -> None:
    flickers, dies = many.boards[1], many.boards[2]
    mortal = [dies] if full() else []  # to give up on a node takes half a minute
    for board in (flickers, *mortal):
        with fleet.control(board) as control:
            control.cut_power(WRITES, restart=board is flickers)
    cache = Cache(tmp_path / "fleet" / "device_conn_cache.json")
    with CuttingNetwork(many.nodes, FAULTS) as network:
        cache.remember(*network.nodes)
        code, rows, sentence = many.push()
        print(f"push: {network.cuts} connections cut; {sentence}")
    cache.remember(*many.nodes)

    assert set(rows) == {node.name for node in many.nodes}
    left = {name: row["verdict"] for name, row in rows.items() if row["verdict"] != "updated"}
    assert left == {board.name: "unreachable" for board in mortal}, rows
    new = [row["version"] for name, row in rows.items() if name not in left]
    assert set(new) == {"9.9.0-0"}
    assert code == (12 if mortal else 0)
    assert sentence.endswith(
        f"1 of {COUNT} nodes need a look: {COUNT - 1} updated, 1 unreachable"
        if mortal
        else f"{COUNT} updated"
    )
    once_more(many, mortal)
    told = many.toolkit("-c", "-p", f"--dev {dies.name} switch ninth")
    assert told.stdout == "9\n", told.stderr


def once_more(many: Fleet, mortal: list[VirtualBoard]) -> None:
    """A second push reaches who was away, and sends nothing to all others."""
    for board in mortal:
        with fleet.control(board) as control:
            control.power_on()
            serves(control, starts=2)
    code, rows, sentence = many.push()
    assert (code, sentence) == (
        0,
        f"1 updated, {COUNT - 1} unchanged" if mortal else f"{COUNT} unchanged",
    ), rows
    for board in mortal:
        assert rows.pop(board.name)["verdict"] == "updated"
    assert sum(row["sent"] for row in rows.values()) == 0

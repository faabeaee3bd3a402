"""A Pico W with nothing but its stock firmware becomes a node, over its serial line."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware.pico import LONGEST, Node, Pico, eventually
from toolkit.model.release import identity, shown

REPOSITORY = Path(__file__).resolve().parents[2]
ROOM = 100_000  # bytes of heap that are to be left for load modules; the firmware gives 196 KB
STAGES = ["identify", "archive", "precompile", "install", "settings", "start"]

pytestmark = pytest.mark.timeout(LONGEST)


@pytest.fixture(scope="module")
def pico(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pico]:
    """A board with MicroPython and an empty file system."""
    with Pico(image, tmp_path_factory.mktemp("pico")) as found:
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toolkit's user data."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def installed(pico: Pico, home: Path) -> subprocess.CompletedProcess[str]:
    """What the real toolkit said when it installed a node on the board."""
    (home / "password").write_text("any will do\n", encoding="utf-8")
    wifi = ("--set", "staessid=emulated", "--set", f"stapwd=@{home / 'password'}")
    words = ("--install", "--board", "pico_w", "--port", pico.port, "--yes", *wifi)
    return subprocess.run(
        [sys.executable, "-m", "toolkit", *words],
        cwd=REPOSITORY,
        env={**os.environ, "MICROS_USER_DATA": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


@pytest.fixture(scope="module")
def node(pico: Pico, home: Path, installed: subprocess.CompletedProcess[str]) -> Node:
    """The node, in the hand of whoever has the toolkit's secrets."""
    assert installed.returncode == 0, installed.stderr
    secrets = json.loads((home / "secrets.json").read_text(encoding="utf-8"))
    ((uid, kept),) = secrets.items()
    return Node(pico, uid, str(kept["appwd"]))


def test_it_is_installed_over_its_serial_line_and_greets(
    installed: subprocess.CompletedProcess[str], node: Node
) -> None:
    done = [line.split()[0] for line in installed.stderr.splitlines() if " done" in line]
    assert done == STAGES
    greeting = [f"hello:node01:{node.uid}:dev", f"version {shown(identity().release)}"]
    assert installed.stdout.splitlines()[:2] == greeting


def test_who_calls_from_outside_is_asked_for_the_password(node: Node) -> None:
    with socket.create_connection((node.pico.address, 9008), timeout=LONGEST) as connection:
        assert connection.recv(100) == b"[password] node01 $ "
        connection.sendall(b"system memfree\n")
        assert b"memfree" not in connection.recv(100)


def test_it_is_in_the_network_with_nothing_to_complain_of_and_room_to_spare(node: Node) -> None:
    status = eventually(node.status)  # a wrong password was given just now
    assert (status["mode"], status["address"]) == ("sta", node.pico.address)
    assert (status["board"], status["uid"]) == ("pico_w", node.uid)
    assert status["problems"] == []
    assert status["version"] == shown(identity().release)
    assert status["mem_free"] >= ROOM, status

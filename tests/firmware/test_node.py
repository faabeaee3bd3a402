"""A node on the stock firmware of a Pico W, from an empty file system to a restart and back.

The tests follow one another on one board, as a person would go on.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.firmware.pico import LONGEST, Pico
from toolkit.model.errors import ToolkitError
from toolkit.model.release import identity, shown
from toolkit.transport.textshell import TextShell

REPOSITORY = Path(__file__).resolve().parents[2]
ROOM = 100_000  # bytes of heap that are to be left for load modules; the firmware gives 196 KB

pytestmark = pytest.mark.timeout(LONGEST)


class Node:
    """The board, the toolkit with user data of its own, and what the installation said."""

    def __init__(self, pico: Pico, home: Path) -> None:
        self.pico = pico
        self._home = home
        (home / "password").write_text("any will do\n", encoding="utf-8")
        wifi = ("--set", "staessid=emulated", "--set", f"stapwd=@{home / 'password'}")
        self.installed = self.toolkit(
            "--install", "--board", "pico_w", "--port", pico.port, "--yes", *wifi
        )
        assert self.installed.returncode == 0, self.installed.stderr
        secrets = json.loads((home / "secrets.json").read_text(encoding="utf-8"))
        ((self.uid, kept),) = secrets.items()
        self.shell = TextShell(pico.address, uid=self.uid, password=str(kept["appwd"]))

    def toolkit(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the real toolkit."""
        return subprocess.run(
            [sys.executable, "-m", "toolkit", *words],
            cwd=REPOSITORY,
            env={**os.environ, "MICROS_USER_DATA": str(self._home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    def say(self, *lines: str) -> str:
        """Say these lines; return the answer to the last. The session stays: logins are slow."""
        if self.shell.closed:
            self.shell.open()
        try:
            return [self.shell.command(line) for line in lines][-1]
        except ToolkitError:
            self.shell.close()
            raise

    def status(self) -> dict[str, Any]:
        return json.loads(self.say("status >json"))

    def restarted(self) -> dict[str, Any]:
        """Restart it as a person does; its status once it answers again."""
        resets = self.pico.ask("resets")
        self.say("reboot")
        self.shell.close()
        return eventually(lambda: self.pico.ask("resets") > resets and self.status())


def eventually(asked: Callable[[], Any]) -> Any:
    """What is asked for, as soon as it is there; the node may be away for a while."""
    deadline = time.monotonic() + LONGEST / 2
    while time.monotonic() < deadline:
        try:
            if answer := asked():
                return answer
        except ToolkitError:
            pass
        time.sleep(0.5)
    raise AssertionError("waited in vain")


@pytest.fixture(scope="module")
def node(pico: Pico, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The node, installed over the serial line."""
    found = Node(pico, tmp_path_factory.mktemp("node"))
    yield found
    found.shell.close()


def test_it_is_installed_over_its_serial_line_and_greets(node: Node) -> None:
    done = [line.split()[0] for line in node.installed.stderr.splitlines() if " done" in line]
    assert done == ["identify", "archive", "precompile", "install", "settings", "start"]
    greeting = [f"hello:node01:{node.uid}:dev", f"version {shown(identity().release)}"]
    assert node.installed.stdout.splitlines()[:2] == greeting


def test_who_calls_from_outside_is_asked_for_the_password(node: Node) -> None:
    with socket.create_connection((node.pico.address, 9008), timeout=LONGEST) as connection:
        assert connection.recv(100) == b"[password] node01 $ "
        connection.sendall(b"system memfree\n")
        assert b"memfree" not in connection.recv(100)


def test_it_is_in_the_network_with_nothing_to_complain_of_and_room_to_spare(node: Node) -> None:
    status = node.status()
    assert (status["mode"], status["address"]) == ("sta", node.pico.address)
    assert (status["board"], status["uid"]) == ("pico_w", node.uid)
    assert status["problems"] == []
    assert status["version"] == shown(identity().release)
    assert status["mem_free"] >= ROOM, status


def test_a_load_module_moves_a_pin_of_the_chip(node: Node) -> None:
    assert "state: 1" in node.say("switch on")
    assert node.pico.ask("16") == "HIGH"
    assert "state: 0" in node.say("switch toggle")
    assert node.pico.ask("16") == "LOW"


def test_the_led_hangs_on_the_radio(node: Node) -> None:
    node.say("system module switch", "conf", "cstmpmap simple_0:64", "noconf")
    for lit, word in ((1, "on"), (0, "off")):
        assert f"state: {lit}" in node.say(f"switch {word}")
        assert node.pico.ask("led") == lit


def test_the_time_server_tells_it_the_time(node: Node) -> None:
    eventually(lambda: node.status()["time"] == "ntp")
    assert node.say("system clock")[:2] == "20"


def test_settings_outlive_a_restart_which_is_no_failure(node: Node) -> None:
    assert node.say("conf", "soctout 77") == "Saved"
    assert node.say("cstmpmap n/a") == "Saved"
    node.say("noconf")
    status = node.restarted()
    assert node.say("conf", "soctout") == "77"
    assert (status["reset"], status["problems"]) == ("watchdog", [])
    assert (status["mode"], status["address"]) == ("sta", node.pico.address)

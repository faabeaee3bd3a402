"""The same against a real node: our core on the real MicroPython of a virtual board."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.network.peers import finish
from tests.support.boards import engine_cache
from tests.support.terminal import CTRL_D, ENTER, TAB, Terminal, toolkit
from tests.support.toolkit import VERSION
from toolkit.model.cache import Cache
from toolkit.model.errors import LoginError, NodeError, RefusedError
from toolkit.model.node import Node
from toolkit.model.vault import Vault
from toolkit.operations import connect, scan, status
from toolkit.operations.connect import Target
from toolkit.transport.textshell import TextShell
from toolkit.virtual import engine

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installed:
    """A node that was made by the toolkit, and the user data of that toolkit."""

    node: Node
    home: Path

    @property
    def cache(self) -> Cache:
        return Cache(self.home / "device_conn_cache.json")

    @property
    def vault(self) -> Vault:
        return Vault(self.home / "secrets.json")

    @property
    def password(self) -> str:
        secret = self.vault.get(self.node.uid)
        assert secret is not None
        return secret.appwd

    def shell(self) -> TextShell:
        place = self.node.address, self.node.port
        return TextShell(*place, uid=self.node.uid, password=self.password)

    def run(self, *lines: str) -> list[str]:
        target = Target(self.node.address, self.node.port, self.node.uid)
        return [answer.text for answer in connect.run(target, lines, self.cache, self.vault)]

    def run_to_the_end(self, line: str) -> str:
        """The answer as it came, a refusal too."""
        with self.shell() as shell:
            answer = shell.command(line)
            assert shell.command("version") == VERSION
            return answer


def call(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The toolkit as its own process, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "toolkit", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "MICROS_USER_DATA": str(home), "MICROS_NETWORKS": "127.77.0.0/32"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """One virtual board from blank flash to node, for all tests of this file."""
    home = tmp_path_factory.mktemp("home")
    found = engine.provide(engine_cache(), print)
    before = os.environ.get("MICROS_MICROPYTHON")
    os.environ["MICROS_MICROPYTHON"] = shlex.join(found.command)
    try:
        made = call(home, "--make", "--virtual", "--yes")
        assert made.returncode == 0, made.stderr
        (node,) = Cache(home / "device_conn_cache.json").nodes()
        yield Installed(node, home)
    finally:
        call(home, "--virtual", "--stop")
        if before is None:
            del os.environ["MICROS_MICROPYTHON"]
        else:
            os.environ["MICROS_MICROPYTHON"] = before


@pytest.fixture
def real(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """That node, with its user data as ours."""
    monkeypatch.setenv("MICROS_USER_DATA", str(installed.home))
    return installed


def terminal() -> Terminal:
    return toolkit(["-c"])


def test_a_search_finds_the_node_on_the_virtual_board(real: Installed) -> None:
    other = Cache(real.home / "another_cache.json")
    _, findings = finish(scan.search(other, [], [(real.node.address, real.node.port)]))
    assert [one.node for one in findings.found] == [real.node]
    assert other.nodes() == [real.node]


def test_commands_settings_and_help_are_answered(real: Installed) -> None:
    assert real.run("hello", "version") == [f"hello:node01:{real.node.uid}:dev", VERSION]
    (_, dump) = real.run("conf", "dump")
    assert "devfid" in dump
    assert real.password not in dump
    assert real.run("conf", "soctout 99", "soctout") == ["", "Saved", "99"]
    assert "servo angle <degrees: float>" in real.run("help servo")[0]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("servo angle 999", RefusedError),
        ("servo nothing", RefusedError),
        ("nonsense", RefusedError),
        ("servo angle", RefusedError),
    ],
)
def test_a_refusal_has_its_own_exit_code(
    real: Installed, line: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"node01: refused: "):
        real.run(line)


def test_text_that_looks_like_the_prompt_comes_back_as_it_was(real: Installed) -> None:
    refusal = real.run_to_the_end("servo 'node01 $ '")
    assert "'node01 $ '" in refusal
    assert "\\" not in refusal


def test_no_password_no_answer(real: Installed) -> None:
    place = real.node.address, real.node.port
    with TextShell(*place) as shell:
        assert shell.locked
        assert shell.hello().uid == real.node.uid
        with pytest.raises(LoginError, match="wants its password"):
            shell.command("version")


def test_a_wrong_password_is_refused_and_then_waited_for(real: Installed) -> None:
    place = real.node.address, real.node.port
    wrong = TextShell(*place, uid=real.node.uid, password="not this one, no")
    with pytest.raises(LoginError) as caught:
        wrong.open()
    assert "refused the password" in str(caught.value) or "takes no password" in str(caught.value)
    while waited_for(real):  # the node takes no password for a moment now
        pass
    assert real.run("version") == [VERSION]


def waited_for(real: Installed) -> bool:
    try:
        with real.shell():
            return False
    except LoginError as error:
        if "takes no password for" in str(error):
            return True
        raise


def test_a_full_node_says_that_it_is_busy(real: Installed) -> None:
    with ExitStack() as stack:
        for _ in range(int(real.run("conf", "sessions")[1])):
            stack.enter_context(real.shell()).command("version")
        with pytest.raises(NodeError, match="is busy"):
            real.shell().open()


def test_the_table_shows_the_node_beside_one_that_is_gone(real: Installed) -> None:
    gone = Node("240ac4ffffff", "gone", "127.77.0.5", 1)
    _, rows = finish(status.status([gone, real.node], real.vault))
    assert [row.online for row in rows] == [False, True]
    assert rows[1].version == VERSION
    assert isinstance(rows[1].mem_free, int)
    assert rows[1].facts["uid"] == real.node.uid


def test_the_command_line_prints_the_answer_and_sets_the_exit_code(real: Installed) -> None:
    good = call(real.home, "-c", "-p", "--dev node01 conf <a> soctout")
    assert (good.returncode, good.stdout.split()[0].isdecimal()) == (0, True)
    bad = call(real.home, "-c", "-p", "--dev node01 servo angle 999")
    assert (bad.returncode, bad.stdout) == (9, "")
    assert "expected 0 to 180" in bad.stderr
    (row,) = json.loads(call(real.home, "-stat", "--json").stdout)
    assert (row["name"], row["status"]) == ("node01", "ONLINE")
    assert call(real.home, "-s").returncode == 0


def test_the_shell_completes_from_the_nodes_own_help(real: Installed) -> None:
    with terminal() as screen:
        screen.at("node01 $").type("serv" + TAB)
        screen.at("node01 $ servo").type(" an" + TAB)
        screen.at("node01 $ servo angle")
        screen.expect("servo angle <degrees: float> [servo: int = 1]")
        screen.type(" 45" + ENTER)
        screen.expect("servo 1: 45")
        screen.at("node01 $").type("conf" + ENTER)
        screen.at("[configure] node01 $").type("socp" + TAB)
        screen.at("[configure] node01 $ socport").type(ENTER)
        screen.expect("9008")
        screen.at("[configure] node01 $").type(CTRL_D)
        assert screen.end() == 0


def test_the_shell_comes_back_after_a_reboot_and_after_a_power_cut(real: Installed) -> None:
    with terminal() as screen:
        screen.at("node01 $").type("reboot" + ENTER)
        screen.expect("Bye!")
        screen.expect("connected to node01 again")
        screen.at("node01 $").clear()
        assert call(real.home, "--virtual", "--power-cycle").returncode == 0
        screen.type("hello" + ENTER)
        screen.expect("again")  # at once, or when the node is up
        screen.at("node01 $").type("version" + ENTER)
        screen.expect(VERSION)
        screen.at("node01 $").type("exit" + ENTER)
        screen.expect("Bye!")
        assert screen.end() == 0


def test_a_password_changed_in_the_shell_is_the_one_used_from_then_on(real: Installed) -> None:
    with terminal() as screen:
        screen.at("node01 $").type("conf" + ENTER)
        screen.at("[configure] node01 $").type("appwd correct horse battery" + ENTER)
        screen.expect("Saved")
        screen.at("[configure] node01 $").type("noconf" + ENTER)
        screen.at("node01 $").type("exit" + ENTER)
        assert screen.end() == 0
    assert real.password == "correct horse battery"
    assert real.run("version") == [VERSION]
    history = (real.home / "history" / real.node.uid).read_text()
    assert "correct horse" not in history

"""Virtual nodes in the foreground: made, shown, talked to, and gone with whoever shows them."""

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.boards import eventually
from tests.support.foreground import Foreground
from tests.support.terminal import CTRL_C, Terminal
from tests.support.toolkit import Toolkit
from toolkit.model.errors import InputError
from toolkit.virtual import fleet, local_socket, simulation, supervisor
from toolkit.virtual.engine import Engine

ONE, TWO = "esp32-1", "esp32-2"


class Shown(Foreground):
    """`--simulate` in the foreground of somebody else, and what it has printed by now."""

    def __init__(self, kit: Toolkit, *words: str) -> None:
        super().__init__(kit.environment, "--simulate", *words)


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit with two virtual boards, of which a simulation has made nodes."""
    kit = Toolkit(tmp_path_factory.mktemp("simulation") / "user data", engine)
    with Shown(kit, "2", "--profile", "heartbeat") as shown:
        shown.expect(f"{ONE} | micros: node01 ")
        shown.expect(f"{TWO} | micros: node02 ")
        assert "<3 heartbeat <3" in kit.ok("-c", "-p", "--dev node02 system heartbeat")
        assert kit.ok("-c", "-p", "--dev node02 conf <a> boothook").strip() == "system heartbeat"
        assert shown.end() == 0
        assert shown.text.endswith(f"stopped: {ONE}, {TWO}\n")
    assert running(kit) == set()
    yield kit
    kit("--virtual", "--stop")


def running(kit: Toolkit) -> set[str]:
    return {board.name for board in fleet.boards(kit.home / "virtual") if board.running}


def test_each_of_a_fleet_has_a_name_and_a_password_of_its_own(kit: Toolkit) -> None:
    secrets = (kit.home / "secrets.json").read_text()
    found = {board.mac: board.name for board in fleet.boards(kit.home / "virtual")}
    assert sorted(found.values()) == [ONE, TWO]
    assert all(mac in secrets for mac in found)
    passwords = {line for line in secrets.replace(",", "\n").splitlines() if "appwd" in line}
    assert len(passwords) == 2


def test_a_node_whose_virtual_board_is_off_says_how_to_start_it(kit: Toolkit) -> None:
    away = kit.refused(6, "-c", "-p", "--dev node01 hello")
    assert f"node01 is on the virtual board {ONE}, which is off; " in away
    assert f" --virtual {ONE} starts it (127." in away
    called = kit.refused(3, "-c", "-p", f"--dev {TWO} hello")
    assert f"{TWO} is a virtual board, the node on it is called node02, and it is off; " in called
    assert f" --virtual {TWO} starts it" in called
    with kit.terminal("-c") as screen:
        screen.answer("which node", "node02")
        screen.expect(f"node02 is on the virtual board {TWO}, which is off; ")
        assert screen.end() == 6
    off = f"on the virtual board {ONE}, which is off; ./devToolKit.py --virtual {ONE} starts it"
    for words in (["-o"], ["-b"], ["--watch", str(kit.home)]):
        assert kit.refused(6, *words, "-p", "--dev node01") == f"node01 is {off}"
    told = {row["name"]: row["note"] for row in json.loads(kit.ok("-stat", "--json"))}
    assert told["node01"] == off
    pushed = kit("--push", "--select", "name=node01", "--set", "app=hall", "--json")
    assert [row["note"] for row in json.loads(pushed.stdout)] == [off]


def test_one_is_shown_as_it_is_and_answers_in_a_second_terminal(kit: Toolkit) -> None:
    with Shown(kit) as shown:
        shown.expect(f"{ONE}: node01 at 127.")
        shown.expect("\nmicros: node01 ")
        kit.ok("-c", "-p", "--dev node01 reboot")
        shown.expect("\nmicros: node01 ", 2)
        with kit.terminal("-c", "-p", "--dev node01", size=(200, 30)) as screen:
            screen.say("node01 $", "@all hello")
            screen.expect(f"node02: on the virtual board {TWO}, which is off; ")
            screen.expect("node01: hello:node01:")
        none = kit("--push", "--select", "name=node01", "board=x", "--set", "app=hall")
        assert (none.returncode, none.stdout) == (3, "")
        assert "no known node is meant: none meets name=node01 board=x" in none.stderr
        assert "precompile" not in shown.text
        assert shown.end() == 0
    assert running(kit) == set()


def test_of_several_one_may_end_and_one_may_crash(kit: Toolkit) -> None:
    with Shown(kit, "2") as shown:
        shown.expect(" ready at ", 2)
        with Shown(kit, "2") as second:
            second.expect("; it ran before, and goes on afterwards", 2)
            second.expect("in a second terminal")
            kit.ok("--virtual", TWO, "--stop")
            for one in (shown, second):
                one.expect(f"{TWO}: was stopped")
            (board,) = (it for it in fleet.boards(kit.home / "virtual") if it.name == ONE)
            assert board.pid
            os.kill(board.pid, signal.SIGKILL)
            for one in (shown, second):
                one.expect(f"{ONE} | abort() was called")
            shown.expect(f"{ONE} | micros: node01 ", 2)
            assert shown.end() == 0
            assert shown.text.endswith(f"stopped: {ONE}\n")
            second.expect(f"{ONE}: was stopped")
            assert second.ended() == 0  # nothing is left to be shown
    assert running(kit) == set()


def test_one_that_ran_before_is_shown_with_its_last_lines_and_goes_on(kit: Toolkit) -> None:
    kit.ok("--virtual", ONE)
    eventually(lambda: kit("-c", "-p", "--dev node01 hello").returncode == 0, "the node")
    with Shown(kit, "2", "--set", "soctout=90") as shown:
        shown.expect(f"not used for {ONE}, {TWO}, as they are no blank boards: --set and --pro")
        shown.expect("what it printed last comes first")
        shown.expect(f"{ONE} | micros: node01 ")
        shown.expect(f"{TWO} | micros: node02 ")
        assert shown.end(signal.SIGTERM) == 143
    assert running(kit) == {ONE}
    kit.ok("--virtual", "--stop")


def test_a_blank_board_that_runs_becomes_a_node_and_goes_on_running(kit: Toolkit) -> None:
    kit.ok("--virtual", "esp32-4")
    (board,) = (it for it in fleet.boards(kit.home / "virtual") if it.name == "esp32-4")
    with (board.folder / "flash.bin").open("r+b", buffering=0) as flash:
        for byte, blank in ((b"\0", False), (b"\xff", True)):
            flash.seek(3 << 20)  # a file of somebody, and no firmware that could start
            flash.write(byte)
            assert simulation.is_blank(board) is blank
    with Shown(kit, "esp32-4", "--set", "app=hall") as shown:
        shown.expect("  flash ")
        assert shown.end() == 0
    assert running(kit) == {"esp32-4"}
    with Shown(kit, "esp32-4", "--set", "app=hall") as shown:
        shown.expect("; it ran before, and goes on afterwards\n")
        shown.expect("\nmicros: ")
        (name,) = re.findall(r"^esp32-4: (\S+) at 127", shown.text, re.M)
        assert kit.ok("-c", "-p", f"--dev {name} conf <a> app").strip() == "hall"
        assert shown.end() == 0
    assert running(kit) == {"esp32-4"}
    kit.ok("--virtual", "--stop")


def test_who_is_killed_leaves_nothing_behind(kit: Toolkit) -> None:
    with Shown(kit, "2") as shown:
        shown.expect(" ready at ", 2)
        shown.end(signal.SIGKILL)
        eventually(lambda: not running(kit), "the end of both")


def test_a_board_that_is_not_made_to_its_end_is_blank_again(kit: Toolkit) -> None:
    flash = kit.home / "virtual" / "esp32-3" / "flash.bin"
    with Shown(kit, "esp32-3") as shown:
        shown.expect("  flash ")
        assert flash.read_bytes().strip(b"\xff")
        shown.end()
        assert "Traceback" not in shown.text
    assert not flash.read_bytes().strip(b"\xff")
    assert running(kit) == set()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b'{"error": "out of sorts"}\n', "does not tell what it prints: out of sorts"),
        (b'{"ok": {"end": 3, "te', "has ended with the virtual boards' supervisor"),
        (b"", "has ended with the virtual boards' supervisor"),
    ],
)
def test_a_board_that_answers_strangely_is_a_sentence(
    tmp_path: Path, answer: bytes, told: str
) -> None:
    listener = local_socket.listen(tmp_path / supervisor.CONTROL)
    board = fleet.VirtualBoard(ONE, "esp32", "", "", "", None, running=True, folder=tmp_path)
    with listener, simulation.Watch([board], {ONE: 0}) as watch:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(answer)
        assert [(it.text, it.ours) for it in watch.lines()] == [(told, True)]


def test_on_a_terminal_names_are_coloured_and_ctrl_c_ends(kit: Toolkit) -> None:
    words = [sys.executable, "-m", "toolkit", "--virtual", "2"]
    environment = {name: it for name, it in kit.environment.items() if name != "NO_COLOR"}
    with Terminal(words, environment) as screen:
        screen.expect(f"{ONE} | micros: node01 ")
        screen.expect(f"{TWO} | micros: node02 ")
        colours = [screen.colour(f"{name} | micros") for name in (ONE, TWO)]
        assert "default" not in colours
        assert colours[0] != colours[1]
        screen.type(CTRL_C)
        assert screen.end() == 0
        assert "Traceback" not in screen.text
        assert screen.text.endswith(f"stopped: {ONE}, {TWO}")
    assert running(kit) == set()


@pytest.mark.parametrize(("wanted", "got"), [("0", "0"), ("250", "250"), ("9" * 9, "9" * 9)])
def test_too_many_are_refused(wanted: str, got: str) -> None:
    with pytest.raises(InputError, match=f"expected 1 to 249 virtual boards, got {got}"):
        simulation.names(wanted, "esp32")


def test_memory_bounds_how_many_there_are(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 999999 kB\nMemAvailable:  40960 kB\n")
    simulation.check_room(20, tmp_path, meminfo)
    with pytest.raises(InputError, match=r"21 .* take 42 MB of memory and 40 MB are free: .* 20"):
        simulation.check_room(21, tmp_path, meminfo)
    simulation.check_room(21, tmp_path, tmp_path / "not told")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["-sim", "-c"], 2, "-sim goes on until Ctrl-C: say -c in a second terminal"),
        (["-sim", "--virtual"], 2, "--virtual goes with -m, "),
        (["-sim", "--json"], 2, "--json is not for -sim: it shows what is printed, until Ctrl-C"),
        (["-sim", "2", "--set", "devfid=x"], 2, "--set devfid=… is for one node"),
        (["-sim", "porch"], 3, "there is no virtual board 'porch' (known: "),
        (["--virtual", "2", "--make"], 3, "there is no virtual board '2' (known: "),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    kit: Toolkit, words: list[str], code: int, sentence: str
) -> None:
    assert sentence in kit.refused(code, *words)

"""The smallest chip: from blank flash to two people who use everything the shell has."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.support.boards import eventually
from tests.support.toolkit import Toolkit
from toolkit.transport.textshell import TextShell
from toolkit.virtual import fleet
from toolkit.virtual.fleet import VirtualBoard

LINES = (
    "hello",
    "version",
    "light toggle",
    "light rgb r=5",
    "light rgb 1 2 3",
    "light status >json",
    "light rgb 1 2 3 4 5",
    "light nothing",
    "nothing at all",
    "help",
    "help light",
    "help cron",
    "modules",
    "status",
    "status >json",
    "conf",
    "dump",
    "soctout",
    "soctout 50",
    "soctout 100",
    "noconf",
    "light toggle &",
    "task list",
    "task show light.toggle",
    "cron list",
    "log",
)


@pytest.fixture
def leaf(toolkit: Toolkit) -> tuple[VirtualBoard, str]:
    """An ESP8266 that the toolkit has made a node of, and its password."""
    toolkit.ok("--make", "--virtual", "--board", "esp8266", "--yes")
    (board,) = fleet.boards(toolkit.home / "virtual")
    secrets = json.loads((toolkit.home / "secrets.json").read_text(encoding="utf-8"))
    return board, secrets[board.mac]["appwd"]


def test_every_word_a_module_and_a_task_work_in_one_session(leaf: tuple[VirtualBoard, str]) -> None:
    board, password = leaf
    control = fleet.control(board)
    boots = control.state()["boots"]
    with TextShell(board.address, uid=board.mac, password=password) as one:
        for line in LINES:
            answer = one.command(line)
            assert "not enough memory" not in answer, line
            assert not answer.startswith("fault"), line
    assert control.state()["boots"] == boots
    control.close()


def test_the_toolkit_gets_its_answers_over_the_link_or_as_text_after_it(
    toolkit: Toolkit,
) -> None:
    toolkit.ok("--make", "--virtual", "--board", "esp8266", "--yes")
    asked = (
        ("help", "light"),
        ("status", "name: node01"),
        ("light rgb r=5", "r: 5"),
        ("light rgb 1 2 3", "r: 1"),
        ("system memfree", "memfree: "),
        ("conf <a> dump", "devfid"),
    )
    for line, word in asked:
        assert word in toolkit.ok("-c", "-p", f"--dev node01 {line}"), line


def test_two_sessions_use_every_word_a_module_and_a_task(leaf: tuple[VirtualBoard, str]) -> None:
    board, password = leaf
    control = fleet.control(board)
    boots = control.state()["boots"]
    with (
        TextShell(board.address, uid=board.mac, password=password) as one,
        TextShell(board.address, uid=board.mac, password=password) as other,
    ):
        eventually(lambda: "time: ntp" in one.command("status"), "the end of what takes memory")
        for line in LINES:
            answer = one.command(line)
            assert "not enough memory" not in answer, line
            assert not answer.startswith("fault"), line
            assert other.command("hello").startswith("hello:node01:")
        told = json.loads(other.command("status >json"))
        assert other.command("light rgb 5 6 7 >json")
    assert (told["sessions"], told["log_errors"]) == (2, 0)
    assert told["mem_free"] >= 4000  # with the answer itself in memory
    assert told["mem_largest"] >= 700  # with the answer itself, and a task that has run
    assert control.state()["boots"] == boots
    control.close()


def test_a_restart_that_is_asked_for_is_an_orderly_one_whoever_is_there(
    leaf: tuple[VirtualBoard, str],
) -> None:
    board, password = leaf
    control = fleet.control(board)
    for _ in range(3):
        starts = control.console().count("ready at")
        with (
            TextShell(board.address, uid=board.mac, password=password) as one,
            TextShell(board.address, uid=board.mac, password=password) as other,
        ):
            eventually(
                lambda shell=one: "time: ntp" in shell.command("status"),
                "the end of what takes memory",
            )
            assert one.command("light on").startswith("g: ")
            assert other.command("hello").startswith("hello:node01:")
            other.command("reboot")
        eventually(
            lambda before=starts: control.console().count("ready at") > before, "the restart"
        )
        with TextShell(board.address, uid=board.mac, password=password) as shell:
            assert "safe mode" not in shell.command("status")
    control.close()


def test_a_third_session_is_told_that_there_are_two(leaf: tuple[VirtualBoard, str]) -> None:
    board, password = leaf
    with (
        TextShell(board.address, uid=board.mac, password=password) as one,
        TextShell(board.address, uid=board.mac, password=password) as other,
    ):
        assert one.command("hello") == other.command("hello")
        eventually(lambda: "time: ntp" in one.command("status"), "the end of what takes a socket")
        with socket.create_connection((board.address, 9008), 10) as third:
            assert third.recv(100) == b"Connection is busy. Bye!\n"


def test_settings_go_on_trial_where_nothing_else_takes_the_memory(
    leaf: tuple[VirtualBoard, str],
) -> None:
    board, password = leaf
    with TextShell(board.address, uid=board.mac, password=password) as shell:
        shell.command("conf")
        assert shell.command("try 60 soctout=50").startswith("On trial for 60 s")
        assert shell.command("soctout") == "50"
    with TextShell(board.address, uid=board.mac, password=password) as shell:
        assert shell.command("keep") == "Saved"
        shell.command("conf")
        assert shell.command("soctout") == "50"


def whole(answer: str) -> Any:
    """What a JSON answer tells; None where there was no memory for it just then."""
    return None if answer.startswith("refused: not enough memory") else json.loads(answer)


EVENTS = ("irq1", "irq2", "irq3", "irq4", "extirq", "timirq")


def test_events_that_would_leave_too_little_are_left_out_and_told(
    leaf: tuple[VirtualBoard, str],
) -> None:
    board, password = leaf
    control = fleet.control(board)
    with TextShell(board.address, uid=board.mac, password=password) as shell:
        shell.command("conf")
        for name in EVENTS:
            commands = name + ("_cbf" if name[:3] == "irq" else "cbf")
            assert shell.command(f"{commands} light toggle").startswith("Saved")
            assert shell.command(f"{name} true").startswith("Saved")
    starts = control.console().count("ready at")
    control.press_reset()
    eventually(lambda: control.console().count("ready at") > starts, "the node")
    with TextShell(board.address, uid=board.mac, password=password) as shell:
        eventually(lambda: "time: ntp" in shell.command("status"), "the end of what takes memory")
        told = eventually(lambda: whole(shell.command("status >json")), "memory for a status")
        out = [problem.partition(":")[0] for problem in told["problems"] if "left out" in problem]
        tasks = shell.command("task list")
        assert out
        assert len(out) < len(EVENTS), told["problems"]
        assert all((name in tasks) != (name in out) for name in EVENTS)
        shell.command("conf")
        answer = shell.command("irq1 false")
        assert answer.startswith("Saved") or "'reboot safe' has more" in answer
        starts = control.console().count("ready at")
        shell.command("reboot safe")
    eventually(lambda: control.console().count("ready at") > starts, "safe mode")
    with TextShell(board.address, uid=board.mac, password=password) as shell:
        shell.command("conf")
        assert {shell.command(f"{name} false") for name in EVENTS} == {"Saved"}
    control.close()


def test_a_load_module_of_ones_own_is_taken_as_soon_as_it_serves(
    leaf: tuple[VirtualBoard, str], toolkit: Toolkit, tmp_path: Path
) -> None:
    board, password = leaf
    bell = tmp_path / "LM_bell.py"
    bell.write_text('def ring():\n    """Ring."""\n    return "ding"\n', encoding="utf-8")
    control = fleet.control(board)
    boots = control.state()["boots"]
    assert "updated" in toolkit.ok("-o", str(bell), "-p", "--dev node01")
    with TextShell(board.address, uid=board.mac, password=password) as shell:
        assert eventually(lambda: shell.command("bell ring") == "ding", "the bell")
        assert shell.command("bell ring 5") == "refused: expected bell ring, got 1 arguments"
        assert shell.command("help bell").splitlines() == ["bell", "bell ring - Ring."]
        assert "bell" in shell.command("help")
    assert control.state()["boots"] == boots
    control.close()

"""The smallest chip: from blank flash to two people who use everything the shell has."""

import json
import socket

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


def test_in_two_sessions_what_there_is_no_memory_for_is_refused_and_all_goes_on(
    leaf: tuple[VirtualBoard, str],
) -> None:
    board, password = leaf
    control = fleet.control(board)
    boots = control.state()["boots"]
    refused = list[str]()
    with (
        TextShell(board.address, uid=board.mac, password=password) as one,
        TextShell(board.address, uid=board.mac, password=password) as other,
    ):
        for line in LINES:
            answer = one.command(line)
            assert not answer.startswith("fault"), line
            refused += [line] * ("not enough memory" in answer)
            assert other.command("hello").startswith("hello:node01:")
        told = json.loads(other.command("status >json"))
        assert other.command("light rgb 5 6 7 >json")
    print(f"refused for want of memory: {len(refused)} of {len(LINES)}: {refused}")
    assert len(refused) <= 5
    assert told["sessions"] == 2
    assert told["mem_free"] >= 4000  # with the answer itself in memory
    assert told["mem_largest"] >= 700  # with the answer itself, and a task that has run
    assert control.state()["boots"] == boots
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

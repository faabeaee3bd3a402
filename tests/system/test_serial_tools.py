"""Serial tools against a node with an armed watchdog, which nothing can stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.boards import Console, eventually, tool_ok
from tests.support.toolkit import Toolkit
from toolkit.virtual import fleet
from toolkit.virtual.control import Control
from toolkit.virtual.fleet import VirtualBoard

_FILES = 30


@pytest.fixture
def board(toolkit: Toolkit) -> VirtualBoard:
    """A board with a node on it."""
    toolkit.ok("--make", "--virtual", "--yes")
    return fleet.boards(toolkit.home / "virtual")[0]


@pytest.fixture
def control(board: VirtualBoard) -> Iterator[Control]:
    """A hand on it; its node has had the time to arm the watchdog for this and all other starts."""
    with fleet.control(board) as control:
        eventually(lambda: control.state()["watchdog"], "the watchdog")
        yield control


def _bites(control: Control) -> int:
    return control.console().count("TG1WDT_SYS_RESET")


def _ready(control: Control) -> bool:
    """Whether a node serves since the last reset."""
    return "ready at" in control.console().rpartition("rst:0x")[2]


def test_ampy_installs_thirty_files_against_an_armed_watchdog(
    board: VirtualBoard, control: Control, tmp_path: Path
) -> None:
    """It takes a second for each, and begins each with Ctrl-C, Ctrl-C, Ctrl-A, Ctrl-D."""
    port = ("--port", board.port)
    folder = tmp_path / "own"
    folder.mkdir()
    for number in range(_FILES):
        (folder / f"LM_own{number}.py").write_text(f"VALUE = {number}\n" * 100)
    tool_ok("ampy", *port, "put", str(folder), "/modules")
    assert tool_ok("ampy", *port, "ls", "/modules").count("LM_own") == _FILES
    assert _bites(control) == 0
    assert control.state()["watchdog"]
    tool_ok("ampy", *port, "reset")
    eventually(lambda: _ready(control), "the node")
    print(f"files: {_FILES}, resets by the watchdog: 0")


def test_the_toolkit_works_on_a_node_with_an_armed_watchdog(
    toolkit: Toolkit, board: VirtualBoard, control: Control
) -> None:
    for option in ("--install", "--make"):
        toolkit.ok(option, "--virtual", "--yes")
        assert _bites(control) == 0
        eventually(lambda: control.state()["watchdog"], "the watchdog, armed anew")
    assert "/slots.mpy" in toolkit.ok("-ls", "--virtual", "--yes")


def test_whoever_leaves_the_line_alone_finds_the_node_again_after_half_an_hour(
    board: VirtualBoard, control: Control
) -> None:
    control.clock("frozen")  # switches it off and on
    while not control.state()["watchdog"]:
        control.advance(100)
    console = Console(board.port)
    console.enter_raw()
    console.close()
    boots = control.state()["boots"]
    for _ in range(29):
        control.advance(60_000)
    assert control.state()["boots"] == boots
    control.advance(120_000)
    assert control.state()["boots"] == boots + 1

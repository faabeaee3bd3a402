"""Signals, a closed terminal, a board that is taken away, two at once: nothing is lost.

One node for all of it; whatever happens to it, the last command makes it whole again.
"""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.boards import eventually
from tests.support.running import Running
from tests.support.sweep import chosen
from tests.support.toolkit import Toolkit
from toolkit.model.errors import FlashError, NodeError, PortError
from toolkit.transport import holding
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

SEED = 50
SLICE = 2
TOLD = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
STAGES = (
    "virtual board",
    "identify",
    "archive",
    "precompile",
    "erase",
    "flash",
    "verify",
    "install",
    "settings",
)


@pytest.fixture(scope="module")
def lamp(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit and its node, which is called lamp."""
    kit = Toolkit(tmp_path_factory.mktemp("interrupted") / "user data", engine)
    kit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    yield kit
    kit("--virtual", "--stop")


def serves(kit: Toolkit) -> bool:
    return kit("-c", "-p", "--dev lamp hello").stdout.startswith("hello:lamp:")


def password(kit: Toolkit) -> str:
    (secret,) = json.loads((kit.home / "secrets.json").read_text(encoding="utf-8")).values()
    return secret["appwd"]


def half_written(kit: Toolkit) -> list[str]:
    """Files that a write has left beside the one it was to be."""
    hidden = [it.name for it in kit.home.rglob(".*") if not it.name.endswith(".lock")]
    return hidden + [it.name for it in (kit.home / "ports").glob("*")]


def test_a_second_toolkit_on_one_board_is_told_at_once_who_has_it(lamp: Toolkit) -> None:
    (board,) = fleet.boards(lamp.home / "virtual")
    with holding.alone(board.port, lamp.home / "ports"):
        for arguments in (("-i", "--yes"), ("-ls",), ("-e",)):
            sentence = lamp.refused(PortError.exit_code, *arguments, "--virtual")
            assert f"is in use by another toolkit (process {os.getpid()})" in sentence
            assert sentence.endswith("nothing was touched")
        assert serves(lamp)
    assert not half_written(lamp)


def test_who_is_killed_holds_no_board(tmp_path: Path) -> None:
    held, let_go = os.pipe()
    child = os.fork()
    if not child:
        with holding.alone("/dev/ttyUSB7", tmp_path):
            os.write(let_go, b"x")
            signal.pause()
        os._exit(0)
    os.read(held, 1)
    with (
        pytest.raises(PortError, match=f"process {child}"),
        holding.alone("/dev/ttyUSB7", tmp_path),
    ):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with holding.alone("/dev/ttyUSB7", tmp_path):
        assert [it.read_text().strip() for it in tmp_path.iterdir()] == [str(os.getpid())]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda it: it.name)
def test_who_is_ended_while_a_board_is_read_starts_its_node_again(
    lamp: Toolkit, number: signal.Signals
) -> None:
    with Running(lamp.environment, "-i", "--virtual", "--yes") as it:
        it.until("  archive ")
        it.send(number)
        assert it.end() in (TOLD[number], 0)
        assert "Traceback" not in it.said
        assert not it.left_behind()
    assert eventually(lambda: serves(lamp), "the node to serve again")
    assert not half_written(lamp)


def test_a_terminal_is_as_it_was_after_a_board_s_prompt_is_ended(lamp: Toolkit) -> None:
    command = ("-u", "--virtual")
    with lamp.terminal(*command) as screen:
        before = screen.attributes()
        screen.expect(">>>")
        assert screen.attributes() != before
        screen.process.terminate()
        assert screen.end() == 143
        assert screen.attributes() == before
    assert eventually(lambda: serves(lamp), "the node to serve again")


def test_a_terminal_is_as_it_was_after_a_shell_is_ended(lamp: Toolkit) -> None:
    command = ("-c", "-p", "--dev lamp")
    with lamp.terminal(*command) as screen:
        before = screen.attributes()
        screen.at("lamp $").type("stat")
        screen.expect("lamp $ stat")
        screen.process.terminate()
        assert screen.end() == 143
        assert "Traceback" not in screen.text
        assert screen.attributes() == before


def test_a_terminal_that_is_closed_ends_what_was_begun_in_it(lamp: Toolkit) -> None:
    command = ("-i", "--virtual", "--yes")
    with lamp.terminal(*command) as screen:
        screen.expect("  archive ")
        screen.hang_up()
        assert screen.process.wait(60) in (129, -signal.SIGHUP)
    assert eventually(lambda: serves(lamp), "the node to serve again")
    assert not half_written(lamp)


def test_a_node_that_stands_still_is_one_sentence(lamp: Toolkit) -> None:
    (board,) = fleet.boards(lamp.home / "virtual")
    assert board.pid
    os.kill(board.pid, signal.SIGSTOP)
    try:
        lamp.refused(NodeError.exit_code, "-c", "-p", "--dev lamp hello")
        assert "OFFLINE" in lamp.ok("-stat")
    finally:
        os.kill(board.pid, signal.SIGCONT)
    assert eventually(lambda: serves(lamp), "the node to serve again")


def taken_away(kit: Toolkit) -> int:
    """The cable is pulled: nobody plays the board any more. Returns its line, to be closed.

    Until then no other board gets the number of the line, at which a toolkit may still be.
    """
    (board,) = fleet.boards(kit.home / "virtual")
    line = os.open(board.port, os.O_RDWR | os.O_NOCTTY)
    os.kill(int((kit.home / "virtual" / "supervisor.lock").read_text()), signal.SIGKILL)
    return line


# Each stage is left by one of the signals; at some of them the cable is pulled, too.
CASES = [
    *zip(STAGES, [*TOLD] * len(STAGES), strict=False),
    *[(stage, None) for stage in ("identify", "erase", "verify", "install")],
]


def test_whatever_ends_the_making_of_a_node_a_second_one_makes_it_as_it_was(lamp: Toolkit) -> None:
    known = password(lamp)
    for stage, number in chosen(CASES, SLICE, SEED):
        with ExitStack() as held, Running(lamp.environment, "--make", "--virtual", "--yes") as it:
            it.until(f"  {stage} " if stage != STAGES[0] else stage)
            if it.process.poll() is None and number is None:
                held.callback(os.close, taken_away(lamp))
            elif it.process.poll() is None:
                it.send(number)
            code = it.end()
            assert "Traceback" not in it.said, it.said
            assert not it.left_behind()
            if code and number is None:
                assert code in (PortError.exit_code, FlashError.exit_code), it.said
                assert it.sentence.startswith("devToolKit: "), it.said
            else:
                assert code in (0, TOLD.get(number)), it.said
        assert not half_written(lamp)
        made = lamp.ok("--make", "--virtual", "--yes")
        assert made.startswith("hello:lamp:"), (stage, number, made)
        assert password(lamp) == known

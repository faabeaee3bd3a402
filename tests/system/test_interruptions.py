"""Signals, a closed terminal, a board that is taken away, two at once: nothing is lost.

One node for all of it; whatever happens to it, the last command makes it whole again.
"""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
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
SLICE = 6
LONGEST = 0.4  # seconds into a stage
TOLD = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


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
    locks = [it.name for it in (kit.home / "ports").glob("*")]  # that of a node may stay
    return hidden + [name for name in locks if not name.startswith("node%20")]


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
        assert it.end() == TOLD[number]
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


@dataclass(frozen=True)
class Action:
    """A command line, and the stages in which it is interrupted; `first` is done before it."""

    words: tuple[str, ...]
    stages: tuple[str, ...]
    first: tuple[str, ...] = ()


CABLE, AIR = ("--virtual",), ("-p", "--dev lamp")
FORCED = ("-r", "--force", "--virtual")
ACTIONS = (
    Action(("--make", "--yes", *CABLE), ("identify", "erase", "verify")),
    Action(("--make", "--yes", *CABLE), ("install", "start")),
    Action(("-e", *CABLE), ("archive", "erase")),
    Action(("-d", *CABLE), ("erase", "flash")),
    Action(FORCED, ("archive", "install", "settings")),
    Action(("-i", "--yes", *CABLE), ("identify", "start")),
    Action(("--restore", "lamp", *CABLE), ("archive", "start")),
    Action(("-b", *CABLE), ("archive",)),
    Action(("-b", *AIR), ("archive",)),
    Action(("--restore", "lamp", *AIR), ("archive",)),
    Action(("-o", "--force", *AIR), ("send", "restart", "confirm"), FORCED),
    Action(("--push", "--force", "--select", "name=lamp"), ("push",), FORCED),
    Action(("-o", "--back", *AIR), ("push",), FORCED),
    Action(("--push", "--back", "--select", "name=lamp"), ("push",), FORCED),
)
Case = tuple[Action, str, int | None]  # None: no signal, the cable is pulled
SIGNALLED = [(action, stage) for action in ACTIONS for stage in action.stages]
# Each is left by one of the signals, the destructive ones at some stages by a pulled cable, too.
CASES: list[Case] = [
    *((*it, number) for it, number in zip(SIGNALLED, [*TOLD] * len(SIGNALLED), strict=False)),
    *((ACTIONS[0], stage, None) for stage in ("identify", "erase", "verify")),
    *((ACTIONS[4], stage, None) for stage in ("archive", "install")),
]


def name_of(case: Case) -> str:
    action, stage, number = case
    return f"{''.join(action.words[:2])} {stage} {'cable' if number is None else number}"


def pulled(kit: Toolkit) -> None:
    """The cable is pulled: nobody plays the board any more."""
    os.kill(int((kit.home / "virtual" / "supervisor.lock").read_text()), signal.SIGKILL)


def interrupt(kit: Toolkit, case: Case, moment: float) -> bool:
    """Interrupt it in the middle of a stage; whether its flash was at stake by then."""
    action, stage, number = case
    with Running(kit.environment, *action.words, "--json") as it:
        it.until(f"  {stage} ")
        time.sleep(moment)
        happened = it.meanwhile(lambda: pulled(kit)) if number is None else it.send(number)
        code = it.end()
        assert "Traceback" not in it.said, it.said
        assert not it.left_behind()
        if not happened:
            assert code == 0, it.said
        elif number is None:
            assert code in (PortError.exit_code, FlashError.exit_code), it.said
            assert it.sentence.startswith("devToolKit: "), it.said
            assert "repeat the command" in it.sentence or "starts it" in it.sentence, it.said
        else:
            assert code == TOLD[number], it.said
            told = "devToolKit: interrupted; "
            assert it.sentence.startswith(told) or number == signal.SIGHUP, it.said
        print(f"{' '.join(action.words)}: {stage} + {moment:.2f} s: {code}, {it.sentence}")
        return "  erase " in it.said


@pytest.mark.parametrize("case", chosen(CASES, SLICE, SEED), ids=name_of)
def test_whatever_interrupts_a_command_the_node_is_whole_or_made_whole(
    lamp: Toolkit, case: Case
) -> None:
    known = password(lamp)
    if case[0].first:
        lamp.ok(*case[0].first)
    at_stake = interrupt(lamp, case, random.Random(f"{SEED} {case}").uniform(0, LONGEST))
    assert not half_written(lamp)
    assert password(lamp) == known
    if case[2] is None or at_stake:
        made = lamp.ok("--make", "--virtual", "--yes")
        assert made.startswith("hello:lamp:")
        assert password(lamp) == known
    assert eventually(lambda: serves(lamp), "the node to serve again")


def test_ctrl_c_again_and_again_leaves_no_node_at_rest(lamp: Toolkit) -> None:
    with Running(lamp.environment, "-b", "--virtual", "--json") as it:
        it.until("  archive ")
        assert it.send(signal.SIGINT)
        while it.process.poll() is None:
            it.process.send_signal(signal.SIGINT)
            time.sleep(0.02)
        assert it.end() in (130, -signal.SIGINT)
        assert "Traceback" not in it.said
    assert eventually(lambda: serves(lamp), "the node to serve again")

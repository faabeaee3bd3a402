"""The menu on a terminal, as somebody uses it who has never seen one."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.boards import engine  # noqa: F401 - a fixture
from tests.support.terminal import CTRL_C, CTRL_D, ENTER
from tests.support.toolkit import VERSION, Toolkit
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

DOWN, ESCAPE = "\x1b[B", "\x1b"
TALK = "Talk to lamp"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    """With one node, on a virtual board that is off."""
    kit = Toolkit(tmp_path_factory.mktemp("menu") / "user data", engine)
    kit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    kit.ok("--virtual", "--stop")
    yield kit
    kit("--virtual", "--stop")


@pytest.fixture
def nobody(tmp_path: Path, engine: Engine) -> Toolkit:
    """Without any board or node."""
    return Toolkit(tmp_path / "nothing", engine)


@pytest.mark.parametrize(
    ("leaves", "code"), [("q", 0), (ESCAPE, 0), (CTRL_D, 0), (CTRL_C, 130), ("", 143)]
)
def test_whoever_leaves_has_the_terminal_as_it_was(nobody: Toolkit, leaves: str, code: int) -> None:
    with nobody.terminal() as screen:
        screen.expect(">  1  Try it on a virtual board")
        screen.expect("that is: ./devToolKit.py --make --virtual")
        screen.type(leaves) if leaves else screen.process.send_signal(signal.SIGTERM)
        assert screen.end() == code
        assert screen.as_before
        assert "Try it" not in screen.text


def test_without_a_terminal_there_is_the_help(nobody: Toolkit) -> None:
    assert nobody.ok().startswith("usage: ./devToolKit.py")


def test_a_board_that_is_started_appears_by_itself_and_is_talked_to(
    kit: Toolkit, engine: Engine
) -> None:
    with kit.terminal() as screen:
        screen.expect(">  1  Start the virtual board esp32-1, which is lamp")
        fleet.start(kit.home / "virtual", engine, chip="esp32", name="esp32-1")
        screen.expect(f"on, {VERSION}")
        screen.answer(f">  1  {TALK}", "1")
        screen.expect("$ ./devToolKit.py -c -p '--dev lamp'")
        screen.say("lamp $", "version")
        screen.at("lamp $").type(CTRL_D + "q")  # which is not for the menu
        screen.expect("done: ./devToolKit.py -c -p '--dev lamp'")
        screen.expect("1 board, 1 node (1 on)")
        assert screen.text.count(TALK) == 1  # drawn anew, not once more
        fleet.stop(kit.home / "virtual")
        screen.expect("off, or not reached")
        screen.type("q")
        assert screen.end() == 0
        assert screen.as_before


def test_a_dumb_terminal_has_a_numbered_list_and_a_question(kit: Toolkit) -> None:
    with kit.terminal(TERM="dumb") as screen:
        screen.expect("what next (1 to 10;")
        assert "1  Start the virtual board esp32-1, which is lamp" in screen.text
        screen.type("11" + ENTER)
        screen.answer("expected a number from 1 to 10, r or q, got '11'", "9")
        screen.expect("exit codes:")
        screen.expect("done: ./devToolKit.py --help")
        screen.clear()
        screen.type("r" + ENTER)
        screen.answer("what next", "q")
        assert screen.end() == 0


@pytest.mark.parametrize("size", [(40, 10), (200, 60)])
def test_it_fits_on_a_terminal_without_colours(kit: Toolkit, size: tuple[int, int]) -> None:
    with kit.terminal(size=size, NO_COLOR="1") as screen:
        for title in ("Start", "Search", "Show how", "Watch", "Show the", "Show the", "Run a"):
            screen.expect(f"  {title}")
            screen.type(DOWN)
        screen.expect("q leaves")
        assert screen.colours == {"default"}
        screen.type("q")
        assert screen.end() == 0
        assert screen.as_before

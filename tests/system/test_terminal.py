"""The one command on a real terminal: it asks, shows its progress, and ends in the shell."""

from tests.support.boards import eventually
from tests.support.terminal import CTRL_C, CTRL_D, ENTER, TAB
from tests.support.toolkit import Toolkit


def test_a_person_is_asked_and_stands_in_the_shell(toolkit: Toolkit) -> None:
    command = ("--make", "--virtual")
    with toolkit.terminal(*command) as screen:
        screen.answer("profile [default]:", "no-such")
        screen.answer("there is no profile 'no-such'", "lamp")
        screen.answer("name of the node [node01]:", "two words")
        screen.answer("letters, digits, _ and -", "lamp")
        screen.answer("Wi-Fi network [virtual-wifi]:")
        screen.answer("its password [****]:")
        screen.expect("geo: place of the node")  # the profile leaves it open
        screen.type("moon" + ENTER)
        screen.answer("got 'moon'", "47.5,19.05")
        screen.answer("tz: time zone")
        screen.at("lamp $")
        screen.type("serv" + TAB)
        screen.answer("lamp $ servo", " angle 45")
        screen.expect("servo 1: 45")
        screen.at("lamp $")
        screen.type(CTRL_D)
        assert screen.end() == 0
    assert "virtual-wifi" not in screen.text.split("its password")[1].split("lamp $")[0]
    assert "servo" in toolkit.ok("-c", "-p", "--dev lamp help")


def test_over_the_cable_there_is_the_prompt_of_micropython_and_then_the_node_again(
    toolkit: Toolkit,
) -> None:
    toolkit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    said = toolkit.home / "said.txt"
    command = ("-u", "--virtual", "--transcript", str(said))
    with toolkit.terminal(*command) as screen:
        screen.expect(">>>")
        screen.type("print(6 * 7)" + ENTER)
        screen.answer("\n42", "appwd = 'a hidden word'")
        screen.type("import time" + ENTER)
        screen.type("while True: print(7 * 7); time.sleep(1)" + ENTER * 2)
        screen.expect("\n49")
        screen.type(CTRL_C)
        screen.expect("KeyboardInterrupt")
        screen.type(CTRL_D)
        assert screen.end() == 0
        assert "the board starts again" in screen.text
        assert screen.as_before
    told = said.read_text()
    assert " >>> print(6 * 7)\n  42\n" in told
    assert "\n  49\n" in told
    assert "hidden" not in told
    assert told.endswith("--- the board starts again\n")
    eventually(lambda: toolkit("-c", "-p", "--dev lamp hello").returncode == 0, "the node")


def test_ctrl_c_half_way_leaves_a_board_that_can_be_made_again(toolkit: Toolkit) -> None:
    command = ("--make", "--virtual", "--yes")
    for stage in ("erase", "install"):
        with toolkit.terminal(*command) as screen:
            screen.expect(f"  {stage}")
            screen.type(CTRL_C)
            assert screen.end() in (130, 0)
    assert toolkit.ok("--make", "--virtual", "--yes").startswith("hello:node01:")

"""What can be typed is learned from the node's own help."""

import pytest

from toolkit.model.vocabulary import (
    Candidate,
    Vocabulary,
    candidates,
    functions,
    hint,
    marked,
    read,
)

HELP = """\
[MICROS]
  hello             - name, hardware id and kind of this node
  help [module]     - this text, or all about one load module
  log [level]       - kept log lines
  reboot [-h]       - start the node anew
[CONF]
  conf              - enter config mode
    dump [part]     - settings whose name holds the part
    <key> <value>   - change it
    reset settings  - back to the defaults
  noconf            - leave config mode
[TASK]
  task list         - background tasks
  task show <tag>   - state and last result
  task kill <tag>   - end it
  <command> & [ms]  - once in the background
[EXEC]
  <module> <function> [arguments] [>json]
  servo             - Servo: up to two hobby servos
  system            - The node itself
  mine
"""
SERVO = """\
servo - Servo: up to two hobby servos
servo angle <degrees: float> [servo: int = 1] - Turn a servo
servo move <to: list> [path: str = 'a<b'] [steps = [1, 2]] [*more]
servo deinit - Let go
light on - not of this module
"""
OLD = """\
hello - default hello msg - identify device (SocketServer)
[CONF] Configure mode:
   configure|conf     - Enter conf mode
         Key          - Get value
         dump         - Dump all data
   noconfigure|noconf - Exit conf mod
[EXEC] Command mode:
   oled_128x64i2c
                 text
                 invert
   system
         memfree
"""


LAMP = """\
lamp set <on: bool> [mode: Literal['warm', 'cold'] = 'warm'] [ms: int = 0] - Switch it
lamp keep [cache: bool | None = None] - Whether the colour is kept
"""


@pytest.fixture
def known() -> Vocabulary:
    vocabulary = read(HELP).with_module("servo", SERVO).with_module("system", "system memfree")
    return vocabulary.with_settings("  devfid    :  hall\n  appwd     :  ***\n")


def texts(line: str, known: Vocabulary, configuring: bool = False) -> list[str]:
    return [one.text for one in candidates(line, known, configuring)]


def test_words_modules_functions_and_parameters_are_completed(known: Vocabulary) -> None:
    assert texts("he", known) == ["hello", "help"]
    assert texts("s", known) == ["servo", "system"]
    assert texts("help s", known) == ["servo", "system"]
    assert texts("task ", known) == ["kill", "list", "show"]
    assert texts("servo ", known) == ["angle", "deinit", "move"]
    assert texts("servo angle ", known) == ["degrees=", "servo="]
    assert texts("servo angle degrees=90 ", known) == ["servo="]
    assert texts("servo move ", known) == ["path=", "steps=", "to="]
    assert texts("servo nothing ", known) == []
    assert texts("   se", known) == ["servo"]
    assert "dump" not in texts("", known)
    assert "mine" in texts("", known)


def test_a_candidate_replaces_the_word_that_was_begun_and_tells_what_it_is(
    known: Vocabulary,
) -> None:
    assert candidates("servo an", known) == [Candidate("angle", 2, "Turn a servo")]


def test_config_mode_offers_settings(known: Vocabulary) -> None:
    assert texts("de", known, configuring=True) == ["devfid"]
    assert texts("dump a", known, configuring=True) == ["appwd"]
    assert texts("res", known, configuring=True) == ["reset"]
    assert texts("no", known, configuring=True) == ["noconf"]
    assert "servo" not in texts("", known, configuring=True)


def test_the_hint_is_the_usage_of_what_is_typed(known: Vocabulary) -> None:
    angle = "servo angle <degrees: float> [servo: int = 1] - Turn a servo"
    assert hint("servo angle 90", known) == angle
    assert hint("servo", known) == "servo - Servo: up to two hobby servos"
    assert hint("servo an", known) == "servo - Servo: up to two hobby servos"
    assert hint("task show x", known) == "task show <tag> - state and last result"
    assert hint("mine", known) == "mine"
    assert hint("", known) == ""
    assert hint("nonsense here", known) == ""


def test_the_help_of_an_older_node_is_read() -> None:
    known = read(OLD)
    assert texts("oled_128x64i2c ", known) == ["invert", "text"]
    assert texts("conf", known) == ["conf", "configure"]  # the first may be what is meant
    assert texts("no", known) == ["noconf", "noconfigure"]
    assert texts("du", known, configuring=True) == ["dump"]


@pytest.mark.parametrize("text", ["", "refused: no", "[" * 9999, "[EXEC]\n" * 999, "x\n" * 99999])
def test_a_strange_help_is_no_harm(text: str) -> None:
    known = read(text)
    assert len(known.words) + len(known.modules) < 500
    assert functions("servo", text) == {}


@pytest.fixture
def lamp() -> Vocabulary:
    return read("[EXEC]\n  lamp - A lamp\n").with_module("lamp", LAMP)


def test_values_are_offered_where_the_manual_tells_each_of_them(lamp: Vocabulary) -> None:
    assert texts("lamp keep ", lamp) == ["cache=False", "cache=True"]
    assert texts("lamp keep cache=", lamp) == ["cache=False", "cache=True"]
    assert texts("lamp set on=T", lamp) == ["on=True"]
    assert texts("lamp set mode=", lamp) == ["mode=cold", "mode=warm"]


def test_an_argument_that_was_given_by_its_place_is_not_offered_again(lamp: Vocabulary) -> None:
    assert texts("lamp set True ", lamp) == ["mode=cold", "mode=warm", "ms="]
    assert texts("lamp set True mode=cold ", lamp) == ["ms="]
    assert texts("lamp set True warm 5 ", lamp) == []


@pytest.mark.parametrize(
    ("line", "here"),
    [
        ("lamp set", ""),
        ("lamp set ", "on"),
        ("lamp set Tr", "on"),
        ("lamp set True ", "mode"),
        ("lamp set True ms=", "ms"),
        ("lamp set True warm 5 ", ""),
        ("lamp ", ""),
        ("", ""),
    ],
)
def test_the_argument_at_hand_is_marked_in_the_hint(lamp: Vocabulary, line: str, here: str) -> None:
    before, marked_, after = marked(line, lamp)
    assert marked_ == here
    assert before + marked_ + after == hint(line, lamp)

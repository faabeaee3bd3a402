"""Load modules that do something by themselves for a while, on a clock that only the test moves."""

import json
from itertools import pairwise

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.model.errors import ToolkitError
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)
LED, FIRST, SECOND, LASER = 2, 25, 33, 16  # pins of the board esp32


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    found.control.clock("frozen")

    def served():
        found.control.advance(500)
        try:
            return found.status()
        except ToolkitError:
            return None

    eventually(served, "the node")
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def told(node, line):
    return json.loads(node.say(line + " >json"))


def passing(node, ms, step):
    """Let time pass in steps."""
    for _ in range(0, ms, step):
        node.control.advance(step)
        yield


def levels(node, count):
    """The level of the LED every 100 ms."""
    return [node.control.pin(LED) for _ in passing(node, count * 100, 100)]


def test_a_pattern_is_blinked_until_it_is_stopped(node):
    said = node.say('heartbeat blink "100 200 300 400"')
    assert said == "heartbeat: started, 'heartbeat stop' ends it"
    node.control.advance(50)
    assert node.control.pin(LED) == 1
    assert levels(node, 20) == [0, 0, 1, 1, 1, 0, 0, 0, 0, 1] * 2
    assert told(node, "heartbeat status")["blinks"] == [100, 200, 300, 400]
    assert "pin builtin (2) is taken by heartbeat" in node.say("system heartbeat")
    assert node.say("heartbeat stop") == "heartbeat: stopped"
    assert levels(node, 10) == [0] * 10
    assert told(node, "system pinmap")["builtin"] == 2  # nobody's
    assert told(node, "heartbeat status") == {"blinks": "no"}


def test_two_patterns_in_one_breath_are_no_two_tasks(node):
    assert "started" in node.say("heartbeat blink", "heartbeat pulse", "heartbeat blink '100 100'")
    node.control.advance(150)
    assert set(levels(node, 4)) == {0, 1}
    node.say("heartbeat stop", "heartbeat blink '300 300'")
    node.control.advance(150)
    assert set(levels(node, 6)) == {0, 1}
    node.say("heartbeat stop")
    node.control.advance(200)


def test_a_newer_pattern_takes_over_at_once(node):
    node.say('heartbeat blink "60000 60000"')
    node.control.advance(1000)
    assert node.control.pin(LED) == 1
    node.say('heartbeat blink "100 100"')
    node.control.advance(150)
    assert set(levels(node, 4)) == {0, 1}
    assert node.say("task kill heartbeat") == "Kill: heartbeat|True"
    assert node.control.pin(LED) == 0


def test_an_led_that_shines_when_low_is_dark_in_between(node):
    node.say('heartbeat blink "100 900" True')
    node.control.advance(50)
    assert node.control.pin(LED) == 0
    assert levels(node, 5) == [1] * 5
    node.say("heartbeat stop")
    assert node.control.pin(LED) == 1
    node.say('heartbeat blink "100 900" False', "heartbeat stop")


def test_a_pulse_grows_bright_and_dark(node):
    node.say("heartbeat pulse 2000")
    shares = [(node.control.pwm(LED) or {"duty_u16": 0})["duty_u16"]
              for _ in passing(node, 2000, 50)]  # fmt: skip
    top = shares.index(max(shares))
    assert max(shares) == 65535
    assert 15 <= top <= 22
    assert shares[1 : top + 1] == sorted(shares[1 : top + 1])
    assert shares[top:38] == sorted(shares[top:38], reverse=True)
    node.say('heartbeat blink "100 100"')  # from PWM to a plain pin
    node.control.advance(150)
    assert set(levels(node, 4)) == {0, 1}
    node.say("heartbeat stop")
    assert not node.control.pwm(LED)


def degrees(node, pin):
    found = node.control.pwm(pin)
    return found and (found["duty_u16"] * 20000 / 65535 - 500) * 180 / 2000


def test_a_game_stays_in_its_area_and_stops_by_itself(node):
    node.say("catgame area 60 120 80 110")
    assert node.say("catgame play 10") == "catgame: plays for 10 s, 'catgame stop' ends it"
    places, lit = [], 0
    for _ in passing(node, 10000, 20):
        lit += node.control.pin(LASER)
        places.append((degrees(node, FIRST), degrees(node, SECOND)))
    assert lit > 450
    known = [place for place in places if None not in place]
    steps = [max(abs(a - b) for a, b in zip(*pair, strict=True))
             for pair in pairwise(known)]  # fmt: skip
    print(f"{len(set(known))} places, the largest step {max(steps):.2f} degrees")
    assert len(set(known)) > 20
    assert max(steps) <= 6.1  # two of its steps, where they fall into one of ours
    assert all(59.5 <= first <= 120.5 and 79.5 <= second <= 110.5 for first, second in known)
    node.control.advance(3000)
    assert node.control.pin(LASER) == 0
    assert not node.control.pwm(FIRST)
    assert told(node, "catgame status")["plays"] is False
    assert "(" not in str(told(node, "system pinmap")["simple_0"])


def test_a_game_is_stopped_and_only_one_is_played(node):
    node.say("catgame play 60")
    node.control.advance(2000)
    assert node.control.pin(LASER) == 1
    assert "a game is going on" in node.say("catgame play")
    assert "a game is going on" in node.say("catgame game")
    node.say("catgame stop &")
    node.control.advance(3000)
    assert node.control.pin(LASER) == 0
    assert "catgame: ended" in node.say("task show catgame.stop")
    node.say("catgame play 60")
    node.control.advance(1000)
    assert node.say("task kill catgame") == "Kill: catgame|True"
    assert node.control.pin(LASER) == 0
    assert not node.control.pwm(FIRST)


def test_a_game_of_v04_makes_its_moves_and_tells_so(node):
    node.say("catgame game repeat=2 delta=20 &")
    seen = set()
    for _ in passing(node, 8000, 100):
        seen.add(degrees(node, FIRST))
    assert "ended, 1 runs, last: Game action" in node.say("task show catgame.game")
    assert all(54.5 <= place <= 125.5 for place in seen if place is not None)
    assert node.say("catgame live_game 0") == "No action"


def test_a_servo_that_a_person_has_is_not_let_go_by_a_game(node):
    node.say("servo angle 30", "catgame play 60")
    node.control.advance(1000)
    node.say("catgame stop &")
    node.control.advance(3000)
    assert abs(degrees(node, FIRST) - 90) < 1
    assert node.control.pin(LASER) == 0
    node.say("servo deinit")


def test_a_game_that_lacks_a_pin_takes_none(node):
    node.say("switch on")
    assert node.say("catgame play") == "refused: pin simple_0 (16) is taken by switch"
    assert node.say("catgame game") == "refused: pin simple_0 (16) is taken by switch"
    assert told(node, "system pinmap")["pwm_4"] == 25
    node.say("switch off", "system module switch")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("heartbeat blink 100", "rhythm: expected on off …, 2 to 16, got 100"),
        ("heartbeat blink '100 x'", "rhythm: expected 10 to 60000 ms, got 'x'"),
        ("heartbeat pulse 10", "period: expected 800 to 60000 ms, got 10"),
        ("catgame play 1", "seconds: expected 5 to 900, got 1"),
        ("catgame area 0 200 0 10", "area: expected 0 to 180 degrees, got 200"),
        ("catgame area 20 10 0 10", "area: expected from below to, got [20, 10, 0, 10]"),
        ("catgame game 0", "repeat: expected 1 to 100, got 0"),
        ("catgame live_game 101", "chance: expected 0 to 100, got 101"),
    ],
)
def test_what_makes_no_sense_here_is_refused(node, line, said):
    assert node.say(line) == "refused: " + said


def test_nothing_here_was_a_fault(node):
    assert "Traceback" not in node.say("log error")

"""Load modules whose outputs are pulses that change over time: what their pins show, and when."""

import itertools
import json

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.model.errors import ToolkitError
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)
DIMMER, COLD, WARM, BUZZER = 14, 25, 33, 32
FULL = 65535


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    standing(found)
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def standing(node):
    """Have the time of the node stand still but for what is granted."""

    def served():
        node.control.advance(500)
        try:
            return node.status()
        except ToolkitError:
            return None

    node.control.clock("frozen")
    eventually(served, "the node")


def told(node, line):
    return json.loads(node.say(line + " >json"))


def duty(node, pin):
    """Return the share of its pulses, 0 where there are none any more."""
    return (node.control.pwm(pin) or {"duty_u16": 0})["duty_u16"]


def pass_by(node, milliseconds):
    for _ in range(milliseconds // 20):
        node.control.advance(20)


def test_a_dimmer_shows_its_value_at_once_or_step_by_step(node):
    assert told(node, "dimmer set_value 500") == {"value": 500, "on": True, "changing": False}
    assert duty(node, DIMMER) == 500 * FULL // 1000
    node.control.pulses(DIMMER)
    assert told(node, "dimmer set_value 1000 ms=1000")["changing"] is True
    pass_by(node, 1100)
    steps = node.control.pulses(DIMMER)
    duties = [share for _, _, share in steps]
    assert 40 <= len(steps) <= 60
    assert duties == sorted(duties)
    assert max(b - a for a, b in itertools.pairwise(duties)) < FULL // 20
    assert abs((steps[-1][0] - steps[0][0]) / 1000 - 1000) <= 25
    assert duty(node, DIMMER) == FULL
    assert told(node, "dimmer status")["changing"] is False


def test_the_newest_command_is_the_only_one(node):
    node.say("dimmer set_value 1000", "dimmer off ms=1000")
    pass_by(node, 500)
    half = duty(node, DIMMER)
    assert FULL * 4 // 10 < half < FULL * 6 // 10
    node.say("dimmer set_value 1000 ms=1000")
    node.control.pulses(DIMMER)
    pass_by(node, 600)
    duties = [share for _, _, share in node.control.pulses(DIMMER)]
    assert abs(duties[0] - half) < FULL // 20
    assert duties == sorted(duties)
    assert told(node, "dimmer set_value 100")["changing"] is False
    pass_by(node, 1000)
    assert duty(node, DIMMER) == 100 * FULL // 1000
    assert "dimmer" not in told(node, "task list")["active"]


def test_a_dimmer_that_is_killed_stays_where_it_is_and_one_that_is_unloaded_rests(node):
    node.say("dimmer set_value 1000", "dimmer off ms=2000")
    pass_by(node, 500)
    assert "True" in node.say("task kill dimmer")
    still = duty(node, DIMMER)
    pass_by(node, 200)
    assert duty(node, DIMMER) == still
    assert told(node, "dimmer on ms=2000")["changing"] is True
    pass_by(node, 100)
    assert node.say("system module dimmer") == "unloaded: dimmer"
    assert node.control.pwm(DIMMER) is None
    pass_by(node, 400)
    assert node.control.pwm(DIMMER) is None


def test_a_dimmer_remembers_and_its_earlier_names_answer(node):
    node.say("system module dimmer")
    assert told(node, "dimmer dimmer_cache_load_n_init") == {
        "value": 1000, "on": True, "changing": False
    }  # fmt: skip
    assert duty(node, DIMMER) == FULL
    node.say("dimmer set_value 300", "dimmer toggle")
    assert duty(node, DIMMER) == 0
    node.say("system module dimmer")
    assert told(node, "dimmer load") == {"value": 300, "on": False, "changing": False}
    node.say("dimmer toggle")
    assert duty(node, DIMMER) == 300 * FULL // 1000
    assert told(node, "dimmer set_value 0")["on"] is False
    assert "value: expected 0 to 1000, got 1001" in node.say("dimmer set_value 1001")
    assert "ms: expected 0 to 3600000, got -1" in node.say("dimmer set_value 5 -1")
    assert told(node, "dimmer status")["value"] == 300
    assert told(node, "dimmer pinmap") == {"dimmer_0": 14}


def test_two_whites_make_a_colour_temperature(node):
    """4000 K is 250 mireds; 6500 K is 153.8 and 2700 K 370.4: 55.6 % of the way to cold."""
    found = told(node, "cct temperature 4000")
    assert (found["c"], found["w"]) == (555, 445)
    assert abs(found["kelvin"] - 4000) <= 5
    assert (duty(node, COLD), duty(node, WARM)) == (555 * FULL // 1000, 445 * FULL // 1000)
    for kelvin, parts in ((6500, (1000, 0)), (2700, (0, 1000))):
        found = told(node, f"cct temperature {kelvin}")
        assert (found["c"], found["w"], found["kelvin"]) == (*parts, kelvin)
    node.say("cct leds 5000 3000")
    assert "kelvin: expected 3000 to 5000, got 2700" in node.say("cct temperature 2700")
    assert told(node, "cct temperature 5000")["c"] == 1000
    node.say("cct leds 6500 2700")


def test_two_whites_go_over_together(node):
    node.say("cct white 1000 0")
    assert told(node, "cct white 0 1000 ms=1000")["changing"] is True
    for _ in range(20):
        pass_by(node, 40)
        assert abs(duty(node, COLD) + duty(node, WARM) - FULL) <= 2
    pass_by(node, 300)
    assert (duty(node, COLD), duty(node, WARM)) == (0, FULL)
    node.say("cct brightness 10")
    assert duty(node, WARM) == FULL // 10
    node.say("cct off")
    assert duty(node, WARM) == 0
    node.say("system module cct", "cct load", "cct toggle")
    assert (duty(node, COLD), duty(node, WARM)) == (0, FULL // 10)
    node.say("cct brightness 100", "cct white c=200")
    assert (duty(node, COLD), duty(node, WARM)) == (200 * FULL // 1000, FULL)
    assert told(node, "cct white 0 0")["on"] is False
    assert "w: expected 0 to 1000, got 1001" in node.say("cct white 0 1001")
    for given in ("0", "None"):
        assert "1 to 100, got " + given in node.say("cct brightness " + given)
    assert "kelvin: expected 2700 to 6500, got None" in node.say("cct temperature None")
    assert "cold: expected 1000 to 20000, got None" in node.say("cct leds None 3000")
    assert told(node, "cct pinmap") == {"cold_0": 25, "warm_0": 33}
    node.say("cct off", "system module cct")


def heard(node):
    """What has sounded: frequency and ms of each tone, 0 Hz between them."""
    tones = []
    for now, frequency, share in node.control.pulses(BUZZER):
        tones.append((now // 1000, frequency if share else 0))
    merged = [tone for at, tone in enumerate(tones) if not at or tone[1] != tones[at - 1][1]]
    lasted = [later[0] - tone[0] for tone, later in itertools.pairwise(merged)]
    return [(hz, ms) for (_, hz), ms in zip(merged, lasted, strict=False) if hz or ms > 30]


def test_a_melody_is_played_in_its_pitch_and_its_time(node):
    """Equal temperament from 440 Hz: c4 is 261.6 Hz, f#4 370.0, bb4 466.2, c5 523.3."""
    node.say("buzzer load")
    node.control.pulses(BUZZER)
    assert told(node, 'buzzer play "c4 a4:1/2 -:2 f#4:2 bb4 c5"') == {"sounding": True}
    pass_by(node, 5000)
    found = heard(node)
    assert [hz for hz, _ in found] == [262, 440, 0, 370, 466, 523]
    for (_, ms), wanted in zip(found, (480, 230, 1020, 980, 480, 480), strict=True):
        assert abs(ms - wanted) <= 25
    assert told(node, "buzzer status") == {"sounding": False}
    assert duty(node, BUZZER) == 0


def test_a_tone_a_beep_and_silence(node):
    node.say("buzzer tone 1000 200")
    assert node.control.advance(20)
    assert node.control.pwm(BUZZER) == {"freq": 1000, "duty_u16": 32768}
    node.say("buzzer tone 2000 60000")
    pass_by(node, 400)
    assert node.control.pwm(BUZZER)["freq"] == 2000
    node.say("buzzer stop")
    assert duty(node, BUZZER) == 0
    pass_by(node, 100)
    node.control.pulses(BUZZER)
    node.say("buzzer beep 3")
    pass_by(node, 1000)
    assert [hz for hz, _ in heard(node)].count(880) == 3
    assert "buzzer" not in told(node, "task list")["active"]


@pytest.mark.parametrize("end", ["task kill buzzer", "system module buzzer"])
def test_a_buzzer_that_is_ended_is_silent(node, end):
    node.say("buzzer tone 700 60000")
    pass_by(node, 60)
    assert duty(node, BUZZER) == 32768
    node.say(end)
    pass_by(node, 60)
    assert duty(node, BUZZER) == 0


def test_what_cannot_sound_is_refused_before_anything_does(node):
    node.say("buzzer load")
    node.control.pulses(BUZZER)
    for line, sentence in (
        ("tone 19", "hz: expected 20 to 20000, got 19"),
        ("tone 440 5", "ms: expected 30 to 60000, got 5"),
        ("beep 0", "times: expected 1 to 100, got 0"),
        ("play ''", "notes: expected 1 to 120, got 0"),
        ("play c4 tempo=5", "tempo: expected 30 to 600, got 5"),
        *(
            (f"play 'c4 {note}'", f"notes: expected one like c4, f#5:2 or -:1/2, got '{note}'")
            for note in (
                "h4",
                "c",
                "c44",
                "#4",
                "4",
                "c4:x",
                "c4:0",
                "c4:1/0",
                "-:1/50",
                ":2",
                "c4:99999",
            )
        ),
    ):
        assert sentence in node.say("buzzer " + line), line
    assert not any(share for _, _, share in node.control.pulses(BUZZER))
    assert "fault" not in node.say("log error")


class Leaf(Node):
    """A node on the smallest chip."""

    def toolkit(self, *words):
        super().toolkit(*words, *(["--board", "esp8266"] if "--make" in words else []))

    def serving_text(self):
        """Return its status as text, once it answers."""
        try:
            return self.say("status")
        except ToolkitError:
            return ""


@pytest.fixture(scope="module")
def leaf(tmp_path_factory):
    found = Leaf(tmp_path_factory.mktemp("leaf"))
    found.control.strip(13, count=24)
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


@pytest.mark.parametrize(
    "lines",
    [
        {"neopixel rgb 9 9 9": "on: True", "neopixel rgb 1 2 3 ms=40": "changing: True"},
        {"neoeffects chase": "refused: n"},  # not enough memory, or it expected more
        {"dimmer set_value 500": "on: True", "dimmer set_value 200 ms=100": "changing: True"},
        {"cct temperature 4000 ms=100": "c: 555", "cct brightness 50": "brightness: 50"},
        {
            "buzzer play 'c4 d4'": "sounding: True",
            "buzzer tone 1500": "refused: hz: this chip has no pulses of 1500 Hz",
        },
    ],
    ids=lambda lines: next(iter(lines)).split()[0],
)
def test_the_smallest_chip_has_room_for_each_of_them(leaf, lines):
    leaf.control.press_reset()
    eventually(lambda: "time: ntp" in leaf.serving_text(), "the end of what takes memory")
    for line, word in lines.items():  # short of memory it says so: said again
        eventually(lambda line=line, word=word: word in leaf.say(line), line)
    if "neopixel" in line:
        eventually(lambda: leaf.control.strip(13)["colours"] == ["010203"] * 24, "the strip")
    assert not leaf.say("log error").startswith("fault")

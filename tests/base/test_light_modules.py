"""Load modules for lights and tones: a real node, and what its strip and its pulses show."""

import json

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)
STRIP = 23


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def told(node, line):
    return json.loads(node.say(line + " >json"))


def shown(node):
    return node.control.strip(STRIP)["colours"]


def fresh(node, *modules, **state):
    """Begin anew: modules without memory of what they did, and a dark strip."""
    for module in modules:
        node.say("system module " + module)
    node.control.strip(STRIP, count=None)
    node.control.strip(STRIP, **state)


def test_a_strip_shows_its_colour_on_each_light(node):
    fresh(node, count=5)
    assert told(node, "neopixel load 5")["count"] == 5
    assert shown(node) == ["000000"] * 5
    assert told(node, "neopixel rgb 1 2 3")["on"] is True
    assert shown(node) == ["010203"] * 5
    node.say("neopixel rgb g=200")
    assert shown(node) == ["01c803"] * 5
    node.say("neopixel segment 1 9 8 7", "neopixel segment 3 255 0 0 through=4")
    assert shown(node) == ["01c803", "090807", "01c803", "ff0000", "ff0000"]
    node.say("neopixel off")
    assert shown(node) == ["000000"] * 5
    node.say("neopixel toggle")
    assert shown(node)[1:4] == ["090807", "01c803", "ff0000"]
    node.say("neopixel brightness 50")
    assert shown(node) == ["006401", "040403", "006401", "7f0000", "7f0000"]
    assert told(node, "neopixel rgb 0 0 0")["on"] is False
    assert told(node, "neopixel pinmap") == {"neopixel_0": 23}


def test_the_names_of_the_first_release_answer(node):
    fresh(node, "neopixel", count=3)
    assert told(node, "neopixel neopixel_cache_load_n_init")["count"] == 5
    node.say("neopixel load 3", "neopixel brightness 100", "neopixel neopixel r=10 g=0 b=0")
    assert shown(node) == ["0a0000"] * 3
    node.say("neopixel off", "neopixel segment 2 0 0 9")
    assert shown(node) == ["000000", "000000", "000009"]


def test_lights_with_white_and_in_another_order(node):
    fresh(node, count=2, order="grbw")
    node.say("neopixel load 2 grbw", "neopixel rgb 1 2 3 4")
    assert shown(node) == ["01020304"] * 2
    fresh(node, count=2, order="rgb")
    node.say("neopixel load 2 rgb")
    assert shown(node) == ["010203"] * 2
    node.control.strip(STRIP, order="grb")
    node.say("neopixel on")
    assert shown(node) == ["020103"] * 2  # what a person sees who has told the wrong order
    node.say("neopixel load order=grb")


def test_a_strip_that_becomes_shorter_leaves_no_light_lit(node):
    fresh(node, count=6)
    node.say("neopixel load 6", "neopixel rgb 5 5 5", "neopixel load 2")
    assert shown(node) == ["050505"] * 2 + ["000000"] * 4


def test_a_strip_shorter_than_was_told_and_one_with_a_broken_light(node):
    fresh(node, count=4)
    node.say("neopixel load 6", "neopixel rgb 5 5 5")
    assert shown(node) == ["050505"] * 4
    assert node.control.strip(STRIP)["surplus"] == 2
    node.control.strip(STRIP, broken=2)
    node.say("neopixel rgb 7 7 7")
    assert shown(node) == ["070707"] * 2 + ["000000"] * 2
    assert told(node, "neopixel status")["on"] is True  # nobody hears a light that is broken


def test_what_makes_no_sense_is_refused(node):
    fresh(node, count=4)
    node.say("neopixel load 4")
    for line, sentence in (
        ("rgb 256", "r: expected 0 to 255, got 256"),
        ("rgb w=x", "w: expected 0 to 255, got 'x'"),
        ("rgb 1 1 1 ms=-1", "ms: expected 0 to 3600000, got -1"),
        ("segment 4 1 1 1", "s: expected 0 to 3, got 4"),
        ("segment 2 1 1 1 through=1", "through: expected 2 to 3, got 1"),
        ("brightness 0", "percent: expected 1 to 100, got 0"),
        ("brightness None", "percent: expected 1 to 100, got None"),
        ("segment 0 None 0 0", "r: expected 0 to 255, got None"),
        ("segment None 0 0 0", "s: expected 0 to 3, got None"),
        ("off None", "ms: expected 0 to 3600000, got None"),
        ("load 301", "count: expected 1 to 300, got 301"),
        ("load 3 rbb", "order: expected the letters of rgb or rgbw, got 'rbb'"),
    ):
        assert sentence in node.say("neopixel " + line)
    assert told(node, "neopixel status")["count"] == 4


def test_a_strip_shows_again_what_it_showed_before_a_restart(node):
    fresh(node, count=3)
    node.say("neopixel load 3 grb", "neopixel rgb 40 50 60", "neopixel brightness 50")
    node.restart()
    assert shown(node) == ["14191e"] * 3  # its lights had power all the time
    node.control.power_cycle()
    node.serving()
    assert shown(node) == ["000000"] * 3
    node.say("neopixel load")
    assert shown(node) == ["14191e"] * 3
    node.say("neopixel brightness 100")


def standing(node):
    """Have the time of the node stand still but for what is granted."""

    def served():
        node.control.advance(500)
        return node.control.state()["station"] and "neopixel" in node.say("help neopixel")

    node.control.clock("frozen")
    eventually(served, "the node")


def pass_by(node, milliseconds):
    for _ in range(milliseconds // 20):
        node.control.advance(20)


def test_a_colour_goes_over_into_another_step_by_step(node):
    standing(node)
    fresh(node, count=3)
    node.say("neopixel load 3", "neopixel brightness 100", "neopixel rgb 0 200 0")
    assert told(node, "neopixel rgb 200 0 0 ms=1000")["changing"] is True
    seen = set()
    for _ in range(25):
        pass_by(node, 40)
        seen.add(shown(node)[0])
    red = sorted(int(colour[:2], 16) for colour in seen)
    assert len(seen) > 20
    assert red[0] < 20
    assert all(abs(int(it[:2], 16) + int(it[2:4], 16) - 200) <= 1 for it in seen)
    pass_by(node, 60)
    assert shown(node) == ["c80000"] * 3
    assert told(node, "neopixel status")["changing"] is False


def test_a_newer_command_takes_over_from_where_the_lights_are(node):
    node.say("neopixel rgb 0 0 200 ms=1000")
    pass_by(node, 500)
    half = int(shown(node)[0][:2], 16)
    assert 80 < half < 120
    node.say("neopixel off ms=1000")
    pass_by(node, 60)
    assert half - 30 < int(shown(node)[0][:2], 16) <= half
    node.say("neopixel rgb 1 2 3")
    assert shown(node) == ["010203"] * 3
    pass_by(node, 1200)
    assert shown(node) == ["010203"] * 3
    assert "neopixel" not in told(node, "task list")["active"]


def test_effects_run_until_the_next_command(node):
    node.say("neopixel load 6", "neopixel rgb 200 100 0")
    node.control.strip(STRIP, count=6)
    pictures = {}
    for effect in ("rainbow", "fade", "chase", "meteor", "shader"):
        assert told(node, "neoeffects " + effect)["changing"] is True
        pictures[effect] = []
        for _ in range(30):
            pass_by(node, 100)
            pictures[effect].append(tuple(shown(node)))
    assert all(len(set(seen)) > 2 for seen in pictures.values())
    chased = {"c86400", "000000"}
    assert all(set(seen) == chased and seen.count("c86400") == 2 for seen in pictures["chase"])
    assert all(len(set(seen)) == 6 for seen in pictures["rainbow"])
    assert all(len(set(seen)) == 1 for seen in pictures["fade"])
    assert max(seen.count("c86400") for seen in pictures["meteor"]) == 1
    for given in ("5", "None"):
        assert f"20 to 60000, got {given}" in node.say("neoeffects rainbow " + given)
    node.say("neoeffects stop")
    assert shown(node) == ["c86400"] * 6
    pass_by(node, 300)
    assert shown(node) == ["c86400"] * 6
    assert "neopixel" not in told(node, "task list")["active"]


def test_an_effect_that_is_killed_or_unloaded_leaves_the_strip_alone(node):
    node.say("neoeffects rainbow")
    pass_by(node, 100)
    assert "True" in node.say("task kill neopixel")
    still = shown(node)
    pass_by(node, 200)
    assert shown(node) == still
    node.say("neoeffects rainbow")
    pass_by(node, 100)
    node.say("system module neoeffects", "system module neopixel")
    pass_by(node, 40)
    still = shown(node)
    pass_by(node, 200)
    assert shown(node) == still
    assert "neopixel" not in told(node, "task list")["active"]
    assert "fault" not in node.say("log error")

# ruff: noqa: UP031, F401 - the dialect of MicroPython
"""The file of levels at power-on: what the settings and the last levels make of it."""

import json
import sys
from binascii import crc32

INTERPRETERS = ("micropython",)

if sys.implementation.name == "micropython":
    import boards.esp32  # while the host's files are there
    import core.health
    import core.pinout
    import core.pins
    from bench import Board, get
    from core import outputs, problem, settle
    from fakes import Log, Settings


class Node:
    """As much of a node as the outputs need."""

    board = "esp32"
    boot_reason = "power-on"
    trial = None
    recorded = 0
    LEAF = False

    def __init__(self, **settings):
        found = {"poweron": "n/a", "resetpin": "n/a", "cstmpmap": "n/a", "powercycles": 0}
        found.update(wdt=False, **settings)
        self.config = Settings(**found)
        self.log = Log()
        self.problems = []
        self.record = {"seq": 1, "run": "a", "trial": None, "wdt": 0}
        self.writes = self.loads = 0
        self.port = self

    def slots(self, work, *arguments):
        self.loads += 1
        if work == "found":
            return self.record
        if work == "write":
            self.record = arguments[0]
            self.writes += 1
            return None
        return content()

    def watchdog(self):
        return "armed"


def full(path, mode):
    raise OSError(28)


def content():
    text = get("/poweron")
    if text is None:
        return None
    assert len(text) <= 128
    assert int(text[:8], 16) == crc32(text[8:])
    return json.loads(text[8:])


def noted(levels=(), **settings):
    node = Node(**settings)
    outputs.note(node, levels)
    assert node.log.entries == []
    return content()


def test_each_state_says_what_a_pin_is_at_power_on_and_in_safe_mode():
    with Board():
        assert noted() is None
        states = "simple_0:on; 4:off; 5: last ;18:safelast"
        assert noted(poweron=states)["pins"] == [[4, 0, 0], [5, 0, 0], [16, 1, 1], [18, 0, 0]]
        levels = {16: 0, 4: 1, 5: 1, 18: 1, 99: 1}
        found = noted(levels, poweron=states)["pins"]
        assert found == [[4, 0, 0], [5, 1, 1], [16, 1, 1], [18, 1, 0]]
        assert noted({5: 0}, poweron=states)["pins"][1] == [5, 0, 0]
        assert noted(poweron=states)["pins"][3] == [18, 1, 0]
        assert noted() == {}


def test_the_reset_pin_is_known_by_name_or_number():
    with Board():
        assert noted(resetpin="0") == {"reset": 0}
        assert noted(resetpin="simple_0") == {"reset": 16}


def test_nothing_is_written_where_nothing_has_changed():
    with Board() as board:
        noted({5: 1}, poweron="5:last")
        board.flash.writes = 0
        noted({5: 1, 4: 1}, poweron="5:last")
        noted(poweron="5:last")
        assert board.flash.writes == 0


def test_a_setting_that_means_nothing_is_logged_and_the_old_levels_stay():
    with Board():
        before = noted(poweron="4:on")
        many = ";".join(["%d:on" % pin for pin in (0, 1, 2, 3, 4, 5, 12, 13, 14)])
        for wrong in ("4:maybe", "nosuch:on", "4", "34:on", "99:on", many):
            node = Node(poweron=wrong)
            for _ in range(3):
                outputs.note(node)
            assert len(node.log.entries) == 1
            assert node.problems == node.log.entries
            assert content() == before


def test_eight_outputs_and_a_reset_pin_are_what_the_file_has_room_for():
    with Board():
        states = ";".join(["%d:on" % pin for pin in (12, 13, 14, 15, 16, 17, 18, 19)])
        assert len(noted(poweron=states, resetpin="33")["pins"]) == 8


def test_after_three_seconds_the_watchdog_is_armed_and_the_record_says_so():
    with Board():
        for wanted, armed, writes in ((True, "armed", 1), (False, None, 0)):
            node, chosen = Node(), [None, None]
            node.config.values["wdt"] = wanted
            settle.at(node, 3, chosen)
            settle.at(node, 10, chosen)
            assert chosen[0] == armed
            assert node.writes == writes
            assert node.record["wdt"] == int(wanted)
            loads = node.loads
            settle.settle(node)
            assert [node.writes, node.loads] == [writes, loads]
            assert (loads > 0) == wanted  # what is there already costs no memory


def test_the_record_says_nothing_of_the_watchdog_of_a_leaf_which_the_node_alone_sets():
    with Board():
        node, chosen = Node(), [None, None]
        node.LEAF = True
        node.config.values["wdt"] = True
        settle.at(node, 3, chosen)
        assert [chosen[0], node.loads] == ["armed", 0]


def test_during_a_trial_the_record_is_left_alone():
    with Board():
        node = Node()
        node.record["trial"] = "b"
        node.config.values["wdt"] = True
        settle.settle(node)
        assert node.writes == 0


def test_short_power_ons_in_a_row_are_counted_only_where_asked_for():
    with Board() as board:
        node = Node(powercycles=6)
        for count in range(1, 8):
            settle.at(node, 3, [True, None])
            assert settle.cycles() == count
        settle.at(node, 10, [True, None])
        assert settle.cycles() == 0
        node.boot_reason = "watchdog"
        settle.at(node, 3, [True, None])
        assert settle.cycles() == 0
        settle.open = full
        try:
            node.boot_reason = "power-on"
            settle.at(node, 3, [True, None])
        finally:
            del settle.open
        assert "cannot be counted" in node.log.entries[0]
        board.flash.writes = 0
        settle.at(Node(), 3, [True, None])
        settle.at(Node(), 10, [True, None])
        assert board.flash.writes == 0

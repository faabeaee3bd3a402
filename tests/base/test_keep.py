# ruff: noqa: PT017 - the dialect of MicroPython
"""What load modules want to find again, and how rarely it is written."""

import sys

from core import keep, outputs
from core import kept as keeping
from core.errors import CommandError
from core.store import load
from fakes import Log, folder, read, write


class Outputs:
    """Stands in for core.outputs: what it was told."""

    def __getattr__(self, name):
        return getattr(outputs, name)  # what others ask of it, who find it here

    def __init__(self):
        self.told = []

    def note(self, node, levels):
        self.told.append(levels)


class Settings:
    def get(self, name):
        return "simple_0:last" if name == "poweron" else "n/a"


class Node:
    """A clock, a log and a board with pins."""

    board = "esp32"
    trial = None

    def __init__(self):
        self.seconds = 0
        self.remembered = b""
        self.clock = self
        self.log = Log()
        self.config = Settings()
        self.kept = None
        self.outputs = sys.modules["core.outputs"] = Outputs()

    def uptime(self):
        return self.seconds

    def memory(self, data=None):
        """What outlives a reset."""
        if data is None:
            return self.remembered
        self.remembered = data
        return None

    def pass_seconds(self, seconds):
        """Let time pass as node.py does; return how often it was written."""
        writes = 0
        for _ in range(seconds):
            self.seconds += 1
            if 0 < self.kept.due <= self.seconds:
                keeping.save(self)
                writes += 1
        return writes


def node(place=None):
    found = Node()
    keeping.begin(found, place or folder() + "/kept.json")
    return found


def test_what_could_not_be_read_for_want_of_memory_is_read_the_next_time():
    found = node()
    found.remembered = RECORD
    keep.keep(found, "lamp", {"on": True}, None)
    after, place = Node(), found.kept.path
    after.remembered = found.remembered
    remember, after.memory = after.memory, full
    try:
        keeping.begin(after, place)
        raise AssertionError("there was memory")
    except MemoryError:
        assert after.kept is None
    after.memory = remember
    keeping.begin(after, place)
    assert keep.keep(after, "lamp", None, None) == {"on": True}


def full():
    raise MemoryError


def restarted(before):
    return node(before.kept.path)


def test_nothing_kept_is_an_empty_dictionary_and_no_problem():
    found = node()
    assert keep.keep(found, "lamp", None, None) == {}
    assert found.kept.problem is None
    assert found.kept.due == 0


def test_it_is_written_ten_seconds_after_the_last_change_and_found_again():
    found = node()
    for level in range(5):
        assert keep.keep(found, "lamp", {"level": level}, None) == {"level": level}
        assert found.pass_seconds(9) == 0
    assert keep.keep(restarted(found), "lamp", None, None) == {}
    assert found.pass_seconds(1) == 1
    assert keep.keep(restarted(found), "lamp", None, None) == {"level": 4}
    assert found.pass_seconds(1000) == 0


def test_the_same_again_is_not_written_again():
    found = node()
    keep.keep(found, "lamp", {"level": 1, "list": (1, 2)}, None)
    assert found.pass_seconds(100) == 1
    keep.keep(found, "lamp", {"level": 1, "list": [1, 2]}, None)
    assert found.pass_seconds(100) == 0
    found = restarted(found)
    keep.keep(found, "lamp", {"list": [1, 2], "level": 1}, None)
    assert found.pass_seconds(100) == 0


def test_it_is_written_once_a_minute_at_most():
    found = node()
    writes = 0
    for level in range(100):
        keep.keep(found, "lamp", {"level": level}, None)
        writes += found.pass_seconds(12)
    assert 18 <= writes <= 20


def test_it_is_written_500_times_a_day_at_most():
    found = node()
    days = [0, 0, 0]
    for minute in range(2880):
        keep.keep(found, "lamp", {"at": minute}, None)
        for _ in range(60):
            wrote = found.pass_seconds(1)
            days[found.seconds // 86400] += wrote
    assert days[:2] == [500, 500]
    keeping.save(found)  # as before a planned restart: whatever the day's writes
    assert keep.keep(restarted(found), "lamp", None, None) == {"at": 2879}


def test_what_is_kept_is_a_copy():
    found = node()
    values = {"colour": [1, 2, 3]}
    keep.keep(found, "lamp", values, None)
    values["colour"][0] = 9
    assert keep.keep(found, "lamp", None, None) == {"colour": [1, 2, 3]}
    keep.keep(found, "lamp", None, None)["colour"][0] = 8
    assert keep.keep(found, "lamp", None, None) == {"colour": [1, 2, 3]}
    found.pass_seconds(100)
    keep.keep(found, "lamp", values, None)
    assert found.pass_seconds(100) == 1


def test_owners_do_not_see_each_other():
    found = node()
    keep.keep(found, "lamp", {"on": True}, None)
    keep.keep(found, "relay", {"on": False}, None)
    found.pass_seconds(10)
    found = restarted(found)
    assert keep.keep(found, "lamp", None, None) == {"on": True}
    assert keep.keep(found, "relay", None, None) == {"on": False}


def test_it_is_bounded():
    found = node()
    keep.keep(found, "lamp", {"x": "x" * 500}, None)
    try:
        keep.keep(found, "other", {"x": "x" * 600}, None)
    except CommandError as error:
        assert "1024 bytes" in str(error)
    else:
        raise AssertionError("kept")
    assert keep.keep(found, "other", None, None) == {}
    found.pass_seconds(10)
    assert list(load(found.kept.path)[0]) == ["lamp"]


def test_levels_of_pins_are_told_by_number_when_it_is_written():
    found = node()
    keep.keep(found, "relay", {"on": True}, {"simple_0": 1})
    keep.keep(found, "lamp", {"on": True}, {"pwm_0": 1, "pwm_1": 0})
    assert found.outputs.told == []
    found.pass_seconds(10)
    assert found.outputs.told == [{16: 1, 14: 1, 13: 0}]
    keep.keep(found, "lamp", {"on": False}, {"pwm_0": 0})
    found.pass_seconds(100)
    assert found.outputs.told[1:] == [{14: 0}]


def test_what_cannot_be_written_is_a_problem_told_once_and_tried_again():
    found = node()
    place = found.kept.path
    found.kept.path = place + "/nowhere/x"
    keep.keep(found, "lamp", {"on": True}, {"pwm_0": 1})
    assert found.pass_seconds(200) == 4
    assert len(found.log.entries) == 1
    assert found.kept.problem.startswith("not saved")
    found.kept.path = place
    assert found.pass_seconds(60) == 1
    assert found.kept.problem is None
    assert found.outputs.told == [{14: 1}]
    assert keep.keep(restarted(found), "lamp", None, None) == {"on": True}


class NoMemory:
    """A store that finds no memory."""

    def write(self, path, content):
        raise MemoryError


def test_where_memory_is_short_it_is_tried_again():
    found = node()
    keep.keep(found, "lamp", {"on": True}, None)
    before = sys.modules.get("core.store")
    sys.modules["core.store"] = NoMemory()
    try:
        assert found.pass_seconds(70) == 2
    finally:
        del sys.modules["core.store"]
        if before:
            sys.modules["core.store"] = before
    assert found.kept.problem.startswith("not saved")
    assert found.pass_seconds(60) == 1
    assert found.kept.problem is None
    assert keep.keep(restarted(found), "lamp", None, None) == {"on": True}


RECORD = bytes(range(48))


def test_where_memory_outlives_a_reset_nothing_is_lost_before_it_is_written():
    found = node()
    found.remembered = RECORD
    for level in (1, 2):
        keep.keep(found, "lamp", {"level": level}, None)
    later = Node()
    later.remembered = found.remembered + b"rubbish"  # a region is as long as it is
    keeping.begin(later, found.kept.path)
    assert found.remembered[:48] == RECORD
    assert keep.keep(later, "lamp", None, None) == {"level": 2}
    keep.keep(later, "lamp", {"level": 2}, {"pwm_0": 1})  # its module shows it again
    assert later.pass_seconds(10) == 1
    assert later.outputs.told == [{14: 1}]
    assert load(found.kept.path)[0] == {"lamp": {"level": 2}}
    again = Node()
    again.remembered = later.remembered
    keeping.begin(again, found.kept.path)
    assert again.kept.due == 0


def test_what_outlived_a_reset_is_read_as_garbage():
    found = node()
    found.remembered = RECORD
    keep.keep(found, "lamp", {"level": 1}, None)
    whole = found.remembered
    for index in range(48, len(whole)):
        for damaged in (
            whole[:index],
            whole[:index] + bytes([whole[index] ^ 1]) + whole[index + 1 :],
        ):
            later = Node()
            later.remembered = damaged
            keeping.begin(later, found.kept.path)
            assert later.kept.values in ({}, {"lamp": {"level": 1}})
    for garbage in (b"", bytes(48), bytes(2048), b"\xff" * 2048, bytes(range(256)) * 4):
        later = Node()
        later.remembered = garbage
        keeping.begin(later, found.kept.path)
        assert later.kept.values == {}


def test_a_short_memory_is_left_alone_and_a_long_state_not_put_into_it():
    found = node()
    found.remembered = RECORD[:16]
    keep.keep(found, "lamp", {"level": 1}, None)
    assert found.remembered == RECORD[:16]
    found.remembered = RECORD
    keep.keep(found, "lamp", {"level": 2}, None)
    keep.keep(found, "lamp", {"level": "x" * 300}, None)
    later = Node()
    later.remembered = found.remembered
    keeping.begin(later, found.kept.path)
    assert later.kept.values == {}  # not what was kept before, either


def test_a_damaged_file_is_nothing_kept_and_is_reported():
    found = node()
    keep.keep(found, "lamp", {"level": 1}, None)
    found.pass_seconds(100)
    whole = read(found.kept.path)
    write(found.kept.path, whole[:-20])
    later = restarted(found)
    assert keep.keep(later, "lamp", None, None) == {}
    assert "damaged" in later.kept.problem
    keep.keep(later, "lamp", {"level": 3}, None)
    later.pass_seconds(10)
    assert later.kept.problem is None
    assert keep.keep(restarted(later), "lamp", None, None) == {"level": 3}

# ruff: noqa: F401, PT018, UP031, SIM105 - the dialect of MicroPython
"""What is kept of starts that failed, and the load modules that are held for it."""

import sys

INTERPRETERS = ("micropython",)

if sys.implementation.name == "micropython":
    import os

    import core.behind
    import core.executor
    import core.held  # while the host's files are there
    import core.manual
    import core.nearby
    import core.survivor
    from bench import Board, get, put
    from core import crash, held
    from core.errors import CommandError
    from fakes import Log

TRACE = """free 50000, largest block over 32768
Traceback (most recent call last):
  File "main.py", line 44, in <module>
  File "LM_outer.py", line 3, in call
  File "LM_lamp.py", line 7, in on
ValueError: too bright
"""


class Memory:
    """What outlives a reset."""

    data = b""

    def __call__(self, data=None):
        if data is None:
            return self.data
        self.data = data
        return None


class Node:
    """As much of a node as its crash record needs."""

    boot_reason = "watchdog"
    slot = "/a"

    def __init__(self, running=b"", number=1, stage="running"):
        self.ended = number, stage, running
        self.log = Log()
        self.memory = Memory()
        record = core.survivor.record_of(self)
        record.failures = 2
        record.keep()

    def failures(self):
        return core.survivor.record_of(self).failures


def recorded(running=b"", trace=None, number=1):
    if trace:
        put("/crash", trace)
    node = Node(running, number)
    crash.record(node)
    assert get("/crash") is None
    return node


def refusal(work, *arguments):
    try:
        work(*arguments)
    except CommandError as refused:
        return str(refused)
    return None


def test_a_reset_is_told_with_number_cause_stage_and_command():
    with Board():
        node = recorded(b"lamp on")
        told = "start 1 ended by watchdog, stage running, command 'lamp on'"
        assert crash.lines() == [told]
        assert node.log.entries == [told + "\n"]


def test_the_last_four_are_kept():
    with Board():
        assert crash.lines() == ["no start has failed"]
        for number in range(7):
            recorded(b"", None, number)
        lines = [line for line in crash.lines() if line]
        assert [line[:8] for line in lines] == ["start %d " % number for number in range(3, 7)]


def test_the_traceback_goes_into_the_record_and_names_its_last_module():
    with Board():
        put("/modules/LM_lamp.py", "x")
        recorded(b"other call", TRACE)
        lines = crash.lines()
        assert lines[1].startswith("module lamp ") and "ValueError: too bright" in lines
        assert get("/held") is None


def test_a_traceback_without_a_module_blames_nobody():
    with Board():
        put("/modules/LM_other.py", "x")
        for _ in range(3):
            recorded(b"other call", TRACE.replace("LM_", ""))
        assert get("/held") is None


def test_named_twice_it_is_held_and_brings_no_safe_mode():
    with Board():
        put("/modules/LM_lamp.mpy", "x")
        assert recorded(b"lamp on").failures() == 2
        assert refusal(held.refuse, "lamp") is None
        recorded(b"")  # something else in between
        assert recorded(b"lamp off").failures() == 0
        assert "'task free lamp' lets it go" in refusal(held.refuse, "lamp")
        assert refusal(held.refuse, "other") is None


def test_what_was_called_before_the_firmware_died_is_told_but_not_blamed():
    with Board():
        put("/modules/LM_lamp.py", "x")
        for _ in range(3):
            node = Node(b"lamp on")
            node.boot_reason = "reset"
            crash.record(node)
        assert "command 'lamp on'" in crash.lines()[0]
        assert get("/held") is None


def test_one_that_does_not_exist_is_not_held():
    with Board():
        for _ in range(3):
            recorded(b"nosuch call")
            recorded(b"- network")
        assert get("/held") is None


def test_a_new_release_lets_its_own_modules_go():
    with Board():
        before = sys.path[:]
        try:
            sys.path.insert(0, "/a")
            put("/a/modules/LM_lamp.mpy", "old")
            recorded(b"lamp on")
            recorded(b"lamp on")
            assert refusal(held.refuse, "lamp") is not None
            sys.path[0] = "/b"
            put("/b/modules/LM_lamp.mpy", "mended")
            assert refusal(held.refuse, "lamp") is None
        finally:
            sys.path[:] = before


def test_a_new_file_lets_it_go():
    with Board():
        for content, refused in (("x", True), ("y", False), ("x", True)):
            put("/modules/LM_lamp.py", content)
            if content == "x" and get("/held") is None:
                recorded(b"lamp on")
                recorded(b"lamp on")
            assert (refusal(held.refuse, "lamp") is not None) == refused
            assert ("no longer held lamp" in "\n".join(crash.lines())) != refused


def called():
    """What the record calls modules that were or are held."""
    return [
        line[: line.index(" ", line.index("held") + 5)] for line in crash.lines() if "held" in line
    ]


def test_task_free_lets_it_go_and_two_more_are_needed():
    with Board():
        put("/modules/LM_lamp.py", "x")
        put("/modules/LM_fan.py", "x")
        for name in (b"lamp on", b"lamp on", b"fan on", b"fan on"):
            recorded(name)
        assert refusal(held.free, "other") == "expected a module that is held, got 'other'"
        assert called() == ["held lamp", "held lamp", "held fan", "held fan"]
        assert held.free("lamp") == "free: lamp"
        assert called() == ["no longer held lamp"] * 2 + ["held fan"] * 2
        assert refusal(held.refuse, "lamp") is None
        assert refusal(held.refuse, "fan")
        recorded(b"lamp on")
        assert refusal(held.refuse, "lamp") is None
        recorded(b"lamp on")
        assert refusal(held.refuse, "lamp")


def test_a_command_is_found_again_by_its_hash():
    with Board():
        put("/a/manual.tsv", "fan\ton\t[]\tx\nlamp\toff\t[]\tx\nlamp\ton\t[]\tx\n")
        put("/modules/LM_own.py", "x")
        for name, told in (
            ("lamp on", "lamp on"),
            ("fan on", "fan on"),
            ("own thing", "own ?"),
            ("gone thing", "?"),
        ):
            kept = b"\0" + b"".join([crash.hashed(word) for word in name.split()])
            assert crash.spelled(Node(), kept) == told


def test_garbage_in_the_files_is_survived():
    for garbage in (b"\xff" * 300, b"\x1e" * 20, b"module lamp", b""):
        with Board():
            put("/modules/LM_lamp.py", "x")
            for path in ("/crashes", "/held", "/crash"):
                put(path, garbage)
            for _ in range(2):
                crash.record(Node(b"lamp on"))
            assert crash.lines()
            refusal(held.refuse, "lamp")


def test_a_full_flash_is_no_reason_to_fail():
    with Board(blocks=8):
        put("/modules/LM_lamp.py", "x")
        try:
            put("/fill", b"x" * 40000)
        except OSError:
            pass
        for _ in range(3):
            crash.record(Node(b"lamp on"))

# ruff: noqa: UP031, SIM105, SIM401, PT018, RUF005 - the dialect of MicroPython
"""main.py against the table of what happens at power-on, on a real LittleFS."""

import sys

INTERPRETERS = ("micropython",)

if sys.implementation.name == "micropython":
    import hashlib
    import json
    import os
    from binascii import crc32, hexlify

    from bench import Board, PowerCut, forget, get, put

HALF = "/host" + __file__[: __file__.rindex("/tests/")] + "/micros"
ROOT = ("/boot.py", "/main.py", "/slots.py")
RECORD = {
    "seq": 1,
    "run": "a",
    "trial": None,
    "tries": 0,
    "failed": None,
    "back": [],
    "auto": 0,
    "wdt": 0,
}
LEAVE = "raise KeyboardInterrupt"


class Reset(BaseException):
    """The board was reset."""


class Machine:
    """The firmware's machine module, as far as power-on needs it."""

    def __init__(self):
        self.events = []
        # what is imported by name must be an attribute of the object itself
        self.reset, self.WDT, self.Timer = self._reset, self._watchdog, Timers(self)
        self.RTC, self.Pin, self.pressed = Rtc, Pins(self), 0
        self.PWRON_RESET, self.cause = 1, 1
        self.reset_cause = lambda: self.cause

    def _reset(self):
        self.events.append("reset")
        raise Reset

    def _watchdog(self, timeout=None):
        self.events.append("wdt %s" % timeout)
        return self

    def feed(self):
        self.events.append("feed")


class Pins:
    """Its pins, all of them one: pressed for so many looks."""

    OUT, IN, PULL_UP = "out", "in", "up"

    def __init__(self, machine):
        self.machine = machine

    def __call__(self, number, mode, pull="", value=""):
        if number > 40:
            raise ValueError("invalid pin")
        self.machine.events.append("pin %d %s%s%s" % (number, mode, pull, value))
        return self

    def value(self):
        self.machine.pressed -= 1
        return int(self.machine.pressed < 0)


class Rtc:
    """Its clock, with memory that outlives a reset."""

    kept = b""

    def memory(self, data=None):
        if data is None:
            return Rtc.kept
        Rtc.kept = data
        return None


class Timers:
    """Its timers, all of them one."""

    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, machine):
        self.machine = machine

    def __call__(self, _):
        return self

    def init(self, mode, period, callback):
        self.machine.events.append("timer %d" % period)
        self.machine.callback = callback

    def deinit(self):
        self.machine.events.append("timer off")


class Time:
    """The firmware's time module: nothing waits."""

    def sleep(self, seconds):
        pass

    sleep_ms = sleep


def record(**changes):
    return dict(RECORD, **changes)


def put_record(path, content):
    text = json.dumps(content, separators=(",", ":")).encode()
    put(path, b"%08x" % crc32(text) + text)


def get_record(path):
    text = get(path)
    assert text and int(text[:8], 16) == crc32(text[8:])
    assert len(text) <= 120
    return json.loads(text[8:])


def put_slot(slot, release, ending=LEAVE):
    """Put a release whose node tells what it was handed, then ends in its own way."""
    source = (
        "import sys\nstarted = []\n"
        "def run(chosen, slots):\n"
        "    watchdog, timer, record = chosen\n"
        "    sys.modules['seen'] = ('%s', record, watchdog, sorted(sys.modules))\n"
        "    %s\n" % (slot, ending)
    )
    put("/%s/node.py" % slot, source)
    digest = hexlify(hashlib.sha256(source.encode()).digest()).decode()
    files = [["node.py", len(source), digest]]
    put("/%s/manifest.json" % slot, json.dumps({"release": release, "files": files}))


def put_root():
    for name in ROOT:
        if not get(name):
            put(name, get(HALF + name))


def power_on(machine=None, fresh=("main", "slots", "node", "seen")):
    """Run main.py as at power-on; return the machine and what the node was handed."""
    machine = machine or Machine()
    before = sys.path[:], sys.modules["time"] if "time" in sys.modules else None
    forget(*fresh)
    sys.modules["machine"] = machine
    sys.modules["time"] = Time()
    put_root()
    sys.path[:] = ["/", ".frozen"]
    try:
        __import__("main")
    except Reset:
        pass
    finally:
        sys.path[:] = before[0]
        del sys.modules["machine"]
        if before[1]:
            sys.modules["time"] = before[1]
        else:
            del sys.modules["time"]
    return machine, sys.modules.get("seen")


def both(content):
    put_record("/boot.0", content)
    put_record("/boot.1", content)


def test_the_run_slot_starts_and_nothing_is_written():
    with Board() as board:
        put_slot("a", [0, 1, 0, 0])
        both(record())
        put_root()
        board.flash.writes = 0
        machine, seen = power_on()
        assert seen[0] == "a" and seen[1] == record() and seen[2] is None
        assert machine.events == []
        assert get_record("/boot.0") == record() == get_record("/boot.1")
        assert board.flash.writes == 0


def test_the_path_is_the_slot_then_the_users_modules_then_the_slots():
    with Board():
        put_slot("a", [0, 1, 0, 0], "sys.modules['seen'] += (sys.path[:],); " + LEAVE)
        both(record())
        assert power_on()[1][-1] == ["/a", "/modules", "/a/modules", "/", ".frozen"]


def test_of_two_records_the_valid_one_of_the_highest_sequence_counts():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        put_slot("b", [0, 2, 0, 0])
        put_record("/boot.0", record(seq=7, run="b"))
        put_record("/boot.1", record(seq=6))
        assert power_on()[1][0] == "b"
        assert get_record("/boot.1") == get_record("/boot.0") == record(seq=8, run="b")


def test_a_damaged_or_missing_copy_is_mended():
    for damage in (b"", b"12345678", b"zz", b"\xff" * 90, None):
        with Board():
            put_slot("a", [0, 1, 0, 0])
            put_record("/boot.1", record(seq=4))
            if damage is not None:
                put("/boot.0", damage)
            assert power_on()[1][0] == "a"
            assert get_record("/boot.0") == get_record("/boot.1") == record(seq=5)


def test_in_a_trial_nothing_is_mended_and_the_older_file_takes_the_try():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        put_slot("b", [0, 2, 0, 0])
        put_record("/boot.0", record(seq=3))
        put_record("/boot.1", record(seq=4, trial="b"))
        machine, seen = power_on()
        assert seen[0] == "b" and seen[1]["tries"] == 1
        assert get_record("/boot.0") == record(seq=5, trial="b", tries=1)
        assert get_record("/boot.1") == record(seq=4, trial="b")
        assert machine.events[:2] == ["timer 660000", "wdt 8000"]


def test_after_three_tries_the_trial_has_failed():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        put_slot("b", [0, 2, 0, 0])
        both(record(trial="b"))
        slots = [power_on()[1][0] for _ in range(4)]
        assert slots == ["b", "b", "b", "a"]
        left = get_record("/boot.0")
        assert left["trial"] is None and left["failed"] == [0, 2, 0, 0, 1]
        assert left == get_record("/boot.1")


def test_the_end_of_a_trial_stops_its_timer():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        confirm = "slots('write', dict(record, run='b', trial=None), True, timer); "
        put_slot("b", [0, 2, 0, 0], confirm + LEAVE)
        both(record(trial="b"))
        assert "timer off" in power_on()[0].events


def test_the_watchdog_is_armed_when_the_record_says_so():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record(wdt=1))
        machine, seen = power_on()
        assert machine.events[0] == "wdt 8000" and seen[2] is machine


def test_ctrl_c_leaves_to_the_serial_line_with_the_watchdog_fed_for_half_an_hour():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record(wdt=1))
        machine, _ = power_on()
        assert machine.events == ["wdt 8000", "timer 1000"]
        for _ in range(1800):
            machine.callback(None)
        assert machine.events.count("feed") == 1800
        try:
            machine.callback(None)
        except Reset:
            return
        raise AssertionError("no reset")


def survivor(failures, planned=0, rest=b"light on"):
    """Put a record of core/survivor into memory."""
    fields = bytes((failures, 0, planned, 0, 7, 0, 2, 0))
    Rtc.kept = fields + crc32(fields, 0x4D53).to_bytes(4, "little") + rest


def test_a_trial_whose_last_start_was_ended_by_the_reset_line_has_not_crashed():
    for cause, reason in ((1, 1), (2, 3)):
        with Board():
            put_slot("a", [0, 1, 0, 0])
            put_slot("b", [0, 2, 0, 0])
            both(record(trial="b", tries=3))
            survivor(0, 2)
            machine = Machine()
            machine.cause = cause
            assert power_on(machine)[1][0] == "a"
            assert get_record("/boot.0")["failed"] == [0, 2, 0, 0, reason]


def test_ctrl_c_at_any_moment_of_a_start_makes_the_next_reset_a_planned_one():
    for ending, fault in (("", True), (LEAVE, False)):
        with Board():
            put_slot("a", [0, 1, 0, 0], ending or LEAVE)
            both(record(wdt=1))
            if fault:
                early = b"\ndef chosen(_):\n    raise KeyboardInterrupt\n"
                put("/slots.py", get(HALF + "/slots.py") + early)
            survivor(2)
            machine, _ = power_on()
            assert machine.events == ["wdt 8000", "timer 1000"]  # fed, whoever has armed it
            assert Rtc.kept[:3] == b"\x02\x00\x01" and Rtc.kept[12:] == b"light on"
            fields = Rtc.kept[:8]
            assert crc32(fields, 0x4D53).to_bytes(4, "little") == Rtc.kept[8:12]


def test_a_second_ctrl_c_changes_nothing():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record(wdt=1))
        twice = (
            b"\nhurried = [plan]\ndef plan():\n    if sys.modules.pop('again', None):\n"
            b"        raise KeyboardInterrupt\n    hurried[0]()\n"
        )
        put("/slots.py", get(HALF + "/slots.py") + twice)
        sys.modules["again"] = True
        survivor(0)
        machine, _ = power_on()
        assert machine.events == ["wdt 8000", "timer 1000"] and Rtc.kept[2] == 1


def test_garbage_in_memory_is_left_alone():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record())
        for garbage in (b"", b"\0" * 48, b"\xff" * 48, bytes(range(64))):
            Rtc.kept = garbage
            assert power_on()[0].events == []
            assert Rtc.kept == garbage


def boot_py(machine):
    """Run what /boot.py does, after a reset or after Ctrl-D."""
    forget("slots")
    put_root()
    sys.modules["machine"] = machine
    path = sys.path[:]
    sys.path[:] = ["/"]
    try:
        forget("boot")
        __import__("boot")
    finally:
        sys.path[:] = path


def test_after_ctrl_d_on_a_raw_prompt_boot_py_goes_on_feeding():
    with Board():
        both(record(wdt=1))
        machine = Machine()
        boot_py(machine)
        assert machine.events == ["wdt 8000", "timer 1000"]
        machine.callback(None)
        assert machine.events[-1] == "feed"


def test_main_takes_the_watchdog_from_boot_py():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record(wdt=1))
        machine = Machine()
        boot_py(machine)
        sys.modules["slots"].feed = None  # main.py finds the very same file
        seen = power_on(machine, ("main", "node", "seen"))[1]
        assert machine.events[2:4] == ["timer off", "wdt 8000"] and seen[2] is machine


def test_boot_py_does_nothing_without_a_watchdog():
    for content in (record(), None):
        with Board():
            if content:
                both(content)
            machine = Machine()
            boot_py(machine)
            assert machine.events == []


def put_outputs(**content):
    text = json.dumps(content).encode()
    put("/poweron", b"%08x" % crc32(text) + text)


def test_outputs_have_their_level_before_the_watchdog_and_all_imports():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record(wdt=1))
        Rtc.kept = b""
        put_outputs(pins=[[16, 1, 0], [99, 1, 1], [4, 0, 0]])
        assert power_on()[0].events[:3] == ["pin 16 out1", "pin 4 out0", "wdt 8000"]


def test_in_safe_mode_outputs_have_the_level_for_it_at_once():
    for failures, planned, level in ((2, 0, 0), (3, 1, 0), (2, 1, 1), (1, 0, 1), (0, 0, 1)):
        with Board():
            put_slot("a", [0, 1, 0, 0])
            both(record())
            survivor(failures, planned)
            put_outputs(pins=[[16, 1, 0]])
            assert power_on()[0].events == ["pin 16 out%d" % level]


def test_a_damaged_file_of_levels_drives_nothing():
    for damage in (b"", b"12345678{}", b"\xff" * 40):
        with Board():
            put_slot("a", [0, 1, 0, 0])
            both(record())
            put("/poweron", damage)
            assert power_on()[0].events == []


def test_the_reset_pin_held_for_ten_seconds_puts_settings_and_secrets_back():
    ours = ("node_config.1.json", "node_config.1.json.prev", "secret.json", "kept.json")
    for looks, gone in ((0, False), (1, False), (99, False), (100, True)):
        with Board():
            put_slot("a", [0, 1, 0, 0])
            both(record())
            for name in ours:
                put("/" + name, "{}")
            put("/modules/LM_own.py", "")
            put_outputs(reset=0)
            machine = Machine()
            machine.pressed = looks
            assert power_on(machine)[1][0] == "a"
            assert machine.events[0] == "pin 0 inup"
            assert [get("/" + name) is None for name in ours + ("poweron",)] == [gone] * 5
            assert get("/modules/LM_own.py") == b"" and get_record("/boot.0") == record()


def test_a_reset_pin_that_the_chip_does_not_have_keeps_nothing_from_starting():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record())
        put_outputs(pins=[[16, 1, 0]], reset=99)
        machine, seen = power_on()
        assert (seen[0], machine.events) == ("a", ["pin 16 out1"])


def test_a_run_that_cannot_be_imported_gives_way_to_the_release_before():
    with Board():
        put_slot("a", [0, 2, 0, 0])
        put_slot("b", [0, 1, 0, 0])
        put("/a/node.py", "def broken(:")
        both(record(back=[0, 1, 0, 0]))
        machine, _ = power_on()
        assert machine.events[-1] == "reset"
        _, seen = power_on()
        assert seen[0] == "b"
        assert seen[1]["back"] == [] and seen[1]["failed"] == [2]


def test_it_does_not_give_way_to_a_slot_that_is_not_the_release_before():
    for back, hurt in (([], False), ([0, 9, 0, 0], False), ([0, 1, 0, 0], True)):
        with Board():
            put_slot("a", [0, 2, 0, 0])
            put_slot("b", [0, 1, 0, 0])
            put("/a/node.py", "def broken(:")
            if hurt:
                put("/b/extra.py", "")
            both(record(back=back))
            machine, seen = power_on()
            assert seen is None and get_record("/boot.0")["run"] == "a"
            assert machine.events == []  # no slot is whole: the serial line, no reset loop


def test_a_whole_release_that_cannot_be_imported_leaves_a_crash_record_and_resets():
    with Board():
        put_slot("a", [0, 2, 0, 0])
        source = get("/a/node.py")
        put_slot("a", [0, 2, 0, 0], LEAVE + "\nraise MemoryError('at import')")
        assert source != get("/a/node.py")
        both(record())
        machine, _ = power_on()
        assert machine.events == ["reset"] and b"MemoryError" in get("/crash")


def test_without_a_record_the_higher_whole_release_is_chosen_and_written_first():
    with Board():
        put_slot("a", [0, 9, 0, 0])
        put_slot("b", [0, 10, 0, 0])
        _, seen = power_on()
        assert seen[0] == "b"
        assert get_record("/boot.0") == get_record("/boot.1") == record(run="b")
    with Board():
        put_slot("a", [0, 9, 0, 0])
        put_slot("b", [0, 10, 0, 0])
        put("/b/stray.mpy", "x")
        assert power_on()[1][0] == "a"


def test_without_a_record_and_a_whole_slot_there_is_no_reset():
    with Board():
        put("/a/manifest.json", "{")
        machine, seen = power_on()
        assert machine.events == [] and seen is None and get("/boot.0") is None


def test_whatever_way_the_node_is_left_there_is_a_crash_record_and_a_reset():
    for ending in ("return", "raise SystemExit", "raise ValueError('x')", "1 / 0"):
        with Board():
            put_slot("a", [0, 1, 0, 0], ending)
            both(record())
            assert power_on()[0].events == ["reset"]
            assert 0 < len(get("/crash")) <= 512


def test_a_fault_in_choosing_is_a_crash_record_and_a_reset_but_ctrl_c_is_not():
    for ending, wanted in (("MemoryError", ["reset"]), ("KeyboardInterrupt", [])):
        with Board():
            put_slot("a", [0, 1, 0, 0])
            both(record())
            fault = "\ndef chosen(_):\n    raise %s('while a slot is chosen')\n" % ending
            put("/slots.py", get(HALF + "/slots.py") + fault.encode())
            machine, seen = power_on()
            assert machine.events == wanted and seen is None
            assert (b"while a slot is chosen" in (get("/crash") or b"")) == bool(wanted)


def test_without_what_chooses_there_is_no_dead_board_either():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record())
        put("/slots.py", "def broken(:")
        assert power_on()[0].events == ["reset"]


def test_nothing_of_the_choosing_stays_in_memory():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        both(record())
        assert "slots" not in power_on()[1][3]


def test_a_crash_that_repeats_is_written_once():
    with Board() as board:
        put_slot("a", [0, 1, 0, 0], "raise ValueError('again')")
        both(record())
        power_on()
        before = get("/crash")
        board.flash.writes = 0
        power_on()
        assert get("/crash") == before and board.flash.writes == 0


def test_a_record_that_cannot_be_written_starts_run_and_never_the_trial():
    with Board():
        put_slot("a", [0, 1, 0, 0])
        put_slot("b", [0, 2, 0, 0])
        put_record("/boot.1", record(trial="b"))
        os.mkdir("/boot.0")  # cannot be opened for writing
        assert power_on()[1][0] == "a"
        assert get_record("/boot.1") == record(trial="b")


def readable(path):
    try:
        return get_record(path)
    except (AssertionError, ValueError):
        return None


def cuts_of(start):
    """Yield the flash as a power cut leaves it, for every write of a power-on and every tear."""
    for torn in (0, 1, 2):
        cut = 0
        while True:
            cut += 1
            flash = start.copy()
            with Board(flash):
                flash.cut, flash.torn = cut, torn
                try:
                    power_on()
                except (PowerCut, OSError):
                    pass  # nor can anything be read then
            if not flash.dead:
                break
            yield flash.copy()


def test_a_power_cut_at_any_write_of_a_try_leaves_a_record_that_counts():
    for content in (record(trial="b"), record(trial="b", tries=3), record(seq=9)):
        with Board() as board:
            put_slot("a", [0, 1, 0, 0])
            put_slot("b", [0, 2, 0, 0])
            put_record("/boot.0", record(seq=3))
            put_record("/boot.1", dict(content, seq=4))
            put_root()
        count = 0
        for flash in cuts_of(board.flash):
            count += 1
            with Board(flash):
                records = [found for found in map(readable, ("/boot.0", "/boot.1")) if found]
                newest = max(records, key=lambda found: found["seq"])
                assert newest["seq"] >= 4 and newest["run"] == "a"
        print("power cuts while the record is written: %d, lost: 0" % count)
        assert count >= 3

"""The log: bounded, told what it dropped, an error outlives a debug line, no secret inside."""

from core.log import Log

from fake_node import FakeClock

MANY = 600  # lines


def test_lines_come_back_oldest_first_with_time_and_level():
    clock = FakeClock()
    log = Log(clock)
    log.info("first")
    clock.seconds = 70
    log.error("second")
    assert list(log.lines()) == ["0 s INFO first", "70 s ERROR second"]
    assert log.errors == 1


def test_a_level_asks_for_that_level_and_above():
    log = Log(FakeClock())
    for add in (log.debug, log.info, log.warn, log.error):
        add("x")
    assert [line.split()[2] for line in log.lines("warn")] == ["WARN", "ERROR"]
    assert len(list(log.lines("debug"))) == 4


def size(log):
    """A line takes two bytes besides its text, whose length is made even."""
    return sum(2 + (len(line.encode()) + 1) // 2 * 2 for line in log.lines())


def test_an_error_is_never_dropped_while_a_debug_line_is_kept():
    log = Log(FakeClock(), capacity=300)
    log.error("e" * 20)
    for number in range(50):
        log.debug("debug %02d ...." % number)
    kept = list(log.lines())
    assert kept[0] == "0 s ERROR " + "e" * 20
    assert kept[1:] == ["0 s DEBUG debug %02d ...." % number for number in range(40, 50)]
    assert log.dropped == 51 - len(kept)
    for number in range(12):
        log.error("error %02d ...." % number)
    assert not [line for line in log.lines() if "DEBUG" in line]
    assert 250 < size(log) <= 300


def test_a_lesser_line_never_takes_the_place_of_an_error():
    log = Log(FakeClock(), capacity=100)
    for number in range(4):
        log.error("error %d" % number)
    before = log.lines()
    log.debug("x" * 60)
    assert log.lines() == before and log.dropped == 1
    log.error("x" * 40)
    assert log.lines() == before[2:] + ["0 s ERROR " + "x" * 40]


def test_whatever_comes_the_newest_lines_are_whole_and_in_order():
    log, state, said = Log(FakeClock(), capacity=400), 5, []
    for _ in range(MANY):
        state = (state * 1103515245 + 12345) & 0x3FFFFFFF
        text = "%d." % state + "aé☃\0\n"[state % 5] * (state >> 9 & 127)
        log.info(text)
        said.append("0 s INFO " + text)
        kept = log.lines()
        while kept and len(said[-len(kept)].encode()) > 398:  # it was cut short
            assert said[-len(kept)].startswith(kept[0])
            kept.pop(0)
        assert kept == (said[-len(kept) :] if kept else [])
        assert size(log) <= 400
    assert log.dropped == MANY - len(log.lines()) > 0


def test_one_line_is_bounded_too():
    log = Log(FakeClock())
    log.warn("x" * 9000)
    log.warn("☃" * 9000)
    assert [len(line) > 150 for line in log.lines()] == [True, True]
    assert size(log) < 1000


def test_a_line_longer_than_the_whole_log_is_cut():
    log = Log(FakeClock(), capacity=40)
    log.error("é" * 100)
    (line,) = log.lines()
    assert line.startswith("0 s ERROR éé") and size(log) <= 40


class Full(bytearray):
    """Memory that does not grow any more."""

    def __add__(self, more):
        raise MemoryError


def test_where_memory_is_short_the_old_lines_go():
    log = Log(FakeClock())
    first, log.kept = log.kept, Full(log.kept)
    for number in range(60):
        log.info("line %d" % number)
    assert len(log.kept) == len(first) and size(log) <= len(first)
    assert log.lines()[-1] == "0 s INFO line 59" and log.dropped == 60 - len(log.lines()) > 0
    log.kept = bytearray(log.kept)
    log.info("x" * 400)
    assert len(log.kept) == 2048


def test_a_secret_is_masked():
    log = Log(FakeClock())
    log.secrets = ("hunter2hunter2",)
    log.error("wifi join hunter2hunter2 failed")
    assert list(log.lines()) == ["0 s ERROR wifi join *** failed"]


def test_without_a_clock_it_has_no_times():
    log = Log()
    log.info("x")
    assert log.lines()[0] == "0 s INFO x"

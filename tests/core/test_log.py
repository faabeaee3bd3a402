"""The log: bounded, told what it dropped, an error outlives a debug line, no secret inside."""

from core.log import Log

from fake_node import FakeClock


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


def test_an_error_is_never_dropped_while_a_debug_line_is_kept():
    log = Log(FakeClock(), capacity=300)  # a line takes 44 bytes besides its characters
    log.error("e" * 20)
    for number in range(50):
        log.debug("debug %02d ...." % number)
    kept = list(log.lines())
    assert kept[0] == "0 s ERROR " + "e" * 20
    assert len(kept) == 1 + (300 - 74) // 67 and log.dropped == 51 - len(kept)
    for number in range(9):
        log.error("error %02d ...." % number)
    assert not [line for line in log.lines() if "DEBUG" in line]
    assert sum(len(line) + 44 for line in log.lines()) <= 300


def test_one_line_is_bounded_too():
    log = Log(FakeClock())
    log.warn("x" * 9000)
    assert len(log.lines()[0]) < 600


def test_a_secret_is_masked():
    log = Log(FakeClock())
    log.secrets = ("hunter2hunter2",)
    log.error("wifi join hunter2hunter2 failed")
    assert list(log.lines()) == ["0 s ERROR wifi join *** failed"]


def test_without_a_clock_it_has_no_times():
    log = Log()
    log.info("x")
    assert log.lines()[0] == "0 s INFO x"

"""The oracle itself, against cases that were worked out by hand: rules of time steps one by one."""

from tests.support.oracle import Call, Step, calls, each_second, occurrences, zone

INTERPRETERS = ("cpython",)

DAY = 86400
NOON = 1767571200 + DAY // 2  # Monday 2026-01-05 12:00 UTC
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"


def told(entries: list[str], steps: list[Step], end: int, **start: int) -> list[tuple[int, int]]:
    """(uptime, index) of each call."""
    return [(call.uptime, call.index) for call in calls(entries, steps, end, **start)]


def test_names_and_rules_are_the_same_zones() -> None:
    for name, rule in (("Europe/Berlin", BERLIN), ("America/New_York", "EST5EDT,M3.2.0,M11.1.0")):
        spec = "*:*/7:0,30:0!a b"
        start = NOON + 60 * DAY
        first = list(occurrences(spec, start, start + 300 * DAY, name))
        assert first == list(occurrences(spec, start, start + 300 * DAY, rule))
    assert zone("UTC").key == "UTC"


def test_each_second_knows_gap_and_overlap() -> None:
    gap, overlap = 1774746000, 1792890000
    assert each_second("*:2:30:0!a b", gap - 3600, gap + 3600, BERLIN) == [gap]
    assert each_second("*:*:30:0!a b", gap - 3600, gap + 3600, BERLIN) == [gap - 1800, gap + 1800]
    assert each_second("*:2:30:0!a b", overlap - 3600, overlap + 3600, BERLIN) == [overlap - 1800]
    assert len(each_second("*:*:30:0!a b", overlap - 3600, overlap + 3600, BERLIN)) == 2


def test_each_runs_in_its_second_and_never_at_power_on() -> None:
    assert told(["*:12:0:0!a b", "*:*:*:20!c d"], [], 60, utc=NOON) == [(20, 1)]
    assert told(["*:12:0:0!a b", "*:*:*:20!c d"], [], 60, utc=NOON - 20) == [(20, 0), (40, 1)]


def test_under_a_minute_late_each_runs_in_the_order_of_due_and_entry() -> None:
    found = calls(["*:12:0:30!a b", "*:*:*:*/10!c d"], [Step(5, asleep=31)], 41, utc=NOON)
    assert found == [
        Call(36, NOON + 10, 1),
        Call(36, NOON + 20, 1),
        Call(36, NOON + 30, 0),
        Call(36, NOON + 30, 1),
        Call(40, NOON + 40, 1),
    ]


def test_under_an_hour_late_the_latest_of_a_fixed_entry_runs_once() -> None:
    entries = ["*:12:10,20:0!a b", "*:*:*/10:0!c d"]
    found = calls(entries, [Step(5, asleep=1500)], 1600, utc=NOON)
    assert found == [Call(1505, NOON + 1200, 0, late=True)]
    found = calls(entries, [Step(5, asleep=1200)], 1300, utc=NOON)  # one is 5 s old: it alone
    assert [(one.due - NOON, one.index, one.late) for one in found] == [
        (1200, 0, False),
        (1200, 1, False),
    ]


def test_an_hour_late_nothing_runs() -> None:
    assert told(["*:12:10:0!a b"], [Step(5, asleep=600 + 3600 - 5)], 5000, utc=NOON) == []
    assert told(["*:12:10:0!a b"], [Step(5, asleep=600 + 3599 - 5)], 5000, utc=NOON) == [(4199, 0)]


def test_a_jump_ahead_is_judged_by_age_like_a_sleep() -> None:
    steps = [Step(10, utc=NOON + 650)]
    assert told(["*:12:10:0!a b", "*:*:*/10:0!c d"], steps, 20, utc=NOON) == [(10, 0), (10, 1)]
    steps = [Step(10, utc=NOON + 1000)]
    assert told(["*:12:10:0!a b", "*:*:*/10:0!c d"], steps, 20, utc=NOON) == [(10, 0)]


def test_back_by_a_minute_nothing_runs_twice() -> None:
    steps = [Step(40, utc=NOON - 20)]
    assert told(["*:12:0:10!a b", "*:*:*:10!c d"], steps, 120, utc=NOON) == [(10, 0), (10, 1)]


def test_back_by_less_than_an_hour_periodic_entries_run_again() -> None:
    steps = [Step(100, utc=NOON)]
    found = told(["*:12:0:10!a b", "*:*:0:10!c d"], steps, 250, utc=NOON)
    assert found == [(10, 0), (10, 1), (110, 1)]


def test_back_by_more_than_an_hour_all_run_again() -> None:
    steps = [Step(100, utc=NOON - 3600)]
    found = told(["*:12:0:10!a b"], steps, 4000, utc=NOON)
    assert found == [(10, 0), (3710, 0)]


def test_steps_back_add_up() -> None:
    steps = [Step(at, utc=NOON + at - 40 * number) for number, at in enumerate((100, 101, 102), 1)]
    found = told(["*:*:*:50!c d"], steps, 300, utc=NOON)
    assert found == [(50, 0), (170, 0), (230, 0), (290, 0)]


def test_an_unknown_clock_runs_what_needs_none_on_uptime() -> None:
    entries = ["*:*:*/10:0!a b", "0-6:*:*/10:0!c d", "*:12:5:0!e f"]
    assert told(entries, [], 1300) == [(600, 0), (1200, 0)]


def test_the_first_time_reaches_back_to_power_on_at_most_an_hour() -> None:
    steps = [Step(500, utc=NOON + 350)]
    assert told(["*:12:5:0!e f", "*:*:5:0!a b"], steps, 600) == [(300, 1), (500, 0)]
    assert told(["*:11:50:0!e f"], steps, 600) == []
    steps = [Step(5000, utc=NOON + 3590)]
    assert told(["*:12:0:0!e f", "*:11:59:0!e f"], steps, 5001) == [(5000, 0)]


def test_new_entries_count_from_now_and_those_that_stay_keep_what_is_decided() -> None:
    steps = [Step(30, utc=NOON), Step(31, entries=["*:12:0:10!a b", "*:12:0:20!c d"])]
    found = told(["*:12:0:10!a b"], steps, 60, utc=NOON)
    assert found == [(10, 0), (50, 1)]


def test_a_change_of_zone_replays_nothing() -> None:
    steps = [Step(30, rule="<+01>-1")]
    assert told(["*:12:0:10!a b", "*:13:0:40!c d"], steps, 60, utc=NOON) == [(10, 0), (40, 1)]


def test_what_was_missed_while_off_is_caught_up_once_and_not_without_a_record() -> None:
    entry = "catchup=90 *:11:0:0!a b"
    record = {entry: NOON - 3600 - DAY}
    assert calls([entry], [], 10, utc=NOON, records=record) == [Call(0, NOON - 3600, 0, late=True)]
    assert calls([entry], [], 10, utc=NOON) == []
    assert calls([entry], [], 10, utc=NOON, records={entry: NOON - 3600}) == []
    steps = [Step(100, utc=NOON)]
    assert calls([entry], steps, 110, records=record) == [Call(100, NOON - 3600, 0, late=True)]
    late = "catchup=59 *:11:0:0!a b"
    assert calls([late], [], 10, utc=NOON, records={late: NOON - 3600 - DAY}) == []

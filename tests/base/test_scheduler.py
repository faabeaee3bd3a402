# ruff: noqa: UP031 - the dialect of MicroPython
"""The scheduler, rule by rule: what is due runs once, what was missed is judged by its age."""

import asyncio
import os

from core import caught, cron, reckon, runs
from timeline import PERIOD, World

MOMENT = 1_800_000_000  # Friday 2027-01-15 08:00:00 UTC, at uptime 0 where the clock is known
SPRING = 1_806_195_600  # 2027-03-28 01:00:00 UTC: 02:00 turns to 03:00 in the zone below
AUTUMN = 1_824_944_400  # 2027-10-31 01:00:00 UTC: 03:00 turns to 02:00
ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
EVERY = "*:*:*:*!a b"


def happens(text, end, utc, *steps, **settings):
    """What is called: (uptime, entry); steps are (second of uptime, set or block, by how much)."""
    world = World(text, utc, **settings)
    for second, what, value in steps:
        world.at(second, getattr(world, what), value)
    return world.runs(end)


def times(*arguments, **settings):
    """The seconds of uptime of all calls."""
    return [call[0] for call in happens(*arguments, **settings)]


# --- waiting


def test_each_entry_runs_in_its_second_ordered_by_entry():
    text = "*:*:*:*/20!a b; *:8:0:40!c d; 5:*:*:*!not friday; *:8:0:20!c d"
    calls = [(20, 0), (20, 3), (40, 0), (40, 1), (60, 0)]
    assert happens(text, 61, MOMENT) == calls


def test_it_never_wakes_early_nor_a_millisecond_late():
    moments = []
    world = World("*:*:*:5!a b", ticks=123_457)
    world.up = 777  # ms since power-on
    world.at(1, lambda: moments.append(world.clock.now_us()))

    async def look():
        moments.append(world.clock.now_us())

    world.executor.waits["a b"] = look
    world.at(1, world.set, MOMENT)
    world.live(70)
    assert moments == [None, (MOMENT + 5) * 1_000_000, (MOMENT + 65) * 1_000_000]


def test_a_week_is_waited_for_in_minutes_while_the_ticks_wrap():
    world = World("4:7:0:0!a b", MOMENT, ticks=PERIOD - 1000)
    assert world.runs(15 * 86400) == [(601_200, 0), (601_200 + 604_800, 0)]  # rest() looks at waits


def test_over_many_wraps_nothing_is_lost():
    world = World("*:0:0:0!a b", MOMENT, ticks=PERIOD // 2 - 1)
    assert [second // 86400 for second, _ in world.runs(40 * 86400)] == list(range(40))


def test_two_identical_lines_are_two_entries_and_a_bad_one_stops_no_other():
    text = "*:*:*:5!a b; *:*:*:5!a b; *:99:0:0!c d; *:*:*:6!e f"
    assert happens(text, 10, MOMENT) == [(5, 0), (5, 1), (6, 3)]


def test_the_clock_may_be_set_before_it_has_begun():
    world = World("*:8:0:30!a b; *:7:59:50!before", None)
    world.set(MOMENT + 10)
    assert world.runs(100) == [(20, 0)]


def test_it_looks_at_least_once_a_minute_and_tells_when():
    world = World("*:0:0:0!a b", MOMENT)
    world.live(200)
    assert world.clock.uptime() - world.scheduler.seen <= 60


# --- what was missed is judged by its age


def test_under_a_minute_all_run_ordered_by_time_then_entry():
    text = "*:*:*:7,9!a b; *:*:*:9,8!c d; *:8:0:10,11!e f"
    calls = happens(text, 70, MOMENT, (5, "block", 6))
    assert calls[:6] == [(11, 0), (11, 1), (11, 0), (11, 1), (11, 2), (11, 2)]
    assert calls[6:] == [(67, 0), (68, 1), (69, 0), (69, 1)]


def test_a_minute_is_the_limit():
    assert times("*:8:0:10!a b", 200, MOMENT, (5, "block", 64)) == [69]
    assert times("*:*:0:10!a b", 200, MOMENT, (5, "block", 64)) == [69]
    assert times("*:*:0:10!a b", 3700, MOMENT, (5, "block", 65)) == [3610]


def test_a_minute_and_more_late_what_is_bound_to_hours_runs_once_and_says_so():
    world = World("*:8:0:10,20,30!a b", MOMENT)
    world.at(5, world.block, 85)
    assert world.runs(200) == [(90, 0)]
    assert world.scheduler.counts[0][:2] == [1, 2]
    assert world.log.entries == ["cron 0: runs 60 s late", "cron 0: 2 not run, the last 60 s late"]


def test_it_does_not_when_a_younger_one_runs():
    world = World("*:8:0:10,20,40,50!a b", MOMENT)
    world.at(5, world.block, 80)
    assert world.runs(200) == [(85, 0), (85, 0)]
    assert world.scheduler.counts[0][:2] == [2, 2]


def test_nor_when_one_is_due_in_the_very_second_that_it_looks():
    world = World("*:8:*:30!a b", MOMENT)
    world.at(5, world.block, 85)
    assert world.runs(91) == [(90, 0)]
    assert world.log.entries == ["cron 0: 1 not run, the last 60 s late"]


def test_of_what_runs_every_second_each_is_counted_once():
    world = World(EVERY, MOMENT)
    world.at(5, world.block, 100)  # 6…45 are a minute late or more
    assert world.runs(106) == [(second, 0) for second in [1, 2, 3, 4, 5] + [105] * 60]
    assert world.scheduler.counts[0][:2] == [65, 40]


def test_periodic_ones_are_counted():
    world = World("*:*:*:*/10!a b", MOMENT)
    world.at(5, world.block, 100)  # 10…40 are a minute late or more, 50…100 are not
    assert world.runs(108) == [(105, 0)] * 6
    assert world.scheduler.counts[0][:2] == [6, 4]


def test_an_hour_is_the_limit_beyond_it_there_is_a_line():
    assert times("*:8:0:10!a b", 4000, MOMENT, (5, "block", 3604)) == [3609]
    world = World("*:8:0:10!a b", MOMENT)
    world.at(5, world.block, 3605)
    assert world.runs(4000) == []
    assert world.log.entries == ["cron 0: 1 not run, the last 3600 s late"]
    assert world.runs(90_000) == [(86_410, 0)]


def test_a_step_of_the_clock_is_judged_like_a_loop_that_was_held():
    for ahead, calls in ((0, [20]), (10, [10]), (69, [10]), (70, [10]), (3609, [10]), (3610, [])):
        step = (10, "set", MOMENT + 10 + ahead)
        assert times("*:8:0:20!a b", 40, MOMENT, step) == calls, ahead


# --- the clock goes back


def test_up_to_a_minute_back_nothing_runs_twice():
    assert times("*:*:*:20!a b", 200, MOMENT, (50, "set", MOMENT - 10)) == [20, 140]
    assert times("*:*:*:20!a b", 200, MOMENT, (50, "set", MOMENT - 11)) == [20, 81, 141]


def test_small_steps_back_add_up():
    steps = [(50, "set", MOMENT + 20), (51, "set", MOMENT - 9)]
    assert times("*:*:*:40!a b", 150, MOMENT, *steps) == [40]
    steps[1] = (51, "set", MOMENT - 11)
    assert times("*:*:*:40!a b", 150, MOMENT, *steps) == [40, 102]


def test_up_to_an_hour_back_what_is_bound_to_hours_does_not_run_twice():
    late = MOMENT + 3650
    assert times("*:9:0:20!a b", 9000, MOMENT, (3650, "set", late - 3600)) == [3620]
    assert times("*:9:0:20!a b", 9000, MOMENT, (3650, "set", late - 3601)) == [3620, 7221]


def test_the_marks_go_up_to_the_time_that_was_before_they_are_compared():
    """A scheduler that has slept for long has decided all up to now."""
    step = (55, "set", MOMENT - 4)  # 59 s back, from a mark that is 55 s old
    assert times("*:*:0:50!a b; *:*:30:0!c d", 300, MOMENT, step) == [50]


def test_the_way_forth_and_back_of_two_hours_repeats_what_it_passed():
    """Nothing between ran: it was an hour late. The way back lets it run in its time."""
    steps = [(100, "set", MOMENT + 9000), (200, "set", MOMENT + 200)]
    assert times("*:9:0:0!a b", 9000, MOMENT, *steps) == [3600]
    steps[0] = (100, "set", MOMENT + 3700)
    assert times("*:9:0:0!a b", 9000, MOMENT, *steps) == [100]


# --- nobody has told the time


def test_while_the_clock_is_unknown_only_periodic_entries_of_every_day_run_on_uptime():
    text = "*:*:*:0,30!a b; *:0:0:40!fixed; 0-6:*:*:50!days; sunset!sun"
    assert happens(text, 125, None, tz="CET-1") == [(30, 0), (60, 0), (90, 0), (120, 0)]


def test_uptime_counts_from_midnight_and_missed_ones_are_judged_too():
    assert times("*:*/2:0:5!a b", 14_000, None) == [5, 7205]
    assert times("*:*:*:*/10!a b", 108, None, (5, "block", 100)) == [105] * 6


def test_the_first_setting_looks_back_to_the_start_at_most_an_hour():
    text = "*:8:0:5!a b; *:*:*:10!c d; *:7:59:50!before"
    step = (20, "set", MOMENT + 15)
    assert happens(text, 80, None, step) == [(10, 1), (20, 0), (75, 1)]
    text = "*:8:1:0!a b; *:7:59:59!c d"
    assert happens(text, 5000, None, (4000, "set", MOMENT + 3600)) == [(4000, 0)]


def test_it_does_not_look_back_further_than_to_where_the_scheduler_was_switched_on():
    text = "*:8:0:5!a b; *:8:0:25!c d"
    world = World(text, None, since=5000)
    world.at(5010, world.set, MOMENT + 20)
    assert world.runs(5020) == [(5015, 1)]


def test_an_hour_is_the_limit_too_for_what_would_catch_up_without_a_record():
    fresh()
    text = "catchup=1440 *:7:59:59!a b; catchup=1440 *:8:0:0,1!c d"
    assert happens(text, 5000, None, (4000, "set", MOMENT + 3600)) == [(4000, 1)]


def test_a_time_that_cannot_be_leaves_the_scheduler_where_it_is():
    world = World("*:*:*:30!a b", None)
    for second, wrong in ((10, 0), (20, 1_600_000_000), (50, 1 << 33)):
        world.at(second, world.clock.set, wrong, "ntp")
    assert world.runs(100) == [(30, 0), (90, 0)]


def test_a_clock_that_is_known_at_the_start_replays_nothing():
    assert times("*:8:0:0!a b", 100, MOMENT + 1) == []
    assert times("*:8:0:0!a b", 100, MOMENT) == []


# --- daylight-saving time, changes of settings


def test_in_the_gap_fixed_ones_run_once_at_its_end_periodic_ones_do_not():
    text = "*:2:30:0!a b; *:2:0,45:0!c d; *:*:30:0!e f; *:3:0:0,1!g h"
    calls = happens(text, 1803, SPRING - 2, tz=ZONE)
    assert calls == [(2, 0), (2, 1), (2, 3), (3, 3), (1802, 2)]


def test_in_the_overlap_fixed_ones_run_in_the_first_pass_periodic_ones_in_both():
    text = "*:2:30:0!a b; *:*:30:0!c d"
    calls = happens(text, 7200, AUTUMN - 3600, tz=ZONE)
    assert calls == [(1800, 0), (1800, 1), (5400, 1)]


def test_a_step_over_the_gap_is_a_missed_run():
    calls = happens("*:2:30:0!a b", 200, SPRING - 100, (50, "set", SPRING + 100), tz=ZONE)
    assert calls == [(50, 0)]


def test_a_change_of_the_zone_replays_nothing_and_takes_effect_at_once():
    world = World("*:8:0:30!a b; *:10:1:0!c d; *:9:1:30!e f", MOMENT)
    world.at(45, world.change, {"tz": "EET-2"})
    assert world.runs(4000) == [(30, 0), (60, 1)]
    assert world.clock.local()[3] == 11
    world = World("*:8:0:30!a b; *:9:1:30!e f", MOMENT)
    world.at(45, world.change, {"gmttime": 1, "tz": "n/a"})
    assert world.runs(100) == [(30, 0), (90, 1)]


def test_what_was_due_by_the_zone_that_was_still_runs():
    world = World("*:8:0:8!a b", MOMENT)

    def hold():
        world.block(6)
        world.change({"tz": "EET-2"})

    world.at(5, hold)
    assert world.runs(100) == [(11, 0)]


def test_the_zone_changes_for_those_too_who_run_all_the_time():
    world = World("*:*:*:*/2!a b; *:10:0:20!c d", MOMENT)
    world.at(11, world.change, {"tz": "EET-2"})
    assert [call for call in world.runs(30) if call[1] == 1] == [(20, 1)]


def test_a_place_on_earth_lets_the_sun_count_at_once():
    world = World("sunrise!a b", MOMENT - 43_200)
    world.at(10, world.change, {"geo": "47.5,19.05"})
    (second, entry) = world.runs(86_400)[0]
    assert entry == 0
    assert abs(second - (43_200 - 5400)) < 1200  # Budapest in January


def test_new_entries_count_from_now_others_go_on_with_what_they_counted():
    world = World("*:8:0:30!a b; *:*:*:20!c d", MOMENT)
    world.at(25, world.change, {"crontasks": "*:8:0:10!new; *:*:*:20!c d; *:8:0:30!a b"})
    world.at(40, world.set, MOMENT + 20)  # the marks stay: nobody runs twice, except what is new
    world.at(41, world.change, {"crontasks": "*:8:0:25!new; *:*:*:20!c d; *:8:0:30!a b"})
    assert world.runs(110) == [(20, 1), (30, 2), (45, 0), (100, 1)]
    assert [world.scheduler.counts[index][0] for index in range(3)] == [1, 2, 1]


def test_identical_entries_keep_what_each_has_counted():
    world = World("*:8:0:20!a b; *:8:0:20!a b", MOMENT)
    world.at(25, world.change, {"crontasks": "*:8:0:20!a b; *:8:0:40!c d; *:8:0:20!a b"})
    assert world.runs(50) == [(20, 0), (20, 1), (40, 1)]
    assert [world.scheduler.counts[index][0] for index in range(3)] == [1, 1, 1]


def test_a_clock_that_is_set_while_the_agenda_is_made_has_it_made_again():
    text = ";".join(["*:6:30:%d!a b" % second for second in range(20, 40)])
    world = World(text, MOMENT)

    async def soon():
        await asyncio.sleep_ms(0)
        world.set(MOMENT - 5400)  # 06:30:00

    def both():
        world.change({"gmttime": 0})
        world.tasks.spawn(soon())

    world.at(5, both)
    assert world.runs(100) == [(25 + number, number) for number in range(20)]


def test_no_entries_and_n_a_are_quiet():
    assert happens("n/a", 200, MOMENT) == happens("", 200, MOMENT) == []


# --- runs


def gate(world, line):
    """Let a command wait; the function that lets it go on."""
    event = asyncio.Event()
    world.executor.waits[line] = event.wait
    return event.set


def test_eight_run_at_once_the_others_wait_in_order():
    world = World(";".join(["*:8:0:5!slow %d" % n for n in range(12)]), MOMENT)
    doors = [gate(world, "slow %d" % n) for n in range(12)]
    for second, number in ((10, 3), (20, 0), (21, 7)):
        world.at(second, doors[number])
    left = []
    world.at(22, lambda: left.append((world.scheduler.places, len(world.scheduler.waiting))))
    calls = world.runs(30)
    assert calls[:8] == [(5, number) for number in range(8)]
    assert calls[8:] == [(10, 8), (20, 9), (21, 10)]
    assert left == [(0, 1)]


def test_one_of_an_entry_waits_what_comes_meanwhile_is_dropped_and_counted():
    world = World("*:*:*:*!slow 0", MOMENT)
    world.at(14, gate(world, "slow 0"))
    assert world.runs(17) == [(second, 0) for second in [1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16]]
    assert world.scheduler.counts[0][:2] == [11, 5]  # the ninth waited, 10…14 came meanwhile
    assert world.log.entries == ["cron 0: 5 not run, the last 0 s late"]


def test_what_came_while_it_waited_does_not_come_again_when_the_clock_goes_back():
    world = World("*:*:*:*/10!slow 0", MOMENT)
    world.scheduler.places = 1
    world.at(45, world.set, MOMENT + 25)
    world.at(46, gate(world, "slow 0"))
    assert world.runs(75) == [(10, 0), (46, 0), (70, 0)]  # the clock is at 50: 30 and 40 were


def test_what_waits_has_the_order_of_the_entries_that_there_are_now():
    world = World("*:8:0:5!slow 0; *:8:0:10!a b; *:8:0:10!c d", MOMENT)
    world.scheduler.places = 1
    world.at(11, world.change, {"crontasks": "*:8:0:5!slow 0; *:8:0:10!c d; *:8:0:10!a b"})
    world.at(12, gate(world, "slow 0"))
    assert world.runs(20) == [(5, 0), (12, 1), (12, 2)]


def test_missed_ones_of_an_entry_run_one_after_another():
    world = World("*:*:*:6,8,10!slow 0; *:*:*:9!a b", MOMENT)
    door = gate(world, "slow 0")
    world.at(5, world.block, 6)
    world.at(12, door)
    calls = world.runs(20)
    assert calls == [(11, 0), (12, 1), (12, 0), (12, 0)]  # whom it keeps waiting overtakes it


def test_a_slow_one_does_not_keep_the_next_from_running_in_time():
    world = World("*:*:*:10,12!slow 0", MOMENT)
    gate(world, "slow 0")
    assert world.runs(20) == [(10, 0), (12, 0)]


def test_commands_of_an_entry_run_in_order_and_the_last_error_is_kept():
    world = World("*:*:*:5!a b; c d; e f", MOMENT)
    world.executor.errors.update({"a b": "wrong", "c d": "worse"})
    world.live(66)
    assert [call[2] for call in world.executor.calls] == ["a b", "c d", "e f"] * 2
    assert world.scheduler.counts[0] == [2, 0, "worse", 0]


def test_an_entry_that_fails_is_logged_once_a_minute():
    world = World("*:*:*:*/7!a b; c d; *:*:*:8!x y", MOMENT)
    world.executor.errors["a b"] = "wrong"
    world.at(70, world.executor.errors.clear)
    world.live(140)
    assert world.executor.loud == [7, 7, 8, 67, 67, 68, 127, 127, 128, 134, 134]
    assert world.scheduler.counts[0] == [20, 0, "wrong", 0]


def test_what_runs_while_the_entries_change_is_still_counted():
    world = World("*:8:0:5!slow 0; *:8:0:9!x y", MOMENT)
    door = gate(world, "slow 0")
    world.executor.errors["slow 0"] = "late"
    world.at(6, world.change, {"crontasks": "*:8:0:7!p q; *:8:0:5!slow 0"})
    world.at(8, door)
    assert world.runs(20) == [(5, 0), (7, 0)]
    assert world.scheduler.counts[1] == [1, 0, "late", 0]


def test_what_was_due_when_a_held_loop_lets_the_clock_be_set_runs_once():
    world = World("*:*:*:*/10!a b", MOMENT)

    def hold():
        world.block(26)
        world.set(MOMENT + 31)

    world.at(5, hold)
    assert world.runs(55) == [(31, 0), (31, 0), (31, 0), (40, 0), (50, 0)]


class Full:
    """A reader of entries that finds no memory."""

    def entry(self, _text):
        raise MemoryError


def test_memory_that_runs_out_while_it_is_judged_what_is_due_loses_nothing():
    world = World("*:8:0:10!a b; *:*:*:20!c d", MOMENT)
    refused = []

    def fail():
        world.block(80)
        world.scheduler.reader = Full()
        try:
            world.clock.set(MOMENT + 86, "ntp")
        except MemoryError:
            refused.append(world.clock.source)
        world.scheduler.reader = None

    world.at(5, fail)
    assert world.runs(100) == [(85, 0), (85, 1)]
    assert refused == ["rtc"]


def test_runs_there_is_no_memory_to_start_lose_neither_their_turn_nor_their_place():
    world = World(";".join(["*:8:0:10!a b"] * 9), MOMENT)
    spawn, scheduler, refused = world.tasks.spawn, world.scheduler, []

    def refuse(coroutine):
        coroutine.close()
        refused.append(len(scheduler.waiting))
        raise MemoryError

    waited = []

    def judge():
        world.block(6)
        scheduler.decide()
        waited.append(len(scheduler.waiting))
        world.tasks.spawn = refuse
        for _ in range(10):
            try:
                runs.launch(scheduler, reckon, scheduler.waiting[0])
            except MemoryError:
                continue
        world.tasks.spawn = spawn
        waited.append((len(scheduler.waiting), scheduler.places))

    world.at(5, judge)
    assert world.runs(100) == [(11, number) for number in range(9)]
    assert waited == [9, (9, 8)]
    assert len(refused) == 10


# --- catching up


def fresh():
    caught.FILE = "/tmp/micros-caught-%s" % "".join(["%02x" % byte for byte in os.urandom(6)])


def test_the_last_missed_one_runs_once_the_clock_is_known():
    text = "catchup=600 *:7,8:0:0!feed cat"
    fresh()
    assert times(text, 100, MOMENT - 5) == [5]  # written
    assert times(text, 100, None, (20, "set", MOMENT + 3600 * 3)) == []  # nothing was missed
    fresh()
    assert times(text, 3700, MOMENT - 3605) == [5, 3605]
    step = (20, "set", MOMENT + 86_400 + 35_999)
    assert times(text, 100, None, step) == [20]
    assert times(text, 100, None, step) == []  # a power cut later
    step = (20, "set", MOMENT + 2 * 86_400 + 36_001)
    assert times(text, 100, None, step) == []  # too late


def test_it_runs_too_when_the_clock_is_known_at_the_start_and_without_a_record_nothing_does():
    text = "catchup=600 *:8:0:0!feed cat; catchup=5 *:8:0:1!feed dog"
    fresh()
    assert happens(text, 100, MOMENT + 120) == []
    assert happens(text, 100, MOMENT - 10) == [(10, 0), (11, 1)]
    assert happens(text, 100, MOMENT + 86_400 + 302) == [(0, 0)]
    assert happens(text, 100, MOMENT + 2 * 86_400 + 299) == [(0, 0), (0, 1)]


def test_a_record_of_a_time_to_come_keeps_nothing_from_running():
    text = "catchup=5 *:8:0:10!feed cat"
    fresh()
    caught.note(None, cron.entry(text).key, MOMENT + 7200)
    assert happens(text, 100, MOMENT) == [(10, 0)]


def test_its_minutes_take_the_place_of_the_hour():
    fresh()
    text = "catchup=90 *:8:0:10!a b; catchup=5 *:8:0:10!c d"
    assert happens(text, 9000, MOMENT, (5, "block", 5400)) == [(5405, 0)]
    fresh()
    assert happens(text, 9000, MOMENT, (5, "block", 304)) == [(309, 0), (309, 1)]


def test_what_was_missed_while_the_node_was_on_is_not_caught_up_later():
    fresh()
    world = World("catchup=5 *:8:0,5:0!feed cat", MOMENT - 5)
    world.at(200, world.block, 1000)
    world.at(1300, world.change, {"tz": "UTC0"})
    assert world.runs(1400) == [(5, 0)]
    assert world.scheduler.counts[0][:2] == [1, 1]


def test_the_record_is_written_before_the_run():
    fresh()
    world = World("catchup=600 *:8:0:0!feed cat; catchup=600 *:8:0:0!feed cat", MOMENT - 5)
    seen = []

    async def look():
        seen.append(sorted(caught.read().values()))

    world.executor.waits["feed cat"] = look
    assert world.runs(100) == [(5, 0), (5, 1)]
    assert seen == [[MOMENT], [MOMENT]]


def test_the_record_is_small_and_holds_the_newest():
    fresh()
    for key in range(40):
        caught.note(None, 4_000_000_000 + key, MOMENT - key)
    assert os.stat(caught.FILE)[6] <= 128
    assert sorted(caught.read()) == [4_000_000_000 + key for key in range(11)] + [4_000_000_039]


def test_a_record_that_is_not_whole_is_none():
    fresh()
    for key in range(3):
        caught.note(None, key, MOMENT)
    with open(caught.FILE, "rb") as file:
        whole = file.read()
    tried = 0
    for size in range(len(whole)):
        for damaged in (whole[:size], whole[:size] + bytes([whole[size] ^ 4]) + whole[size + 1 :]):
            with open(caught.FILE, "wb") as file:
                file.write(damaged)
            assert caught.read() == {}
            tried += 1
    assert tried == 2 * 28


def test_a_full_flash_does_not_keep_the_cat_from_its_food():
    caught.FILE = "/nowhere/at/all"
    world = World("catchup=600 *:8:0:0!feed cat", MOMENT - 5)
    assert world.runs(100) == [(5, 0)]
    assert "is not written" in world.log.entries[0]

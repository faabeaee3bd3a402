"""When entries are due: across midnight, weeks and daylight-saving time, forward and back."""

from core.cron import entry
from core.due import latest_due, next_due, uptime_due
from core.zone import zone

DAY = 86400
MONDAY = 1767571200  # 2026-01-05 00:00 UTC
UTC = zone("n/a", 0)
BERLIN = zone("CET-1CEST,M3.5.0,M10.5.0/3", 0)
GAP = 1774746000  # 2026-03-29 (a Sunday) 01:00 UTC: 02:00 becomes 03:00 there
OVERLAP = 1792890000  # 2026-10-25 (a Sunday) 01:00 UTC: 03:00 becomes 02:00
CAIRO = zone("EET-2EEST,M4.5.5/0,M10.5.4/24", 0)  # changes at midnight
LORD_HOWE = zone("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 0)  # by half an hour
BUDAPEST = (47.5, 19.05)


def dues(text, after, until, where=UTC, place=None):
    """All occurrences in (after, until], one after the other."""
    made, found = entry(text + "!a b"), []
    assert not made.error, made.error
    while True:
        after = next_due(made, after, where, place)
        if after is None or after > until:
            return found
        found.append(after)


def test_the_next_second_is_after_the_one_given():
    assert dues("*:*:*:*", MONDAY, MONDAY + 3) == [MONDAY + 1, MONDAY + 2, MONDAY + 3]
    assert next_due(entry("*:0:0:0!a b"), MONDAY, UTC, None) == MONDAY + DAY
    assert next_due(entry("*:0:0:0!a b"), MONDAY - 1, UTC, None) == MONDAY


def test_across_hours_days_and_weeks():
    assert dues("0:8:30:0", MONDAY, MONDAY + 15 * DAY) == [
        MONDAY + week * 7 * DAY + 30600 for week in range(3)
    ]
    assert dues("6:23:59:59", MONDAY, MONDAY + 7 * DAY) == [MONDAY + 7 * DAY - 1]
    assert dues("*:22-1:0:0", MONDAY, MONDAY + DAY) == [
        MONDAY + hour * 3600 for hour in (1, 22, 23, 24)
    ]
    assert dues("5-0:12:0:0", MONDAY, MONDAY + 7 * DAY) == [
        MONDAY + day * DAY + DAY // 2 for day in (0, 5, 6)
    ]


def test_fields_are_local_time():
    assert dues("0:0:30:0", MONDAY - DAY, MONDAY + DAY, zone("n/a", 1)) == [MONDAY - 1800]
    assert dues("6:23:0:0", MONDAY - DAY, MONDAY + DAY, zone("n/a", -2)) == [MONDAY + 3600]


def test_what_lies_in_the_gap_runs_once_at_its_end():
    for text in ("*:2:30:0", "*:2:0:0", "*:2:59:59", "6:2:*:*", "6:2:0-30:0"):
        assert dues(text, GAP - 3600, GAP + 3600, BERLIN) == [GAP], text
    assert dues("0-5:2:30:0", GAP - 3600, GAP + 3600, BERLIN) == []  # the skipped date is a Sunday


def test_what_lies_in_the_gap_is_merged_with_what_is_due_at_its_end():
    assert dues("*:2-3:0:0", GAP - 3600, GAP + 3600, BERLIN) == [GAP]
    assert dues("*:2,3:0,30:0", GAP - 3600, GAP + 3600, BERLIN) == [GAP, GAP + 1800]
    assert latest_due(entry("*:2,3:0,30:0!a b"), GAP - 60, GAP, BERLIN, None) == (GAP, 1)
    assert latest_due(entry("*:2,3:0,30:0!a b"), GAP - 60, GAP + 1800, BERLIN, None)[1] == 2


def test_the_gap_is_asked_for_at_its_edges():
    made = entry("*:2:30:0!a b")
    assert next_due(made, GAP - 1, BERLIN, None) == GAP
    assert next_due(made, GAP, BERLIN, None) == GAP + DAY - 1800
    assert latest_due(made, GAP - 1, GAP, BERLIN, None) == (GAP, 1)
    assert latest_due(made, GAP, GAP + 3600, BERLIN, None) == (None, 0)
    assert latest_due(made, GAP - 5, GAP - 1, BERLIN, None) == (None, 0)


def test_a_periodic_entry_does_not_run_for_hours_that_are_skipped():
    assert dues("*:*:30:0", GAP - 3600, GAP + 3600, BERLIN) == [GAP - 1800, GAP + 1800]
    assert dues("*:*/2:30:0", GAP - 5400, GAP + 7200, BERLIN) == [GAP + 5400]


def test_the_first_of_two_passes_is_the_one_for_a_fixed_entry():
    assert dues("*:2:30:0", OVERLAP - 7200, OVERLAP + 7200, BERLIN) == [OVERLAP - 1800]
    assert dues("*:2:0:0", OVERLAP - 7200, OVERLAP + 7200, BERLIN) == [OVERLAP - 3600]
    assert dues("*:3:0:0", OVERLAP - 7200, OVERLAP + 7200, BERLIN) == [OVERLAP + 3600]
    assert dues("*:0-23:0:0", OVERLAP - 7200, OVERLAP + 7200, BERLIN) == [
        OVERLAP - 3600,
        OVERLAP + 3600,
        OVERLAP + 7200,
    ]
    made = entry("*:2:30:0!a b")
    for after in (OVERLAP - 1800, OVERLAP - 1, OVERLAP, OVERLAP + 1799):
        assert next_due(made, after, BERLIN, None) == OVERLAP - 1800 + DAY + 3600, after
    assert latest_due(made, OVERLAP - 7200, OVERLAP + 7200, BERLIN, None) == (OVERLAP - 1800, 1)


def test_a_periodic_entry_runs_in_both_passes():
    assert dues("*:*:30:0", OVERLAP - 3600, OVERLAP + 3600, BERLIN) == [
        OVERLAP - 1800,
        OVERLAP + 1800,
    ]
    assert latest_due(entry("*:*:*:*!a b"), OVERLAP - 9, OVERLAP + 9, BERLIN, None)[1] == 18


def test_changes_at_midnight_and_by_half_an_hour():
    gap = 1776981600  # 2026-04-24 00:00 in Cairo becomes 01:00, a Friday
    assert dues("4:0:15:0", gap - DAY, gap + DAY, CAIRO) == [gap]
    assert dues("3:0:15:0", gap - 3600, gap + DAY, CAIRO) == []
    overlap = 1793307600  # 2026-10-29 24:00 becomes 23:00, a Thursday
    assert dues("3:23:30:0", overlap - DAY, overlap + DAY, CAIRO) == [overlap - 1800]
    assert dues("3:*:30:0", overlap - 3600, overlap + 7200, CAIRO) == [
        overlap - 1800,
        overlap + 1800,
    ]
    gap = 1791041400  # 2026-10-04 02:00 there becomes 02:30
    assert dues("*:2:15:0", gap - 3600, gap + 3600, LORD_HOWE) == [gap]
    assert dues("*:2:30:0", gap - 3600, gap + 3600, LORD_HOWE) == [gap]
    assert dues("*:2:0,30:0", gap - 3600, gap + 3600, LORD_HOWE) == [gap]


def test_a_range_that_is_over_is_told_by_its_latest_and_their_number():
    made = entry("*:*/6:0:0!a b")
    assert latest_due(made, MONDAY, MONDAY + DAY, UTC, None) == (MONDAY + DAY, 4)
    assert latest_due(made, MONDAY, MONDAY + DAY - 1, UTC, None) == (MONDAY + 64800, 3)
    assert latest_due(made, MONDAY, MONDAY, UTC, None) == (None, 0)
    assert latest_due(made, MONDAY, MONDAY - 5, UTC, None) == (None, 0)
    every = entry("*:*:*:*!a b")
    assert latest_due(every, MONDAY, MONDAY + 365 * DAY, BERLIN, None)[1] == 365 * DAY


SEVERAL = ("*:2,3:*/7:0", "6:1-3:5,30:*/20", "*:*:*/9:1", "0:0:0:0", "*:23-2:59:59")


def test_latest_agrees_with_next():
    for text in SEVERAL:
        for where in (BERLIN, LORD_HOWE):
            for after in (GAP - 5000, OVERLAP - 4000, 1791041400 - 3000):
                found = dues(text, after, after + 9000, where)
                last = found[-1] if found else None
                told = latest_due(entry(text + "!a b"), after, after + 9000, where, None)
                assert told == (last, len(found)), (text, after)


def test_on_uptime_only_periodic_entries_of_every_day_run():
    assert uptime_due(entry("*:*:*/10:0!a b"), 0) == 600
    assert uptime_due(entry("*:*/2:0:0!a b"), 600) == 7200
    assert uptime_due(entry("*:*:*:*!a b"), 0) == 1
    assert uptime_due(entry("*:*:0:0!a b"), 3 * DAY) == 3 * DAY + 3600
    for text in ("*:7:0:0", "0-6:*:*:*", "sunset", "0:*:0:0", "*:0-23:0:0"):
        assert uptime_due(entry(text + "!a b"), 0) is None, text
    assert latest_due(entry("*:*:*:30!a b"), 0, 3600, None, None) == (3570, 60)


def test_sun_events_wait_for_a_place():
    assert next_due(entry("sunset!a b"), MONDAY, BERLIN, None) is None
    assert latest_due(entry("sunset!a b"), MONDAY, MONDAY + DAY, BERLIN, None) == (None, 0)
    assert latest_due(entry("sunset!a b"), 0, 3600, None, BUDAPEST) == (None, 0)


def near(found, wanted):
    late = [found[index] - utc for index, utc in enumerate(wanted)]
    return len(found) == len(wanted) and min(late) >= -90 and max(late) <= 90


def test_the_sun_over_days_with_weekdays_and_offsets():
    sunsets = [1767625640, 1767712106, 1767798575]  # 2026-01-05 to 07
    berlin = dues("sunset", MONDAY, MONDAY + 3 * DAY, BERLIN, BUDAPEST)
    assert near(berlin, sunsets), berlin
    assert near(dues("1:sunset", MONDAY, MONDAY + 7 * DAY, BERLIN, BUDAPEST), sunsets[1:2])
    assert near(
        dues("1:sunset+600", MONDAY, MONDAY + 7 * DAY, BERLIN, BUDAPEST), [sunsets[1] + 36000]
    )
    assert near(
        dues("1:sunset-1440", MONDAY - DAY, MONDAY + 7 * DAY, BERLIN, BUDAPEST),
        [sunsets[1] - DAY],
    )
    assert dues("sunset", MONDAY, MONDAY + 3 * DAY, zone("n/a", 0), BUDAPEST) == berlin
    made = entry("sunset!a b")
    assert latest_due(made, MONDAY, berlin[1], BERLIN, BUDAPEST) == (berlin[1], 2)
    assert latest_due(made, MONDAY, berlin[1] - 1, BERLIN, BUDAPEST) == (berlin[0], 1)
    assert next_due(made, berlin[0], BERLIN, BUDAPEST) == berlin[1]
    assert next_due(made, berlin[0] - 1, BERLIN, BUDAPEST) == berlin[0]


def test_a_sunset_after_midnight_belongs_to_the_date_of_its_noon():
    reykjavik = (64.15, -21.94)
    sunday = 1782000000 // DAY * DAY  # 2026-06-21, a Sunday: it sets at 00:04 of Monday
    found = dues("6:sunset", sunday, sunday + 3 * DAY, UTC, reykjavik)
    assert len(found) == 1 and 0 < found[0] - sunday - DAY < 600, found
    assert dues("0:sunset", sunday + 12 * 3600, sunday + DAY + 3600, UTC, reykjavik) == []


def test_dates_are_local_on_both_sides_of_the_date_line():
    auckland, apia = (-36.85, 174.76), (-13.83, -171.77)
    for where, place in (
        (zone("NZST-12NZDT,M9.5.0,M4.1.0/3", 0), auckland),
        (zone("<+13>-13", 0), apia),
        (zone("HST10", 0), (21.3, -157.86)),
    ):
        found = dues("0:sunrise", MONDAY - 2 * DAY, MONDAY + 2 * DAY, where, place)
        assert len(found) == 1, place
        local = found[0] + where.offset(found[0])
        assert local // DAY == MONDAY // DAY, place
        assert 5 * 3600 < local % DAY < 8 * 3600, place


def test_no_event_no_run_and_the_next_one_is_found_after_the_polar_night():
    tromso = (69.65, 18.96)
    found = next_due(entry("sunrise!a b"), 1764547200, BERLIN, tromso)  # from 2025-12-01
    assert 1768262400 < found < 1768608000, found  # 2026-01-13 to 17
    found = next_due(entry("sunset!a b"), 1780272000, BERLIN, tromso)  # from 2026-06-01
    assert 1784937600 < found < 1785369600, found  # 2026-07-25 to 30
    assert latest_due(entry("sunrise!a b"), 1765000000, 1767000000, BERLIN, tromso) == (None, 0)
    for latitude, some in ((89.0, True), (-89.0, True), (90.0, False), (-90.0, False)):
        found = next_due(entry("sunset!a b"), 1764547200, BERLIN, (latitude, 0.0))
        assert (found is not None) is some, latitude

"""Time zones: what a POSIX rule says, and when it changes the offset."""

from core.zone import zone

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"


def offsets(rule, *instants):
    where = zone(rule, 0)
    return [where.offset(utc) for utc in instants]


def around(rule, change):
    """Offsets one second before a change and at it."""
    return offsets(rule, change - 1, change)


def test_without_a_rule_the_hours_of_gmttime_count():
    assert zone("n/a", 1).offset(1770000000) == 3600
    assert zone("n/a", -12).offset(0) == -43200


def test_a_rule_without_summer_never_changes():
    assert offsets("UTC0", 0, 1 << 31) == [0, 0]
    assert offsets("<+0545>-5:45", 1770000000) == [20700]
    assert offsets("EST5", 1770000000) == [-18000]
    assert offsets("XXX-0:0:01", 1770000000) == [1]


def test_summer_is_an_hour_ahead_if_not_told_else():
    assert offsets("CET-1CEST,M3.5.0,M10.5.0/3", 1769904000, 1782864000) == [3600, 7200]
    assert offsets("LHST-10:30LHDT-11,M10.1.0,M4.1.0", 1769904000, 1782864000) == [39600, 37800]


def test_the_fifth_weekday_is_the_last_one():
    for change, offset in (
        (1774746000, 7200),  # 2026-03-29 01:00 UTC
        (1792890000, 3600),  # 2026-10-25
        (1806195600, 7200),  # 2027-03-28
        (1824944400, 3600),  # 2027-10-31
        (1837645200, 7200),  # 2028-03-26, a leap year
    ):
        assert around(BERLIN, change) == [10800 - offset, offset], change


def test_the_second_weekday_and_a_time_of_its_own():
    assert around("EST5EDT,M3.2.0,M11.1.0", 1772953200) == [-18000, -14400]  # 2026-03-08 02:00
    assert around("EST5EDT,M3.2.0,M11.1.0", 1793512800) == [-14400, -18000]  # 2026-11-01 02:00


def test_summer_of_the_south_lasts_over_new_year():
    rule = "NZST-12NZDT,M9.5.0,M4.1.0/3"
    assert offsets(rule, 1767225600 - 1, 1767225600, 1782864000) == [46800, 46800, 43200]
    assert around(rule, 1775311200) == [46800, 43200]  # 2026-04-05 03:00 local
    assert around(rule, 1790431200) == [43200, 46800]  # 2026-09-27 02:00 local


def test_a_change_may_be_hours_away_from_its_day():
    assert around("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1774746000) == [-7200, -3600]
    assert around("EET-2EEST,M3.4.4/50,M10.4.4/50", 1774656000) == [7200, 10800]  # a Saturday


def test_winter_may_be_what_is_saved():
    assert offsets("IST-1GMT0,M10.5.0,M3.5.0/1", 1769904000, 1782864000) == [0, 3600]


def test_days_of_the_year_without_and_with_the_29th_of_february():
    without = "XST3XDT,J60/0,J300/0"
    assert around(without, 1772334000) == [-10800, -7200]  # 2026-03-01 00:00 local
    assert around(without, 1835492400) == [-10800, -7200]  # 2028-03-01
    assert around("XST3XDT,J59/0,J300/0", 1835319600) == [-10800, -7200]  # 2028-02-28
    assert around("XST3XDT,59/0,300/0", 1772334000) == [-10800, -7200]  # 2026-03-01
    assert around("XST3XDT,59/0,300/0", 1835406000) == [-10800, -7200]  # 2028-02-29


def test_summer_all_year_never_changes():
    where = zone("XXX3EDT4,0/0,J365/23", 0)  # the example of RFC 8536
    for year in range(2026, 2030):
        utc = (year - 1970) * 31556952 // 86400 * 86400
        for day in range(-3, 4):
            _, _, offset, before = where.span(utc + day * 86400)
            assert (offset, before) == (-14400, -14400)


def test_a_span_tells_what_was_before_and_when_it_ends():
    where = zone(BERLIN, 0)
    assert where.span(1780000000) == (1774746000, 1792890000, 7200, 3600)
    assert where.span(1792890000) == (1792890000, 1806195600, 3600, 7200)
    start, end, offset, before = zone("n/a", 2).span(1780000000)
    assert start == 0 and end > 1 << 33 and offset == before == 7200


def test_what_is_no_rule_is_refused():
    for rule in (
        "", "CET", "-1", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1,M3.5.0,M10.5.0", "CET-25",
        "C ET-1", "CET-1CEST,M3.5.0/--1,M10.5.0",
        "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5,M10.5.0", "CET-1CEST,J0,J300", "CET--1",
        "CET-1CEST,366,J300", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1:60", "CET-1:0:0:0",
        "CET-1CEST,M3.5.0,M10.5.0,", "CET-1CEST,,", "CET-1CEST,M3.5.0/,M10.5.0", "Europe/Berlin",
        "<CET-1", "CET-1CEST,M3.5.0,M10.5.0/3 ", "CET-", "CET-1CEST-,M3.5.0,M10.5.0",
    ):  # fmt: skip
        try:
            found = zone(rule, 0)
        except ValueError:
            found = None
        assert found is None, "not refused: " + rule

"""Sunrise and sunset, the polar day and night; times are from an almanac (ephem, VSOP87)."""

from core.sun import event, place

EVERY = 1  # days from one to the next: a slow board is told to look at fewer
EVENTS = (  # day since 1970, sunset?, latitude, longitude, UTC seconds
    (20458, False, 47.5, 19.05, 1767594674),
    (20458, True, 47.5, 19.05, 1767625640),
    (21356, False, 47.5, 19.05, 1845168394),
    (21356, True, 47.5, 19.05, 1845225890),
    (27383, False, 47.5, 19.05, 2365914535),
    (27383, True, 47.5, 19.05, 2365944919),
    (20532, True, 52.52, 13.4, 1774027167),
    (22545, True, 52.52, 13.4, 1947949393),
    (20458, False, -33.87, 151.21, 1767552637),
    (20458, True, -33.87, 151.21, 1767604193),
    (21356, False, -33.87, 151.21, 1845147604),
    (21356, True, -33.87, 151.21, 1845183235),
    (27383, False, -33.87, 151.21, 2365872054),
    (27383, True, -33.87, 151.21, 2365923940),
    (20532, True, -36.85, 174.76, 1773988381),
    (22545, True, -36.85, 174.76, 1947910660),
    (20458, False, 64.15, -21.94, 1767611665),
    (20458, True, 64.15, -21.94, 1767628339),
    (21356, False, 64.15, -21.94, 1845168916),
    (21356, True, 64.15, -21.94, 1845245041),
    (27383, False, 64.15, -21.94, 2365932160),
    (27383, True, 64.15, -21.94, 2365946976),
    (20532, True, 21.3, -157.86, 1774068156),
    (22545, True, 21.3, -157.86, 1947990396),
    (20458, False, 0.0, 0.0, 1767592901),
    (20458, True, 0.0, 0.0, 1767636546),
    (21356, False, 0.0, 0.0, 1845179895),
    (21356, True, 0.0, 0.0, 1845223536),
    (27383, False, 0.0, 0.0, 2365912475),
    (27383, True, 0.0, 0.0, 2365956125),
    (20532, True, 59.91, 10.75, 1774027879),
    (22545, True, 59.91, 10.75, 1947950078),
    (20458, False, -54.8, -68.3, 1767600364),
    (20458, True, -54.8, -68.3, 1767661835),
    (21356, False, -54.8, -68.3, 1845205136),
    (21356, True, -54.8, -68.3, 1845231085),
    (27383, False, -54.8, -68.3, 2365919503),
    (27383, True, -54.8, -68.3, 2365981891),
    (20532, True, -13.83, -171.77, 1774071449),
    (22545, True, -13.83, -171.77, 1947993784),
    (20458, False, 40.71, -74.01, 1767615613),
    (20458, True, 40.71, -74.01, 1767649381),
    (21356, False, 40.71, -74.01, 1845192310),
    (21356, True, 40.71, -74.01, 1845246650),
    (27383, False, 40.71, -74.01, 2365935411),
    (27383, True, 40.71, -74.01, 2365968727),
    (20532, True, 35.68, 139.69, 1773996752),
    (22545, True, 35.68, 139.69, 1947919059),
)


def test_events_are_those_of_the_almanac():
    for day, sunset, latitude, longitude, utc in EVENTS:
        found, days = event(day, sunset, latitude, longitude)
        assert days == 1
        assert abs(found - utc) <= 90, (day, sunset, latitude, longitude, found - utc)


def test_seconds_are_whole():
    assert type(event(20458, True, 47.5, 19.05)[0]) is int


def test_the_sun_stays_up_or_down():
    for day, latitude in ((20625, 69.65), (20444, 69.65), (20625, -69.65), (20444, -90.0)):
        for sunset in (False, True):
            found, days = event(day, sunset, latitude, 18.96)
            assert found is None and days >= 1, (day, latitude)


def test_what_it_says_to_leave_out_holds_no_event():
    for latitude in (66.0, 67.5, 69.65, 78.2, 89.0, 90.0, -67.0, -75.0, -90.0):
        for sunset in (False, True):
            day, last = 20454, 20454 + 366
            while day < last:
                days = event(day, sunset, latitude, 20.0)[1]
                for between in range(day + 1, min(day + days, last), EVERY):
                    assert event(between, sunset, latitude, 20.0)[0] is None, (latitude, between)
                day += max(days, EVERY)


def test_there_is_little_to_ask_in_a_polar_night():
    day, asked = 20454, 0
    while day < 20454 + 366:
        day += event(day, True, 89.5, 20.0)[1]
        asked += 1
    assert asked < 80, asked


def test_events_of_following_days_follow_each_other():
    for latitude in (-65.0, -30.0, 0.0, 52.0, 66.0):
        for sunset in (False, True):
            before = 0
            for day in range(20454, 20454 + 366, EVERY):
                utc, _ = event(day, sunset, latitude, -170.0)
                if utc is not None:
                    assert before < utc, (latitude, day)
                    before = utc


def test_a_place_is_two_numbers_in_degrees():
    assert place("n/a") is None
    assert place("47.5, 19.05") == (47.5, 19.05)
    assert place("-90,-180") == (-90.0, -180.0)
    for text in ("", "47.5", "1,2,3", "91,0", "0,181", "north,east", "nan,0", "0,inf", "0,nan"):
        try:
            place(text)
        except ValueError:
            continue
        raise AssertionError("not refused: " + text)

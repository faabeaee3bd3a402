"""The clock: counts across the wrap of the ticks, is told the time, follows the firmware's."""

from core.log import Clock

PERIOD = 1 << 30  # ticks of a 32-bit board
MOMENT = 1_800_000_000  # 2027-01-15 08:00:00


class Ticks:
    """Ticks of a board, in a test's hand."""

    def __init__(self, value=0):
        self.value = value

    def __call__(self):
        return self.value

    def go(self, milliseconds):
        self.value = (self.value + milliseconds) % PERIOD


class Firmware:
    """The firmware's own clock: it counts on from what somebody told it."""

    def __init__(self, clock, told=None):
        self.clock = clock
        self.tell(told)

    def tell(self, told):
        self.ahead = None if told is None else told - self.clock.uptime()

    def utc(self):
        return None if self.ahead is None else self.ahead + self.clock.uptime()


class Watcher:
    """Somebody who must know when the time changes."""

    def __init__(self, clock):
        self.clock = clock
        self.seen = []
        clock.watcher = self

    def decide(self):
        self.seen.append(("decide", self.clock.now()))

    def moved(self, first):
        self.seen.append(("moved", self.clock.now(), first))


def test_it_counts_across_the_wrap_of_the_ticks():
    ticks = Ticks(PERIOD - 5)
    clock = Clock(ticks)
    for _ in range(5):
        ticks.go(PERIOD // 2 - 1)  # 6.2 days: more at a time cannot be told from less than nothing
        clock.uptime()
    assert clock.uptime_ms() == 5 * (PERIOD // 2 - 1)
    assert clock.uptime() == 5 * (PERIOD // 2 - 1) // 1000


HOURS = 1  # between two looks


def test_a_year_of_seconds_is_a_year():
    ticks = Ticks(PERIOD - 1)
    clock = Clock(ticks)
    clock.set(MOMENT, "ntp")
    for _ in range(366 * 24 // HOURS):
        ticks.go(3_600_000 * HOURS)
        clock.uptime()
    assert clock.now() == MOMENT + 366 * 86400


def test_it_tells_nothing_before_it_was_told():
    clock = Clock()
    assert (clock.now(), clock.now_us(), clock.local(), clock.source) == (None,) * 4
    assert clock.stamp().endswith(" s")


def test_it_begins_a_second_when_it_is_told_and_counts_on_in_milliseconds():
    ticks = Ticks()
    clock = Clock(ticks)
    ticks.go(1234)
    assert clock.set(MOMENT, "ntp")
    assert (clock.source, clock.set_at) == ("ntp", 1)
    assert clock.now_us() == MOMENT * 1_000_000
    ticks.go(999)
    assert clock.now() == MOMENT
    ticks.go(1)
    assert clock.now_us() == (MOMENT + 1) * 1_000_000
    assert clock.uptime_ms() == 2234


def test_a_time_that_cannot_be_is_refused_and_changes_nothing():
    clock = Clock(Ticks())
    watcher = Watcher(clock)
    for wrong in (0, -1, 946684800, 1735689599, 2429913600, 1 << 40):
        assert not clock.set(wrong, "ntp")
        assert clock.source is None
        assert clock.now() is None
    assert clock.set(1735689600, "ntp")
    assert clock.set(2429913599, "hand")
    assert not clock.set(1, "ntp")
    assert (clock.now(), clock.source) == (2429913599, "hand")
    assert len(watcher.seen) == 4


def test_who_watches_decides_by_the_old_time_before_he_hears_of_the_new():
    clock = Clock(Ticks())
    watcher = Watcher(clock)
    clock.set(MOMENT, "ntp")
    clock.set(MOMENT + 500, "ntp")
    assert watcher.seen == [
        ("decide", None),
        ("moved", MOMENT, True),
        ("decide", MOMENT),
        ("moved", MOMENT + 500, False),
    ]


def test_a_firmware_clock_that_strays_is_not_followed_one_that_was_set_is():
    ticks = Ticks()
    clock = Clock(ticks)
    clock.set(MOMENT, "ntp")
    firmware = Firmware(clock, MOMENT - 7000)  # far off, for long
    clock.look(firmware)
    for _ in range(60):
        ticks.go(60_000)
        firmware.ahead += 2  # seconds a minute
        clock.look(firmware)
    assert (clock.now(), clock.source) == (MOMENT + 3600, "ntp")
    ticks.go(60_000)
    firmware.ahead -= 3
    clock.look(firmware)
    assert clock.source == "rtc"
    assert clock.now() == firmware.utc()


def test_what_random_bytes_tell_at_power_on_is_not_believed_what_somebody_sets_later_is():
    ticks = Ticks()
    clock = Clock(ticks)
    firmware = Firmware(clock, MOMENT)
    for _ in range(3):
        clock.look(firmware)
        ticks.go(60_000)
    assert clock.source is None
    firmware.tell(MOMENT + 86_400)
    clock.look(firmware)
    assert (clock.source, clock.now()) == ("rtc", MOMENT + 86_400)


def test_a_firmware_clock_that_nobody_had_set_is_followed_once_somebody_does():
    ticks = Ticks()
    clock = Clock(ticks)
    firmware = Firmware(clock)
    clock.look(firmware)
    ticks.go(60_000)
    clock.look(firmware)
    firmware.tell(MOMENT)
    clock.look(firmware)
    assert (clock.source, clock.now()) == ("rtc", MOMENT)


def test_our_own_setting_of_the_firmware_clock_is_not_taken_for_somebody_elses():
    ticks = Ticks()
    clock = Clock(ticks)
    firmware = Firmware(clock, MOMENT - 50)
    clock.look(firmware)
    ticks.go(30_000)
    clock.set(MOMENT, "ntp")
    firmware.tell(MOMENT)
    for _ in range(2):
        ticks.go(60_000)
        clock.look(firmware)
    assert (clock.source, clock.now()) == ("ntp", MOMENT + 120)


def test_a_firmware_clock_set_to_a_time_that_cannot_be_is_not_followed():
    ticks = Ticks()
    clock = Clock(ticks)
    clock.set(MOMENT, "ntp")
    firmware = Firmware(clock, MOMENT)
    clock.look(firmware)
    firmware.tell(1_700_000_000)  # 2023
    clock.look(firmware)
    assert (clock.source, clock.now()) == ("ntp", MOMENT)
    ticks.go(60_000)
    firmware.tell(MOMENT + 60)
    clock.look(firmware)
    assert clock.now() == MOMENT + 60


def test_local_time_is_that_of_the_zone():
    clock = Clock(Ticks())
    clock.set(MOMENT, "ntp")
    clock.zone = ("n/a", 1)
    assert clock.local()[:5] == (2027, 1, 15, 9, 0)
    assert clock.stamp() == "2027-01-15 09:00:00"
    clock.zone = ("CET-1CEST,M3.5.0,M10.5.0/3", 0)
    assert clock.stamp() == "2027-01-15 09:00:00"
    clock.set(1_814_400_000, "ntp")
    assert clock.stamp() == "2027-07-01 02:00:00"

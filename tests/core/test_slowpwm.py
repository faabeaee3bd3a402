"""A relay for a share of the time: what it gets is counted, on a pin that remembers."""

import asyncio

import lm

from control import Random, Ticks, module, refusal

A, B, C, D, E = "simple_0", "pwm_0", "pwm_1", "pwm_2", "pwm_3"


class Relay:
    """A pin, how long it was on, and its shortest times."""

    def __init__(self, ticks):
        self.ticks = ticks
        self.level = self.total = self.changes = 0
        self.at = 0
        self.shortest = [1 << 40, 1 << 40]  # ms off, on, but for the first

    def value(self, level):
        if level != self.level:
            lasted = self.ticks.ms - self.at
            self.total += lasted * self.level
            if self.changes:
                self.shortest[self.level] = min(self.shortest[self.level], lasted)
            self.level, self.at, self.changes = level, self.ticks.ms, self.changes + 1

    def on_for(self):
        return self.total + self.level * (self.ticks.ms - self.at)


class Config:
    def get(self, _):
        return "n/a"


class Node:
    """As much of a node as the module reaches for; its one task is driven by the test."""

    board = "esp32"
    log = None

    def __init__(self, ticks):
        self.tasks = self.port = self
        self.config = Config()
        self.taken = {}
        self.ticks = ticks
        self.relays, self.started = [], []

    def start(self, tag, coroutine):
        self.started.append((tag, coroutine))

    def pin(self, _number, mode):
        assert mode == "out"
        self.relays.append(Relay(self.ticks))
        return self.relays[-1]


def fresh(*pins):
    """The module on a board of its own, with relays that are already taken: (module, node)."""
    node = Node(Ticks())
    lm.bind(node)
    found = module("slowpwm", node.ticks)
    for pin in pins:
        found.times(pin, 10, 0, 0)
    return found, node


def drive(found, node, until, late=None):
    """Look when the module wants to, or some ms later."""
    while node.ticks.ms < until:
        wait = min([found._step(it, node.ticks()) for it in found._relays.values()])
        node.ticks.ms += wait + (late.randrange(0, 300) if late else 0)


def end(node):
    for _, coroutine in node.started:
        coroutine.close()


def test_relays_are_told_by_the_number_of_their_pin_too():
    found, node = fresh(16, B)
    assert found.pinmap() == {"16": 16, B: 14}
    assert sorted(str(pin) for pin in found.status()) == ["16", B]
    end(node)


def test_the_duty_does_not_drift_over_ten_thousand_periods():
    found, node = fresh()
    late, told = Random(4), []
    for pin, percent, least in ((A, 33.3, 0), (B, 2, 1), (C, 97.5, 1), (D, 50, 2)):
        found.times(pin, 10, least, least)
        found.duty(pin, percent)
        relay, start = node.relays[-1], node.ticks.ms
        errors, before = [], relay.on_for()
        for part in range(1, 11):
            drive(found, node, start + part * 10_000_000 // 4, late)
            wanted = (node.ticks.ms - start) * percent / 100
            errors.append(relay.on_for() - before - wanted)
        told.append((percent, errors[0], errors[-1], relay.changes))
        assert max([abs(each) for each in errors]) <= 10_000  # one period, however many went by
        assert abs(errors[-1]) * 100 / (node.ticks.ms - start) < 0.05  # percent of the time
        found._relays.clear()
    for row in told:
        print("%s %%: off by %d ms after 250 periods, %d ms after 2500, %d changes" % row)
    end(node)


def test_ten_thousand_periods_in_a_row_get_their_share_to_the_millisecond():
    found, node = fresh(A)
    found.duty(A, 33.33)
    relay = node.relays[0]
    drive(found, node, 100_000_000)
    share = relay.on_for() * 100 / node.ticks.ms
    print("10000 periods, %d changes, share %.6f %%" % (relay.changes, share))
    assert relay.changes >= 20_000
    assert abs(share - 33.33) < 0.0001
    end(node)


def test_it_is_never_on_or_off_for_less_than_the_least_times():
    found, node = fresh()
    found.times(A, 10, 2, 3)
    one = Random(9)
    for _ in range(3000):
        found.duty(A, one.choice((0, 1, 5, 50, 80, 99, 100)))
        drive(found, node, node.ticks.ms + one.randrange(100, 9000))
    off, on = node.relays[0].shortest
    print("%d changes, at least %d ms on, %d ms off" % (node.relays[0].changes, on, off))
    assert node.relays[0].changes > 500
    assert 2000 <= on < 2100
    assert 3000 <= off < 3100
    end(node)


def test_a_duty_that_changes_all_the_time_gets_its_mean():
    found, node = fresh()
    found.times(A, 10, 1, 1)
    wanted, one = 0, Random(2)
    for second in range(5000):
        percent = 30 + one.randrange(0, 40)
        found.duty(A, percent)
        drive(found, node, second * 1000 + 1000)
        wanted += percent * 10
    print("on for %d ms, wanted %d ms" % (node.relays[0].on_for(), wanted))
    assert abs(node.relays[0].on_for() - wanted) <= 10_000
    end(node)


def test_nothing_and_all_are_at_once_and_for_good():
    found, node = fresh(A)
    found.duty(A, 100)
    assert node.relays[0].level == 1
    drive(found, node, 100_000)
    assert node.relays[0].on_for() == node.ticks.ms
    found.duty(A, 0)
    drive(found, node, 900_000_000)  # days: the ticks wrap meanwhile
    assert node.relays[0].changes == 2
    found.duty(A, 100)
    assert node.relays[0].level == 1
    end(node)


def test_a_duty_that_nobody_renews_ends():
    found, node = fresh()
    found.times(A, 10, 1, 1, 60)
    found.duty(A, 100)
    drive(found, node, 59_000)
    assert node.relays[0].level == 1
    drive(found, node, 61_000)
    assert node.relays[0].level == 0
    assert found.status() == {A: "0.0 %, 0"}
    end(node)


async def test_its_task_switches_and_when_it_is_killed_all_is_off():
    found, node = fresh(A, B)
    found.duty(A, 100)
    found.duty(B, 100)
    ((tag, coroutine),) = node.started
    assert tag == "slowpwm.relays"
    task = asyncio.create_task(coroutine)
    await asyncio.sleep_ms(5)
    task.cancel()
    await asyncio.sleep_ms(5)
    assert [relay.level for relay in node.relays] == [0, 0]
    found.duty(B, 100)
    assert len(node.started) == 2
    assert found.status() == {A: "0.0 %, 0", B: "100.0 %, 1"}
    assert found.deinit() == "slowpwm: released"
    assert node.relays[1].level == 0
    assert node.taken == {}
    node.started[1][1].close()


def test_a_pin_is_one_relay_by_whatever_name():
    found, node = fresh(A)
    for pin, percent in ((A, 30), ("relay_0", 60), (16, 100)):
        found.duty(pin, percent)
    assert found.status() == {A: "100.0 %, 1"}
    assert len(node.relays) == 1
    found.duty(17, 5)
    assert found.pinmap() == {A: 16, "17": 17}
    assert found.deinit() == "slowpwm: released"
    end(node)


def test_what_cannot_be_is_refused():
    found, node = fresh(A, B, C, D)
    for percent in (-1, 101, "all", None, float("nan")):
        assert "duty: expected 0 to 100" in refusal(found.duty, A, percent)
    assert "at most 4 relays" in refusal(found.duty, E, 5)
    assert "both least times fit" in refusal(found.times, A, 5, 3, 3)
    assert "0 to 3600 seconds" in refusal(found.times, A, 5, -1)
    assert "unknown pin 'None'" in refusal(found.duty, None, 5)
    assert not node.started

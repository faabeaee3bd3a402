"""Commands on a timer and on edges: debounced, never lost, never faster than they may be."""

import asyncio
import sys

from core.errors import CommandError
from core.events import Edge
from core.task import kill, matching, task
from core.triggers import begin

from fake_node import FakeNode

DEBOUNCE = 50


class Pin:
    """A pin of a chip: what the world does to it, and how often that interrupted us."""

    def __init__(self, level=1):
        self.level = level
        self.handler = None
        self.edges = 0
        self.interrupts = 0

    def value(self):
        return self.level

    def irq(self, handler=None, edges=3):
        self.handler, self.edges = handler, edges

    def drive(self, *levels):
        for level in levels:
            changed = level != self.level
            self.level = level
            if changed and self.handler and self.edges & (1 if level else 2):
                self.interrupts += 1
                self.handler(self)


class Port:
    """The pins of a chip by number."""

    LEAF = False

    def __init__(self):
        self.pins = {}

    def pin(self, number, mode):
        if number == 16:
            raise ValueError("invalid pin")
        return self.pins.setdefault(number, Pin(1 if mode == "up" else 0))

    def interrupt(self, pin, trigger, handler):
        edges = {"up": 1, "down": 2, "both": 3}[trigger]
        pin.irq(handler, edges)
        return edges


class Time:
    """A sleep_ms that takes no time; in each window of the debounce the next of `windows` happens.

    A pause beyond the shortest ends only once `released`.
    """

    def __init__(self):
        self.windows = []
        self.asked = []
        self.released = asyncio.Event()

    async def __call__(self, milliseconds):
        if milliseconds == DEBOUNCE:
            if self.windows:
                self.windows.pop(0)()
        elif milliseconds:
            self.asked.append(milliseconds)
            if milliseconds > 20 and not self.released.is_set():
                await self.released.wait()
        await asyncio.sleep_ms(0)


async def settle(turns=60):
    for _ in range(turns):
        await asyncio.sleep_ms(0)


def made(names=("irq1",), **settings):
    """A node whose events are on, and what became of their pins and commands."""
    sys.modules.pop("LM_lamp", None)
    node = FakeNode(Time())
    defaults = {"timirqseq": 1000, "timirqcbf": "lamp set 1", "cstmpmap": "n/a"}
    for name in ("ext", "irq1_", "irq2_"):
        defaults[name + "trig"] = "up"
        defaults[name + "debounce"] = DEBOUNCE
    defaults["extirqcbf"] = defaults["irq1_cbf"] = defaults["irq2_cbf"] = "lamp set 1"
    node.config.values.update(defaults)
    node.config.values.update(settings)
    node.port = Port()
    node.board = "esp32"
    node.taken = {}
    node.problems = []
    node.events = names
    begin(node)
    return node


def told():
    return sys.modules["LM_lamp"].told if "LM_lamp" in sys.modules else []


def job(node, tag):
    return matching(node.tasks.jobs, tag)[0]


async def stop(node):
    for each in node.tasks.jobs:
        each.handle.cancel()
    await settle(5)


async def test_an_edge_runs_the_commands_once_it_has_been_calm():
    node = made(irq1_cbf="lamp set 1; lamp set 2")
    pin = node.port.pins[19]
    assert node.taken == {19: "irq1"}
    await settle()
    assert told() == []
    pin.drive(0)
    await settle()
    assert told() == []  # up: the way down is no event
    pin.drive(1)
    await settle()
    assert [call[0] for call in told()] == [1, 2]
    assert job(node, "irq1").rounds == 1
    await stop(node)


async def test_each_trigger_has_its_way():
    for trigger, expected in (("up", [0, 1]), ("down", [1, 1]), ("both", [1, 2])):
        node = made(irq1_trig=trigger)
        counts = []
        for level in (0, 1):
            node.port.pins[19].drive(level)
            await settle()
            counts.append(len(told()))
        assert counts == expected, trigger
        await stop(node)


async def test_a_contact_that_bounces_is_one_event_whichever_way_it_goes():
    for trigger, expected in (("up", [0, 1]), ("down", [1, 1]), ("both", [1, 2])):
        node = made(irq1_trig=trigger)
        pin, counts = node.port.pins[19], []
        for level in (0, 1):
            pin.drive(level, 1 - level, level)
            node.tasks.sleep_ms.windows.append(lambda p=pin, v=level: p.drive(1 - v, v))
            await settle()
            counts.append(len(told()))
        assert counts == expected, trigger
        await stop(node)


async def test_a_short_pulse_counts_every_time():
    node = made(cstmpmap="irq1:33")
    pin, count = node.port.pins[33], 0
    for rest in (1, 0):
        pin.drive(rest)
        await settle()
        for _ in range(3):
            pin.drive(1 - rest, rest)
            await settle()
            count += 1
            assert len(told()) == count
    await stop(node)


async def test_a_storm_runs_now_and_then_and_once_after_its_last_edge():
    node = made()
    pin, time = node.port.pins[19], node.tasks.sleep_ms
    seen = []

    def storm():
        seen.append(len(told()))
        for _ in range(100):
            pin.drive(0, 1)
        pin.drive(0)

    time.windows = [storm] * 70
    pin.drive(0, 1)
    await settle(400)
    assert not time.windows
    assert seen[-1] == 3  # after 20, 40 and 60 windows that never were calm
    assert len(told()) == 4
    assert pin.interrupts <= 72  # of 14 000 edges: one for each window
    pin.drive(1)
    await settle()
    assert len(told()) == 5
    await stop(node)


async def test_the_last_edge_counts_wherever_the_storm_ends():
    """An edge at every point between two looks; after it nothing more comes."""
    for last in range(1, 30):
        node = made(irq1_trig="both")
        pin = node.port.pins[19]
        for turn in range(last):
            pin.drive(turn % 2)
            await asyncio.sleep_ms(0)
        before = len(told())
        pin.drive(1 - pin.level)
        await settle()
        assert len(told()) > before, last
        assert not job(node, "irq1").failures
        assert pin.handler  # and the next one will be heard
        await stop(node)


async def test_an_edge_that_a_storm_on_another_pin_has_swallowed_is_heard():
    """The firmware's queue was full: the level changes, and nobody is called."""
    node = made(("irq1", "irq2"), irq1_cbf="lamp set 1", irq2_cbf="lamp set 2", irq2_trig="down")
    await settle()
    storm, door = node.port.pins[19], node.port.pins[23]
    for level, expected in ((0, 1), (1, 1), (0, 2)):
        door.level = level
        storm.drive(0, 1)
        await settle()
        assert [call[0] for call in told()].count(2) == expected
        storm.drive(0, 1)
        await settle()
        assert [call[0] for call in told()].count(2) == expected  # and only once
    await stop(node)


async def test_a_storm_on_another_pin_makes_no_event_of_a_contact_that_goes_the_other_way():
    node = made(("irq1", "irq2"), irq1_cbf="lamp set 1", irq2_cbf="lamp set 2")
    storm, door = node.port.pins[19], node.port.pins[23]
    node.tasks.sleep_ms.windows = [lambda: storm.drive(0, 1)] * 60
    storm.drive(0, 1)
    door.drive(0)
    await settle(300)
    assert [call[0] for call in told()].count(2) == 0
    door.drive(1)
    await settle()
    assert [call[0] for call in told()].count(2) == 1
    await stop(node)


async def test_an_edge_that_comes_while_the_commands_run_is_another_event():
    node = made(irq1_cbf="lamp wait 30")
    pin = node.port.pins[19]
    pin.drive(0, 1)
    while "LM_lamp" not in sys.modules:
        await asyncio.sleep_ms(1)
    pin.drive(0, 1)
    assert told() == []
    for _ in range(200):
        await asyncio.sleep_ms(1)
    assert told() == ["finally", "finally"]
    assert job(node, "irq1").rounds == 2
    await stop(node)


async def test_without_a_debounce_each_edge_of_the_trigger_counts():
    node = made(irq1_debounce=0)
    pin = node.port.pins[19]
    assert pin.edges == 1
    count = 0
    for pulse in ((1,), (1, 0), (1, 0, 1, 0)):
        for _ in range(2):
            pin.drive(0)
            await settle()
            pin.drive(*pulse)
            await settle()
            count += 1
            assert len(told()) == count
    await stop(node)


async def test_a_pin_whose_commands_fail_is_heard_as_soon_as_ever():
    node = made(irq1_cbf="lamp broken; lamp set 13")
    pin, time = node.port.pins[19], node.tasks.sleep_ms
    for count in range(1, 12):
        pin.drive(0, 1)
        await settle()
        assert job(node, "irq1").failures == count
    assert set(time.asked) == {20}
    told_of = await task(node, None, "show irq1")
    assert "running, 11 runs, the last 11 failed, last: " in told_of
    assert "level: expected 0-12" in told_of
    pin.drive(0)
    await settle()
    node.executor.perform = lambda command: None  # the cause is gone
    pin.drive(1)
    await settle()
    assert job(node, "irq1").failures == 0
    await stop(node)


async def test_a_pin_whose_commands_fail_is_logged_once_a_minute():
    node = made(("irq1", "irq2"), irq1_cbf="lamp broken; lamp set 13", irq2_cbf="lamp broken")
    for second, logged in ((0, 2), (0, 2), (59, 2), (60, 4), (61, 4), (119, 4), (120, 6)):
        node.clock.seconds = second
        node.port.pins[19].drive(0, 1)
        await settle()
        assert node.log.errors == logged, second
    assert job(node, "irq1").failures == 7
    lines = node.log.lines("error")
    assert "ZeroDivision" in lines[0] and "irq1: level: expected 0-12" in lines[1]
    node.port.pins[23].drive(0, 1)
    await settle()
    assert node.log.errors == 7  # each pin has its own minute
    await stop(node)


async def test_the_timer_runs_its_commands_and_goes_on_after_errors():
    node = made(("timirq",), timirqcbf="lamp set 13; lamp set 2")
    time = node.tasks.sleep_ms
    await settle()
    assert time.asked == [1000] and told() == []
    time.released.set()
    await settle(30)
    assert time.asked[1:5] == [2000, 4000, 8000, 16000]
    assert [call[0] for call in told()] == [2] * len(told())  # the rest of the line goes on
    assert job(node, "timirq").failures == len(told()) > 3
    assert "level: expected 0-12" in await task(node, None, "show timirq")
    await stop(node)


async def test_the_timer_keeps_its_interval():
    node = made(("timirq",))
    node.tasks.sleep_ms.released.set()
    await settle(30)
    assert max(node.tasks.sleep_ms.asked) == 1000  # however long the commands take
    assert job(node, "timirq").failures == 0
    assert await task(node, None, "show timirq") == "timirq: running, %d runs, last: done" % len(
        told()
    )
    await stop(node)


async def test_what_cannot_be_had_is_told_and_stops_nothing_else():
    names = ("timirq", "extirq", "irq1", "irq2")
    node = made(names, timirqcbf="n/a", extirqcbf="lamp 'unclosed", cstmpmap="irq1:16")
    assert [sentence.split(":")[0] for sentence in node.problems] == ["timirq", "extirq", "irq1"]
    assert "no commands" in node.problems[0]
    assert "pin irq1 (16) cannot do this" in node.problems[2]
    assert len(node.log.lines("error")) == 3
    assert node.taken == {23: "irq2"}
    node.port.pins[23].drive(0, 1)
    await settle()
    assert len(told()) == 1
    await stop(node)


async def test_a_pin_that_somebody_has_is_refused_by_name():
    node = made(("extirq", "irq1"), cstmpmap="irq1:25")
    assert node.problems == ["irq1: pin irq1 (25) is taken by extirq"]
    await stop(node)


async def test_events_take_nobodys_place_and_are_not_killed():
    node = made(("timirq", "extirq", "irq1", "irq2"))
    for tag in ("a.a", "a.b", "a.c"):
        node.tasks.start(tag, asyncio.Event().wait)
    assert len(node.tasks.listing()["active"]) == 7
    for pattern in ("timirq", "tim*"):
        try:
            await kill(node.tasks, pattern)
        except CommandError as refusal:
            assert str(refusal) == "timirq serves the node, its setting switches it off"
        else:
            raise AssertionError("not refused")
    assert await kill(node.tasks, "*") == {"a.a": True, "a.b": True, "a.c": True}
    assert job(node, "irq2").state == "running"
    await stop(node)


async def test_nothing_is_done_in_the_interrupt_itself():
    pin = Pin()
    event = Edge("irq1", "lamp set 1", None, pin, "up", DEBOUNCE, [])
    pin.irq(event.edge, 3)
    pin.drive(0)  # the executor is None: whoever used it would raise
    assert event.seen and pin.handler is None

"""lm.only: one at a time moves a thing, the newest; the older one comes to its end first."""

import asyncio

import lm
from core.errors import CommandError
from core.task import kill

from fake_node import FakeNode


class Motion:
    """Something that moves, and what happened to it."""

    def __init__(self, events, name, finishing=0, deaf=False):
        self.events = events
        self.name = name
        self.finishing = finishing
        self.deaf = deaf
        self.enough = asyncio.Event()

    async def run(self):
        self.events.append(self.name + " begins")
        try:
            while not self.enough.is_set():
                try:
                    await self.enough.wait()
                except asyncio.CancelledError:
                    if not self.deaf:
                        raise
            return self.name + " is there"
        finally:
            for _ in range(self.finishing):
                await asyncio.sleep_ms(0)
            self.events.append(self.name + " has ended")


class Turns:
    """A sleep_ms that takes no time, but so many turns of the loop for 20 ms."""

    def __init__(self, turns=1):
        self.turns = turns

    async def __call__(self, milliseconds):
        for _ in range(self.turns if milliseconds else 1):
            await asyncio.sleep_ms(0)


async def settle(turns=20):
    for _ in range(turns):
        await asyncio.sleep_ms(0)


class Call:
    """A command that moves something, as the executor runs it; its answer."""

    def __init__(self, node, resource, motion):
        self.answer = None
        self.motion = motion.run()
        self.work = lm.only(resource, self.motion)
        self.task = asyncio.create_task(self.run(node))

    async def run(self, node):
        self.answer = await node.executor.guard("test", self.work)


def fresh(turns=1):
    node = FakeNode(Turns(turns))
    lm.bind(node)
    return node, []


async def test_a_call_answers_what_its_coroutine_gives():
    node, events = fresh()
    motion = Motion(events, "a")
    call = Call(node, "arm", motion)
    await settle()
    assert call.answer is None
    motion.enough.set()
    await settle()
    assert call.answer == (None, "a is there")
    assert node.tasks.turns == {}


async def test_a_newer_call_waits_for_the_end_of_the_older_one():
    node, events = fresh()
    first = Call(node, "arm", Motion(events, "a", finishing=10))
    await settle(4)
    motion = Motion(events, "b")
    second = Call(node, "arm", motion)
    await settle(40)
    assert events == ["a begins", "a has ended", "b begins"]
    assert first.answer == ("refused", "arm: a newer call took over")
    motion.enough.set()
    await settle()
    assert second.answer == (None, "b is there")
    assert node.tasks.turns == {}


async def test_of_several_that_wait_only_the_newest_comes():
    node, events = fresh()
    calls = [Call(node, "arm", Motion(events, "a", finishing=30))]
    await settle(4)
    for name in "bcd":
        calls.append(Call(node, "arm", Motion(events, name)))
        await settle(3)
    await settle(60)
    assert events == ["a begins", "a has ended", "d begins"]
    assert [call.answer and call.answer[0] for call in calls] == ["refused"] * 3 + [None]
    calls[3].task.cancel()
    await settle()
    assert events[-1] == "d has ended"
    assert node.tasks.turns == {}


async def test_at_no_moment_do_two_move_the_same_thing():
    """Newer calls at every distance from each other, the older ones with every length of ending."""
    for turns in (1, 6):
        for distance in range(8):
            for finishing in range(8):
                await one_at_a_time(turns, distance, finishing)


async def one_at_a_time(turns, distance, finishing):
    node, events = fresh(turns)
    calls = []
    for name in "abcdef":
        calls.append(Call(node, "arm", Motion(events, name, finishing)))
        await settle(distance)
    await settle(60)
    calls[-1].task.cancel()
    await settle(30)
    assert len(events) % 2 == 0
    for at in range(0, len(events), 2):
        name = events[at][0]
        assert events[at : at + 2] == [name + " begins", name + " has ended"], events
    assert events[-1] == "f has ended"
    assert calls[-1].answer is None  # cancelled, not refused
    assert node.tasks.turns == {}


async def test_one_that_ignores_its_cancel_is_reported_and_the_newer_call_refused():
    node, events = fresh()
    motion = Motion(events, "a", deaf=True)
    first = Call(node, "arm", motion)
    await settle(4)
    second = Call(node, "arm", Motion(events, "b"))
    await settle(150)
    assert second.answer == ("refused", "arm: the call before does not end")
    assert "2 s after its cancel" in node.log.lines("warn")[0]
    assert first.answer is None and events == ["a begins"]
    motion.enough.set()
    await settle()
    assert first.answer == (None, "a is there")
    assert node.tasks.turns == {}
    third = Call(node, "arm", Motion(events, "c"))
    await settle()
    assert events[-1] == "c begins"
    third.task.cancel()
    await settle()


async def test_after_a_refusal_the_next_call_cancels_anew():
    node, events = fresh()
    motion = Motion(events, "a", deaf=True)
    first = Call(node, "arm", motion)
    await settle(4)
    second = Call(node, "arm", Motion(events, "b"))
    await settle(150)
    assert second.answer == ("refused", "arm: the call before does not end")
    motion.deaf = False
    third = Call(node, "arm", Motion(events, "c"))
    await settle()
    assert events == ["a begins", "a has ended", "c begins"]
    assert first.answer == ("refused", "arm: a newer call took over")
    third.task.cancel()
    await settle()


async def test_one_that_ends_after_the_refusal_is_told_so_and_no_caller_is_cancelled_for_it():
    node, events = fresh()
    first = Call(node, "arm", Motion(events, "a", finishing=200))
    await settle(4)
    second = Call(node, "arm", Motion(events, "b"))
    await settle(300)
    assert second.answer == ("refused", "arm: the call before does not end")
    assert events == ["a begins", "a has ended"]
    assert first.answer == ("refused", "arm: a newer call took over")


async def test_one_that_is_cancelled_while_it_waits_keeps_nobody():
    node, events = fresh()
    first = Call(node, "arm", Motion(events, "a", finishing=30))
    await settle(4)
    second = Call(node, "arm", Motion(events, "b"))
    await settle(4)
    second.task.cancel()
    await settle(60)
    second.motion.close()  # it was never begun
    assert first.answer == ("refused", "arm: a newer call took over")
    third = Call(node, "arm", Motion(events, "c"))
    await settle()
    assert events == ["a begins", "a has ended", "c begins"]
    third.task.cancel()
    await settle()
    assert node.tasks.turns == {}


async def test_whoever_is_cancelled_ends_what_he_moves():
    node, events = fresh()
    node.tasks.start("arm.turn", lm.only("arm", Motion(events, "a").run()))
    await settle(5)
    assert await kill(node.tasks, "arm.turn") == {"arm.turn": True}
    assert events == ["a begins", "a has ended"]
    assert node.tasks.ended[0][2] == 0  # it was ended, it was not refused
    assert node.tasks.turns == {}


async def test_different_things_move_at_the_same_time():
    node, events = fresh()
    calls = [Call(node, name, Motion(events, name)) for name in ("a", "b")]
    await settle()
    assert events == ["a begins", "b begins"]
    for call in calls:
        call.task.cancel()
    await settle()


async def test_a_call_does_not_wait_for_itself():
    node, _ = fresh()

    async def inner():
        return "never"

    async def outer():
        return await lm.only("arm", inner())

    kind, why = await node.executor.guard("test", lm.only("arm", outer()))
    assert (kind, why) == ("refused", "arm: a call cannot wait for its own end")
    assert node.tasks.turns == {}


async def test_a_fault_of_what_moves_is_the_callers():
    node, _ = fresh()

    async def broken():
        return 1 // 0

    kind, why = await node.executor.guard("test", lm.only("arm", broken()))
    assert kind == "fault" and why.startswith("ZeroDivisionError")
    assert node.tasks.turns == {}


async def test_what_is_refused_was_never_begun():
    node, events = fresh()
    motion = Motion(events, "a", deaf=True)
    first = Call(node, "arm", motion)
    await settle(4)
    try:
        await lm.only("arm", Motion(events, "b").run())
    except CommandError:
        assert events == ["a begins"]
    else:
        raise AssertionError("not refused")
    motion.enough.set()
    await settle()
    assert first.answer == (None, "a is there")

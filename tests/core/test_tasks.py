"""Tasks: one per tag, bounded, ended only after their finally blocks."""

import asyncio
import sys

from core.errors import CommandError
from core.job import Job
from core.task import kill, matching, task, told

from fake_node import FakeNode


class Pauses:
    """A sleep_ms that takes no time and remembers."""

    def __init__(self, most=100):
        self.asked = []
        self.most = most

    async def __call__(self, milliseconds):
        self.asked.append(milliseconds)
        if len(self.asked) > self.most:
            await asyncio.Event().wait()  # for ever
        await asyncio.sleep_ms(0)


async def settle(turns=50):
    for _ in range(turns):
        await asyncio.sleep_ms(0)


def fresh(sleep_ms=None):
    sys.modules.pop("LM_lamp", None)
    return FakeNode(sleep_ms)


def refusal(function, *args):
    try:
        function(*args)
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


async def stop(node):
    matching(node.tasks.jobs, "a.b")[0].handle.cancel()
    await settle(5)


async def forever():
    await asyncio.Event().wait()


async def test_a_task_remembers_its_result():
    node = fresh()
    node.tasks.start("a.b", lambda: 41 + 1)
    assert node.tasks.listing() == {"active": ["a.b"], "inactive": []}
    await settle()
    assert told(node.tasks, "a.b") == [("a.b", "ended", 1, 0, "42", None)]
    assert node.tasks.listing() == {"active": [], "inactive": ["a.b"]}


async def test_a_task_remembers_its_error():
    node = fresh()
    node.tasks.start("a.b", lambda: 1 // 0)
    await settle()
    ((_, state, _, _, last, error),) = told(node.tasks, "a.b")
    assert state == "failed" and last.startswith("ZeroDivisionError") and error == last
    assert list(node.log.lines("error"))


async def test_one_task_per_tag():
    node = fresh()
    node.tasks.start("a.b", forever())
    await settle(2)
    assert "running already" in refusal(node.tasks.start, "a.b", forever())
    await kill(node.tasks, "a.b")
    node.tasks.start("a.b", forever())
    await settle(2)
    await kill(node.tasks, "a.b")


async def test_the_number_of_tasks_is_limited():
    node = fresh()
    for tag in ("a.a", "a.b", "a.c"):
        node.tasks.start(tag, forever())
    await settle(2)
    assert "at most 3 tasks" in refusal(node.tasks.start, "a.d", forever())
    assert await kill(node.tasks, "a.*") == {"a.a": True, "a.b": True, "a.c": True}


async def test_a_task_there_is_no_memory_to_start_holds_no_place():
    node = fresh()
    spawn = node.tasks.spawn

    def refuse(coroutine):
        coroutine.close()
        raise MemoryError

    node.tasks.spawn = refuse
    for _ in range(9):
        try:
            node.tasks.start("a.b", lambda: 1)
        except MemoryError:
            continue
        raise AssertionError("it was started")
    node.tasks.spawn = spawn
    assert node.tasks.jobs == []


async def test_ended_tasks_are_forgotten_after_a_while():
    node = fresh()
    for number in range(30):
        node.tasks.start("a.f%d" % number, lambda: None)
        await settle(5)
    assert [each[0] for each in told(node.tasks)] == ["a.f%d" % number for number in range(24, 30)]
    assert node.tasks.kind is None  # nor is their class kept in memory


async def test_a_repeating_task_keeps_its_interval():
    pauses = Pauses(6)
    node = fresh(pauses)
    calls = []
    node.tasks.start("a.b", lambda: calls.append(1), 0, 250)
    await settle()
    assert pauses.asked[0] == 0 and len(calls) == 6
    assert all(230 <= pause <= 250 for pause in pauses.asked[1:])
    await stop(node)


async def test_the_time_of_a_run_is_part_of_its_interval():
    pauses = Pauses(3)
    node = fresh(pauses)

    async def work():
        await asyncio.sleep_ms(40)

    node.tasks.start("a.b", work, 0, 250)
    for _ in range(30):
        await asyncio.sleep_ms(5)
    assert pauses.asked[1] <= 215
    await stop(node)


async def test_a_failure_after_a_long_good_time_is_a_first_one():
    job = Job("a.b")
    job.failures = 9
    assert job.pause(1000, 5) == 60_000
    assert job.pause(1000, 700_000) == 2000


async def test_a_run_longer_than_the_ticks_can_count_is_followed_by_no_longer_pause():
    job = Job("a.b")
    assert job.pause(20, -500_000_000) == 20
    job.failures = 5
    assert job.pause(20, -500_000_000) == 40


async def test_a_repeating_task_that_raises_pauses_longer_and_longer():
    pauses = Pauses(24)
    node = fresh(pauses)
    node.tasks.start("a.b", lambda: 1 // 0, 0, 20)
    await settle(100)
    assert pauses.asked[1:6] == [40, 80, 160, 320, 640]
    assert pauses.asked[-1] == 60_000
    assert matching(node.tasks.jobs, "a.b")[0].failures == 24
    await stop(node)


async def test_one_success_ends_the_growing_pauses():
    pauses = Pauses(8)
    node = fresh(pauses)
    turns = []

    def work():
        turns.append(1)
        if len(turns) < 4:
            raise CommandError("not yet")

    node.tasks.start("a.b", work, 0, 1000)
    await settle(100)
    assert pauses.asked[1:4] == [2000, 4000, 8000]
    assert all(900 <= pause <= 1000 for pause in pauses.asked[4:])
    await stop(node)


async def test_a_service_is_started_again_when_it_ends():
    node = fresh(Pauses(5))
    starts = []

    async def service():
        starts.append(1)
        if len(starts) % 2:
            raise OSError(5)

    job = node.tasks.supervise("service", service)
    await settle(100)
    assert len(starts) == 5 and job.state == "running"
    assert node.tasks.listing() == {"active": ["service"], "inactive": []}
    job.handle.cancel()
    await settle()


async def test_kill_waits_for_the_finally_blocks():
    node = fresh()
    await node.executor.run("lamp wait &")
    await asyncio.sleep_ms(5)
    assert await kill(node.tasks, "lamp.wait") == {"lamp.wait": True}
    assert sys.modules["LM_lamp"].told == ["cancelled", "finally"]
    assert told(node.tasks, "lamp.wait")[0][1] == "cancelled"


async def test_what_is_killed_before_its_first_turn_comes_to_its_finally_blocks_too():
    node = fresh()
    ended = []

    async def work():
        try:
            await forever()
        finally:
            ended.append(True)

    for work_or_coroutine in (work, work()):
        node.tasks.start("a.b", work_or_coroutine)
        assert await kill(node.tasks, "a.b") == {"a.b": True}
    assert ended == [True] * 2
    node.tasks.start("a.b", work, 100_000)  # later: nothing of it has begun
    assert await kill(node.tasks, "a.b") == {"a.b": True}
    assert ended == [True] * 2


async def test_a_task_that_ignores_its_cancel_is_reported():
    node = fresh(Pauses(1000))
    held = asyncio.Event()

    async def stubborn():
        while not held.is_set():
            try:
                await held.wait()
            except asyncio.CancelledError:
                pass

    node.tasks.start("a.b", stubborn())
    await settle(5)
    ended = await kill(node.tasks, "a.b")
    held.set()
    assert ended == {"a.b": False}
    assert "goes on" in node.log.lines("warn")[0]
    await settle()
    assert told(node.tasks, "a.b")[0][1] != "running"


async def test_a_repeating_task_that_takes_its_cancel_for_a_result_ends():
    node = fresh(Pauses(1000))
    runs = []

    async def work():
        runs.append(1)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "cancelled"

    node.tasks.start("a.b", work, 0, 20)
    await settle()
    assert await kill(node.tasks, "a.b") == {"a.b": True}
    await settle()
    assert len(runs) == 1


async def test_the_last_error_is_told_beside_a_later_result():
    node = fresh(Pauses(4))
    turns = []

    def work():
        turns.append(1)
        if len(turns) == 2:
            raise CommandError("not now")
        return len(turns)

    node.tasks.start("a.b", work, 0, 20)
    await settle()
    expected = "a.b: running, 4 runs, last: 4, last error: not now"
    assert await task(node, None, "show a.b") == expected
    await stop(node)


async def test_a_task_can_be_ended_before_it_began():
    node = fresh()
    node.tasks.start("a.b", lambda: 1, 100_000)
    assert await kill(node.tasks, "a.b") == {"a.b": True}
    assert told(node.tasks, "a.b") == [("a.b", "cancelled", 0, 0, None, None)]


async def test_a_task_cannot_wait_for_its_own_end():
    node = fresh()
    node.tasks.start("a.b", lambda: kill(node.tasks, "a.b"))
    await settle()
    assert "False" in told(node.tasks, "a.b")[0][4]


async def test_an_unknown_tag_is_refused():
    node = fresh()
    assert "no task 'x.y'" in refusal(told, node.tasks, "x.y")
    assert "no task 'x.*'" in refusal(told, node.tasks, "x.*")
    assert "no task '*'" in refusal(told, node.tasks, "*")
    assert told(node.tasks) == []
    try:
        await kill(node.tasks, "x.y")
    except CommandError:
        return
    raise AssertionError("not refused")

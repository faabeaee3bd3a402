"""What wakes the scheduler while it waits, and what else may happen in that moment."""

import asyncio

from core import agenda
from core.errors import CommandError
from core.scheduler import Scheduler
from core.tasks import Tasks
from timeline import World, until

LONG = 5_000  # ms: nobody waits for so long here


def scheduler():
    return Scheduler(World(""), 0, 1)


async def turns(number=4):
    """Let the others go on."""
    for _ in range(number):
        await asyncio.sleep_ms(0)


async def resting(found, milliseconds=LONG):
    """A task that rests."""
    task = asyncio.create_task(found.rest(milliseconds))
    await turns()
    return task


async def ended(task):
    """What it ends with: a value, or an error's class."""
    try:
        return await task
    except (asyncio.CancelledError, CommandError) as error:
        return type(error)


async def test_a_rest_ends_by_itself_or_is_ended_and_tells_which():
    found = scheduler()
    assert await found.rest(1) is True
    task = await resting(found)
    found.wake()
    assert await task is False
    assert found.resting is None


async def test_woken_before_it_rests_it_does_not_rest():
    found = scheduler()
    found.wake()  # in its own task, too
    assert await found.rest(LONG) is False
    found.woken = False
    assert await found.rest(1) is True


async def test_woken_again_and_again_it_wakes_once():
    found = scheduler()

    async def twice():
        first = await found.rest(LONG)
        found.woken = False
        return first, await found.rest(2)

    task = asyncio.create_task(twice())
    await turns()
    for _ in range(3):
        found.wake()
    assert await task == (False, True)


async def test_woken_when_its_time_is_just_over_nothing_of_it_is_left():
    """The wake-up comes before, in and after the turn in which the rest would end anyway."""
    for late in range(5):
        found = scheduler()
        told = []

        async def twice(found=found, told=told):
            told.append(await found.rest(0))
            found.woken = False
            told.append(await found.rest(2))

        task = asyncio.create_task(twice())
        await turns(late)
        found.wake()
        await task
        assert told in ([False, True], [True, False], [True, True]), (late, told)
        assert late or not told[0]


async def test_a_cancel_by_somebody_else_ends_its_task_and_a_wake_after_it_finds_nobody():
    found = scheduler()
    task = await resting(found)
    task.cancel()
    assert await ended(task) is asyncio.CancelledError
    assert found.resting is None
    found.wake()
    await turns()  # nobody is left to be cancelled, the one who calls least of all
    assert found.woken


async def test_an_error_of_a_turn_leaves_nobody_to_be_woken():
    found = scheduler()
    found.clock.watcher, found.node.config = found, Unreadable()
    task = asyncio.create_task(found.run())
    assert await ended(task) is CommandError
    found.wake()
    await turns()
    assert found.resting is None


class Chip:
    LEAF = False


class Unreadable:
    def get(self, _):
        raise CommandError("no memory")


def node():
    """A world in which services are really started; cron is off."""
    world = World("*:*:*:*!a b", cron=False)
    world.scheduler = world.clock.watcher = None
    world.port, world.problems = Chip, []
    world.tasks = Tasks(world.log)

    async def guard(_, work):
        return None, await work()

    world.tasks.guard = guard
    return world


async def test_switched_off_it_ends_and_switched_on_it_begins_after_the_one_before():
    world = node()
    world.change({"cron": True})
    await until(lambda: world.scheduler and world.scheduler.resting)
    first = world.scheduler
    world.change({"cron": False})
    assert world.scheduler is None
    await until(lambda: first.job.state != "running")
    door = asyncio.Event()
    job = world.tasks.supervise("cron", door.wait)  # one that has not come to its end yet
    world.change({"cron": True})
    await asyncio.sleep_ms(120)
    assert world.scheduler is None
    job.stopping = True
    door.set()
    await until(lambda: world.scheduler and world.scheduler.resting)
    world.change({"cron": False})
    await until(lambda: not world.tasks.listing()["active"])


async def test_switched_on_and_off_at_once_it_does_not_begin():
    world = node()
    world.change({"cron": True})
    world.change({"cron": False})
    await asyncio.sleep_ms(120)
    assert world.scheduler is None


async def test_in_safe_mode_a_setting_starts_none():
    world = node()
    world.safe = True
    world.change({"cron": True})
    await asyncio.sleep_ms(120)
    assert world.scheduler is None


async def test_a_scheduler_that_cannot_be_started_is_none():
    world = node()
    world.tasks.supervise("cron", asyncio.Event().wait)
    try:
        agenda.begin(world)
        raise AssertionError("two of them")
    except CommandError:
        assert (world.scheduler, world.clock.watcher) == (None, None)
    world.tasks.jobs[0].handle.cancel()
    await turns()

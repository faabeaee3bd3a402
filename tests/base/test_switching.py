"""Cron that is switched off and on again, with the real tasks; services that have died."""

import asyncio

import node as nodes
from core import about, agenda, timing
from core.executor import Executor
from core.log import Clock
from core.tasks import Tasks
from fakes import Log, Settings
from timeline import until


class Port:
    LEAF = False


class Parts:
    """What tells that it is well."""

    seen = 0
    misses = call = None
    ready = ()


class Node:
    """As much of a node as its services need."""

    safe = False
    scheduler = misses = asking = trial = overdue = None

    def __init__(self, text):
        self.log = Log()
        self.port = Port()
        self.problems = []
        self.watched = []
        self.clock = Clock()
        self.server, self.network = Parts(), Parts()
        self.tasks = Tasks(self.log)
        self.executor = Executor(Parts(), self.tasks, self.log)
        self.config = Settings(cron=True, crontasks=text, tz="UTC0", geo="n/a", gmttime=0)

    def cron(self, on):
        self.config.values["cron"] = on
        timing.changed(self, {"cron": on})

    def running(self):
        return [job.tag for job in self.tasks.jobs if job.state == "running"]

    async def end(self):
        """End all that runs."""
        for job in self.tasks.jobs:
            job.handle.cancel()
        await asyncio.sleep_ms(5)


async def test_cron_comes_back_however_soon_it_is_switched_on_again():
    node = Node("*:*:*:*!a b")
    agenda.begin(node)
    await until(lambda: node.scheduler.built is not None)
    for _ in range(3):
        node.cron(False)
        node.cron(True)
        await until(lambda: node.scheduler and node.scheduler.built is not None)
        assert node.running() == ["cron"]
    await node.end()


async def test_cron_comes_back_although_it_was_failing_before():
    node = Node(None)  # whoever splits that fails, and pauses for longer and longer
    agenda.begin(node)
    job = node.scheduler.job
    await until(lambda: job.failures == 1)
    node.cron(False)
    node.config.values["crontasks"] = "*:*:*:*!a b"
    node.cron(True)
    await until(lambda: node.scheduler and node.scheduler.built is not None)
    assert node.scheduler.job is not job
    assert node.running() == ["cron"]
    await node.end()


async def test_a_service_that_has_died_is_missed_one_that_was_switched_off_is_not():
    node = Node("*:*:*:*!a b")
    network = node.tasks.spawn(asyncio.Event().wait())
    node.watched.append(network)
    agenda.begin(node)
    await asyncio.sleep_ms(5)
    assert nodes.overdue(node, 0) is None
    node.scheduler.job.handle.cancel()
    await asyncio.sleep_ms(5)
    assert nodes.overdue(node, 0) == "tasks"
    node.cron(False)
    assert nodes.overdue(node, 0) is None
    network.cancel()
    await asyncio.sleep_ms(5)
    assert nodes.overdue(node, 0) == "network"


def test_a_start_that_has_no_memory_to_come_to_its_end_is_given_up_once_nobody_is_there():
    node = Node("")
    node.server.sessions = []
    nodes.short_of_memory(node, MemoryError("none"), False)
    node.server.sessions.append("somebody, whose session holds some")
    nodes.short_of_memory(node, MemoryError("none"), True)
    node.server.sessions.clear()
    try:
        nodes.short_of_memory(node, MemoryError("none"), True)
    except SystemExit:
        assert len(node.log.entries) == 3
    else:
        raise AssertionError("it goes on")


def test_a_planned_restart_needs_no_memory_for_its_last_step():
    class Slots:
        """The function by which /main.py lends those of /slots."""

        __globals__ = None

    class Full:
        def __getattr__(self, name):
            raise MemoryError

    kept, resets, node = [], [], Node("")
    Slots.__globals__ = {"reset": lambda: resets.append("by main.py")}
    node.memory = lambda *data: kept.append(data) or b""
    node.config.values.update(wdt=False, poweron="n/a", resetpin="n/a")
    node.kept, node.recorded, node.port, node.slots = None, 0, Full(), Slots
    about.restart(node)
    assert resets == ["by main.py"]
    assert kept[-1][0][2] == 1  # planned

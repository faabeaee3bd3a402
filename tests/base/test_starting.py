# ruff: noqa: UP031, PT017 - the dialect of MicroPython
"""Which starts count, when the node is careful, and what a boot hook may do to it."""

import asyncio
import sys

import node as nodes
from core import begin, crash, release, start, survivor
from core.backup import region
from core.errors import CommandError
from core.executor import Executor, Modules
from core.ntp import parsed
from core.survivor import Survivor
from fakes import Log, Port, Settings


class Memory:
    """What outlives a reset."""

    def __init__(self, data=b""):
        self.data = data

    def __call__(self, data=None):
        if data is None:
            return self.data
        self.data = data
        return None


def started(memory, cause="reset", times=1):
    """Start so many times; tell whether the last one is a careful one."""
    for _ in range(times):
        Survivor(memory).started(cause)
    return Survivor(memory).failures > 2


def test_after_power_on_nothing_is_counted_whatever_the_memory_holds():
    for garbage in (b"", b"\x00" * 32, b"\xff" * 32, bytes(range(64))):
        memory = Memory(garbage)
        assert not started(memory, "power-on")
        assert Survivor(memory).valid
        assert Survivor(memory).failures == 0


def test_garbage_counts_as_a_first_start_for_every_cause():
    for cause in ("reset", "watchdog", "soft reset", "unknown"):
        memory = Memory(b"\x5a" * 16)
        assert not started(memory, cause)
        assert Survivor(memory).failures == 0


def test_the_third_unplanned_start_is_a_careful_one():
    memory = Memory()
    started(memory, "power-on")
    assert not started(memory, "reset", 2)
    assert started(memory, "watchdog")


def test_planned_starts_power_on_and_wake_ups_are_not_counted():
    memory = Memory()
    started(memory, "power-on")
    started(memory, "reset", 2)
    Survivor(memory).plan()
    assert not started(memory)
    assert Survivor(memory).failures == 2
    assert not Survivor(memory).planned
    assert not started(memory, "power-on")
    assert Survivor(memory).failures == 0
    started(memory, "reset", 2)
    assert not started(memory, "deep sleep")


def test_a_person_who_restarts_ends_safe_mode():
    memory = Memory()
    started(memory, "power-on")
    assert started(memory, "reset", 3)
    Survivor(memory).plan(end=True)
    assert not started(memory)


def test_how_a_trial_ended_is_told_and_counts_nothing():
    memory = Memory()
    started(memory, "power-on")
    started(memory, "reset", 2)
    for _ in range(5):
        Survivor(memory).started("watchdog", [None, 0])
        Survivor(memory).reached(1)
    assert Survivor(memory).failures == 3  # that before the first trial, and no more
    assert Survivor(memory).started("reset")[1] == "boot hook on trial"
    assert Survivor(memory).failures == 3
    assert Survivor(memory).started("reset")[1] == "start"
    assert Survivor(memory).failures == 4


def test_any_changed_byte_makes_the_record_garbage():
    memory = Memory()
    started(memory, "power-on")
    started(memory, "reset", 3)
    good = memory.data
    for index in range(12):  # what lies behind them is a name, checked when it is looked for
        damaged = bytearray(good)
        damaged[index] ^= 1
        assert not Survivor(Memory(bytes(damaged))).valid


def test_the_button_forgets_failures_and_counts_nothing():
    memory = Memory()
    started(memory, "power-on")
    started(memory, "reset", 2)
    assert not started(memory, "button")
    assert Survivor(memory).failures == 0


def test_a_counted_start_tells_how_the_one_before_ended_and_clears_it():
    memory = Memory()
    assert Survivor(memory).started("power-on") is None
    executor = Executor(Modules(None, None), Tasks(), Log(), memory)
    executor.note(None, "light", "on")
    Survivor(memory).reached(2)
    assert Survivor(memory).started("watchdog") == (1, "running", b"light on")
    assert Survivor(memory).started("watchdog") == (2, "start", b"")


def test_what_others_keep_behind_the_record_outlives_all_that_is_done_to_it():
    node = Node()
    started(node.memory, "power-on")
    survivor.spare(node, b"lamp")
    started(node.memory, "watchdog", 2)
    Executor(Modules(None, None), Tasks(), Log(), node.memory).note(None, "x" * 40, "on")
    survivor.record_of(node).plan()
    survivor.record_of(node).reached(1)
    assert survivor.spare(node) == b"lamp"
    assert survivor.record_of(node).running == b"x" * 32
    assert survivor.record_of(node).failures == 2


def test_memory_given_as_a_view_keeps_what_fits():
    for size in (16, 64, 4096):
        held = memoryview(bytearray(b"\x5a" * size))
        memory = region(held)
        assert not Survivor(memory).valid
        started(memory, "power-on")
        started(memory, "watchdog", 2)
        Executor(Modules(None, None), Tasks(), Log(), memory).note(None, "light", "on")
        assert Survivor(memory).failures == 2
        assert Survivor(memory).running == b"light on"[: size - 12]


class Registers:
    """The chip's memory by address, as the firmware's mem32 gives it."""

    def __init__(self):
        self.words = {}

    def __getitem__(self, place):
        return self.words.get(place, 0)

    def __setitem__(self, place, word):
        assert 0 <= word < 1 << 32
        self.words[place] = word


def test_sixteen_bytes_hold_the_counts_and_the_hash_of_a_command():
    sys.modules["machine"] = type("machine", (), {"mem32": Registers()})
    try:
        from port.rp2_scratch import scratch
    finally:
        del sys.modules["machine"]
    memory = scratch(0x4005800C)
    assert not Survivor(memory).valid
    assert Survivor(memory).started("power-on") is None
    executor = Executor(Modules(None, None), Tasks(), Log(), memory)
    executor.note(None, "light", "on")
    Survivor(memory).reached(2)
    kept = Survivor(memory).running
    assert kept == b"\0" + crash.hashed("light") + crash.hashed("on")
    assert Survivor(memory).started("watchdog") == (1, "running", kept)
    executor.note(None)
    assert Survivor(memory).running == b""
    assert Survivor(memory).failures == 1


class Tasks:
    """Starts one real task."""

    def start(self, tag, work):
        self.state = "running"
        self.task = asyncio.create_task(self.run(work))
        return self

    async def run(self, work):
        try:
            await work
        finally:
            self.state = "ended"


class Hook:
    """Runs the boot hook as a test wants it."""

    def __init__(self, work):
        self.work = work
        self.lines = []

    def call_line(self, text, origin):
        self.lines.append((text, origin))
        return self.work()

    async def guard(self, origin, work):
        try:
            return None, await work
        except MemoryError:
            return "refused", "not enough memory"


class Node:
    """What the start needs of a node."""

    def __init__(self, work=None, **settings):
        self.port = Port()
        self.memory = Memory()
        self.ended = self.setup = self.trial = None
        self.boot_reason = "power-on"
        self.config = Settings(powercycles=0)
        self.hook = "light on"
        self.config.values.update(settings)
        self.executor = Hook(work)
        self.tasks = Tasks()
        self.log = Log()
        self.safe = False
        self.problems = []
        self.flash_takes_it = True
        self.restarts = 0

    def restart(self, end=True):
        survivor.record_of(self).plan(end)
        self.restarts += 1


async def quick():
    """A hook that is soon done."""


async def complaining():
    """A hook that has told the log already."""
    return "unknown module 'nosuch'"


async def hungry():
    """A hook there is no memory for."""
    raise MemoryError


async def endless():
    """A hook that is never done."""
    while True:
        await asyncio.sleep_ms(5)


async def test_the_boot_hook_is_run_under_an_alarm():
    node = Node(quick)
    await begin.run_hook(node)
    assert node.executor.lines == [("light on", "boothook")]
    assert node.port.alarms == [20000, "off"]


async def test_what_goes_wrong_in_the_boot_hook_stands_in_the_status():
    for work, problem in ((complaining, "unknown module 'nosuch'"), (hungry, "not enough memory")):
        node = Node(work)
        try:
            await begin.run_hook(node)
            await node.tasks.task
        except CommandError as error:
            assert str(error) == problem  # that of the task
        assert node.problems == ["boothook: " + problem]
    node = Node(quick)
    await begin.run_hook(node)
    assert node.problems == []


async def test_a_boot_hook_that_there_is_no_memory_to_start_ends_its_alarm():
    node = Node(quick)

    def refuse(_, work):
        work.close()
        raise MemoryError

    node.tasks.start = refuse
    try:
        await begin.run_hook(node)
    except MemoryError:
        node.problems.append("told")
    assert node.problems == ["told"]
    assert node.port.alarms == [20000, "off"]


async def test_what_there_is_no_memory_for_is_told_and_the_start_goes_on():
    node = Node(quick, cron=True)
    node.events = ["irq1"]
    agenda, triggers = Module(refuse_memory), Module(node.problems.append)
    sys.modules["core.agenda"], sys.modules["core.triggers"] = agenda, triggers
    try:
        begin.services(node)
    finally:
        del sys.modules["core.agenda"], sys.modules["core.triggers"]
    assert node.problems == ["cron: ", node]


class Module:
    """A file of the core with another begin()."""

    def __init__(self, begin):
        self.begin = begin


def refuse_memory(*_):
    raise MemoryError


async def test_a_boot_hook_that_never_ends_does_not_keep_the_node():
    node = Node(endless)
    try:
        await begin.run_hook(node, 1)
    finally:
        node.tasks.task.cancel()
    assert node.tasks.state == "running"
    assert len(node.log.entries) == 1


def record(**changes):
    found = {"seq": 1, "run": "a", "trial": None, "failed": None, "back": [0, 1, 0, 0], "wdt": 0}
    found.update(changes)
    return found


def checked(node, decide=None, found=None):
    """Check a node; return what was written and the path of its modules."""
    written = []

    def slots(work, *arguments):
        if work == "outputs":
            node.outputs = arguments
            return None
        if work == "attempt":
            written.append(*arguments)
            return node.flash_takes_it
        return decide(*arguments)

    before = sys.path[:]
    sys.path[:] = ["/a", "/modules", "/a/modules", "/lib"]
    try:
        node.slots = slots
        survivor.check(node, found or record())
        return written, sys.path[:]
    finally:
        sys.path[:] = before


def test_a_normal_start_keeps_its_modules():
    node = Node()
    _, path = checked(node)
    assert path == ["/a", "/modules", "/a/modules", "/lib"]
    assert node.problems == []


def test_safe_mode_does_without_load_modules_and_says_so():
    node = Node()
    started(node.memory, "power-on")
    started(node.memory, "reset", 3)
    written, path = checked(node)
    assert path == ["/a", "/lib"]
    assert node.outputs == (True,)
    assert "safe mode" in node.problems[0]
    assert written == []


def test_the_record_of_a_reset_for_want_of_memory_brings_safe_mode_and_counts_nothing():
    resets = []
    node = Node()
    node.slots = Slots(resets)
    nodes.Node.reset(node)
    assert resets == [1]
    assert survivor.record_of(node).valid
    ended = survivor.record_of(node).started("reset")
    assert ended is None
    checked(node)
    assert node.safe
    assert "for want of memory" in node.problems[0]
    assert survivor.record_of(node).safe_failures == 0


class Slots:
    """A function of /main.py beside `reset`."""

    def __init__(self, resets):
        self.__globals__ = {"reset": lambda: resets.append(1)}


def test_three_more_failures_in_safe_mode_turn_to_the_release_before():
    node = Node()
    started(node.memory, "power-on")
    node.safe = started(node.memory, "reset", 6)
    assert survivor.record_of(node).safe_failures == 3
    turned = record(run="b")
    written, _ = checked(node, lambda found, broken: ("b", turned))
    assert written == [turned]
    assert node.restarts == 1
    assert survivor.record_of(node).failures == 0


def test_a_flash_that_takes_no_record_does_not_keep_safe_mode_from_coming_up():
    node = Node()
    node.flash_takes_it = False
    started(node.memory, "power-on")
    started(node.memory, "reset", 6)
    written, _ = checked(node, lambda found, broken: ("b", record(run="b")))
    assert len(written) == 1
    assert (node.safe, node.restarts) == (True, 0)


def test_without_a_release_before_it_stays_in_safe_mode():
    node = Node()
    started(node.memory, "power-on")
    node.safe = started(node.memory, "reset", 6)
    written, _ = checked(node, lambda found, broken: ("a", None))
    assert written == []
    assert node.restarts == 0


def test_a_release_that_failed_is_a_problem_of_the_node():
    node = Node()
    checked(node, found=record(failed=[0, 2, 0, 0, 1]))
    assert "failed" in node.problems[0]


def test_safe_mode_ends_by_itself_at_first_soon_then_rarely():
    node = Node()
    started(node.memory, "power-on")
    for wait in (300, 900, 3600, 3600):
        node.safe = started(node.memory, "reset", 3 if wait == 300 else 1)
        assert node.safe
        survivor.leave_safe_mode(node, wait - 1)
        survivor.leave_safe_mode(node, wait)
        assert not started(node.memory)  # a normal start is tried; one failure is enough
    assert node.restarts == 4


def test_the_identity_is_read_from_the_head_of_a_manifest():
    from fakes import folder, write

    place = folder()
    files = ",".join(['["core/file%d.mpy",1234,"%s"]' % (n, "0" * 64) for n in range(40)])
    write(
        place + "/manifest.json",
        (
            '{"release":[0,1,0,0],"schema":1,"api":1,"family":"esp32","board":"esp32c3",'
            '"mpy":6,"files":[' + files + "]}"
        ).encode(),
    )
    found = release.facts(place)
    assert found["release"] == [0, 1, 0, 0]
    assert found["board"] == "esp32c3"


# --- time


class Chip(Port):
    """A port as the start asks it: its clock, and the memory that outlives a reset."""

    LOG = 512

    def __init__(self, kept, told):
        super().__init__()
        self.uid = lambda: "0123456789ab"
        self.reset_cause = lambda: "reset"
        self.memory = lambda: kept
        self.utc = lambda: told
        self.entropy = None


def known(kept, told):
    """Let a node come to know what it must of itself; return it and its port."""
    from fakes import folder, write

    node, node.slot = Node(), folder()
    facts = '{"release":[0,1,0,0],"family":"bench","board":"bench","files":[]}'
    write(node.slot + "/manifest.json", facts.encode())
    port = sys.modules["port.bench"] = Chip(kept, told)
    before = start.secrets, start.settings
    start.secrets = start.settings = lambda *_: None  # they lie on a board's flash
    try:
        start.know(node, [None, None, {"trial": None}])
    finally:
        start.secrets, start.settings = before
        del sys.modules["port.bench"]
    return node, port


TOLD = 1_800_000_000  # 2027-01-15 08:00:00


def test_the_firmwares_clock_is_believed_where_memory_has_outlived_the_reset():
    memory = Memory()
    started(memory, "power-on")
    clock = known(memory, TOLD)[0].clock
    assert clock.source == "rtc"
    assert clock.local()[:3] == (2027, 1, 15)
    assert TOLD <= clock.now() < TOLD + 3600


def test_the_firmwares_clock_is_not_believed_where_nothing_has_outlived_the_reset():
    for garbage in (b"", b"\x00" * 44, b"\x5a" * 44):
        node, port = known(Memory(garbage), TOLD)
        assert Survivor(node.memory).valid  # from this start on
        node.clock.look(port)  # a minute later: it has not been set meanwhile
        assert (node.clock.source, node.clock.now(), node.clock.local()) == (None,) * 3


def test_the_firmwares_clock_is_believed_once_somebody_has_set_it_since_the_start():
    node, port = known(Memory(), TOLD)
    port.utc = lambda: TOLD + 3600
    node.clock.look(port)
    assert (node.clock.source, node.clock.local()[:4]) == ("rtc", (2027, 1, 15, 9))


def test_a_firmware_clock_that_nobody_has_set_tells_no_time():
    for told in (None, 0, 946684800, 2429913600):
        memory = Memory()
        started(memory, "power-on")
        clock = known(memory, told)[0].clock
        assert (clock.source, clock.now()) == (None, None)


def answer(seconds, first=0x24, stratum=2):
    reply = bytearray(48)
    reply[0] = first
    reply[1] = stratum
    reply[40:44] = bytes([(seconds >> shift) & 255 for shift in (24, 16, 8, 0)])
    return bytes(reply)


def test_an_answer_of_a_time_server_is_understood_beyond_2036():
    assert parsed(answer(3_900_000_000)) == 3_900_000_000 - 2208988800
    assert parsed(answer(1000)) == (1 << 32) + 1000 - 2208988800


def test_an_answer_without_the_time_is_refused():
    for reply in (b"", answer(1)[:47], answer(1, 0xE4), answer(1, 0x23), answer(1, 0x24, 0)):
        try:
            found = parsed(reply)
        except OSError:
            found = None
        assert found is None, reply

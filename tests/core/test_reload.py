"""A load module whose file has changed: the next call runs the new one, the old one lets go."""

import asyncio
import os
import sys

import lm
from core.reload import reload

from fake_node import FakeNode

FOLDER = "/tmp/micros-reload-" + "".join(["%02x" % byte for byte in os.urandom(6)])
RUN = "def run():\n    return %r\n"
if hasattr(sys, "dont_write_bytecode"):
    sys.dont_write_bytecode = True  # whose date is too coarse for these tests


def place(name, content):
    with open(FOLDER + "/" + name, "w") as file:
        file.write(content)


def node():
    """A node whose own modules lie in a folder that is empty."""
    try:
        for name in os.listdir(FOLDER):
            os.remove(FOLDER + "/" + name)
    except OSError:
        os.mkdir(FOLDER)
    for name in list(sys.modules):
        if name.startswith("LM_"):
            del sys.modules[name]
    if FOLDER not in sys.path:
        sys.path.append(FOLDER)
    found = FakeNode(cstmpmap="n/a")
    found.modules.own = FOLDER
    found.taken = {}
    lm.bind(found)
    return found


async def changed(node, name, content):
    place(name, content)
    await reload(node, FOLDER + "/" + name)


async def test_the_next_call_runs_the_new_one():
    there = node()
    for word in ("old", "new", "newer"):
        await changed(there, "LM_fresh.py", RUN % word)
        assert await there.executor.run("fresh run") == word
        assert await there.executor.run("fresh run") == word
    assert there.modules.loaded() == ["fresh"]


async def test_a_broken_file_is_told_in_the_call_and_the_old_one_is_gone():
    there = node()
    await changed(there, "LM_fresh.py", RUN % "old")
    assert await there.executor.run("fresh run") == "old"
    await changed(there, "LM_fresh.py", "def run(:\n")
    said = await there.executor.run("fresh run")
    assert said.startswith("refused: module 'fresh' cannot be read: invalid syntax: File "), said
    assert said.endswith('LM_fresh.py", line 1'), said
    await changed(there, "LM_fresh.py", RUN % "mended")
    assert await there.executor.run("fresh run") == "mended"


async def test_a_module_that_is_removed_is_gone():
    there = node()
    await changed(there, "LM_fresh.py", RUN % "old")
    assert await there.executor.run("fresh run") == "old"
    os.remove(FOLDER + "/LM_fresh.py")
    await reload(there, FOLDER + "/LM_fresh.py")
    assert "no module 'fresh'" in await there.executor.run("fresh run")


async def test_of_two_forms_of_a_module_the_one_that_came_last_stays():
    there = node()
    place("LM_fresh.mpy", "")
    await changed(there, "LM_fresh.py", RUN % "new")
    assert os.listdir(FOLDER) == ["LM_fresh.py"]
    await changed(there, "LM_fresh.mpy", "")
    assert os.listdir(FOLDER) == ["LM_fresh.mpy"]


async def test_other_files_leave_what_is_loaded():
    there = node()
    await changed(there, "LM_fresh.py", RUN % "old")
    assert await there.executor.run("fresh run") == "old"
    place("LM_fresh.py", RUN % "new")
    for name in ("/fresh.py", "/LM_fresh.txt", "/LM_fresh", "/LM_other.py", "/LM_fresh.py.part"):
        await reload(there, FOLDER + name)
    await reload(there, "/other/LM_fresh.py")
    assert await there.executor.run("fresh run") == "old"


async def test_its_tasks_end_and_those_of_others_go_on():
    there = node()
    await changed(there, "LM_fresh.py", RUN % "old")
    ended = []

    async def work(name):
        try:
            await asyncio.sleep_ms(100_000)
        finally:
            ended.append(name)

    there.tasks.places = 5
    for name in ("fresh", "fresh.run", "fresher.run", "other"):
        there.tasks.start(name, work(name))
    await asyncio.sleep_ms(0)
    await asyncio.sleep_ms(0)
    await changed(there, "LM_fresh.py", RUN % "new")
    assert sorted(ended) == ["fresh", "fresh.run"]
    assert sorted([job.tag for job in there.tasks.jobs]) == ["fresher.run", "other"]
    for job in there.tasks.jobs:
        job.handle.cancel()


async def test_what_it_moves_stops_and_its_caller_is_told():
    there = node()
    there.taken = {14: "fresh", 16: "other"}  # pwm_0, simple_0
    stopped = []

    async def motion(name):
        try:
            await asyncio.sleep_ms(100_000)
        finally:
            stopped.append(name)

    calls = {}
    for resource in ("fresh", "fresh.arm", 14, "pwm_0", "simple_0", "free"):
        work = there.executor.guard("test", lm.only(resource, motion(resource)))
        calls[resource] = asyncio.create_task(work)
    for _ in range(5):
        await asyncio.sleep_ms(0)
    await changed(there, "LM_fresh.py", RUN % "new")
    assert sorted([str(name) for name in stopped]) == ["14", "fresh", "fresh.arm", "pwm_0"]
    for resource in stopped:
        assert await calls[resource] == ("refused", "%s: a newer call took over" % resource)
    assert not calls["simple_0"].done()
    assert not calls["free"].done()
    for task in calls.values():
        task.cancel()
    there.tasks.turns.clear()


async def test_its_pins_are_free_and_those_of_others_are_not():
    there = node()
    await changed(there, "LM_fresh.py", RUN % "old")
    there.taken = {14: "fresh", 16: "other", 5: "fresh"}
    await changed(there, "LM_fresh.py", RUN % "new")
    assert there.taken == {16: "other"}


class Output:
    """A PWM output."""

    running = True

    def deinit(self):
        self.running = False


async def test_its_outputs_rest_and_those_of_others_go_on():
    there = node()
    mine, other = Output(), Output()
    there.taken = {14: "fresh", ~14: mine, 5: "fresh", 16: "other", ~16: other}
    await changed(there, "LM_fresh.py", RUN % "new")
    assert there.taken == {16: "other", ~16: other}
    assert (mine.running, other.running) == (False, True)
    assert sorted(there.port.inputs) == [5, 14]


async def test_the_bus_is_free_once_nobody_uses_it():
    there = node()
    there.taken = {22: "i2c", 21: "i2c", "i2c": {"other", "fresh"}}
    await changed(there, "LM_fresh.py", RUN % "new")
    assert there.taken == {22: "i2c", 21: "i2c", "i2c": {"other"}}
    await changed(there, "LM_other.py", RUN % "new")
    assert there.taken == {}
    assert sorted(there.port.inputs) == [21, 22]
    there.taken = {22: "i2c", 21: "i2c", "i2c": {"fresh", None}}  # somebody told no name
    await changed(there, "LM_fresh.py", RUN % "new")
    assert there.taken == {22: "i2c", 21: "i2c", "i2c": {None}}


async def test_those_that_imported_it_go_with_it_and_come_back_with_the_new_one():
    there = node()
    place("LM_user.py", "import LM_fresh\n\ndef run():\n    return 'user of ' + LM_fresh.run()\n")
    place("LM_piece.py", "from LM_fresh import run as piece\n\ndef run():\n    return piece()\n")
    place("LM_third.py", "import LM_user\n\ndef run():\n    return LM_user.run()\n")
    place("LM_alone.py", RUN % "alone")
    await changed(there, "LM_fresh.py", RUN % "old")
    for name, word in (("third", "user of old"), ("piece", "old"), ("alone", "alone")):
        assert await there.executor.run(name + " run") == word
    await changed(there, "LM_fresh.py", RUN % "new")
    assert there.modules.loaded() == ["alone"]
    (said,) = [line for line in there.log.lines() if "unloaded " in line]
    assert sorted(said[said.index("fresh") :].split(", ")) == ["fresh", "piece", "third", "user"]
    for name, word in (("third", "user of new"), ("piece", "new")):
        assert await there.executor.run(name + " run") == word
    assert sorted(await lm.remove("user")) == ["third", "user"]
    assert there.modules.loaded() == ["alone", "fresh", "piece"]


_USER = """
import asyncio
import LM_fresh
import lm

seen = []

async def _use():
    try:
        await asyncio.sleep(60)
    finally:
        seen.append(LM_fresh.run())

def begin():
    lm.task("user", _use())
    return seen
"""


async def test_what_imported_it_ends_first_and_may_still_call_it():
    there = node()
    await changed(there, "LM_fresh.py", "there = []\n\ndef run():\n    return len(there)\n")
    place("LM_user.py", _USER)
    assert await there.executor.run("user begin") == "[]"
    fresh, seen = sys.modules["LM_fresh"], sys.modules["LM_user"].seen
    end = there.modules.unload

    def unload(module):
        if module == "fresh":
            fresh.there.append(0)
        end(module)

    there.modules.unload = unload
    await changed(there, "LM_fresh.py", RUN % "new")
    assert seen == [0], seen


async def test_nothing_holds_the_old_one():
    there = node()
    await changed(there, "LM_fresh.py", RUN % "old")
    assert await there.executor.run("fresh run") == "old"
    assert there.executor.running is not None
    await changed(there, "LM_fresh.py", RUN % "new")
    assert there.executor.running is None
    assert there.modules.ready == {}

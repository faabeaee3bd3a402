"""What is watched over the link: each event once, in order, with bounded memory, until cancel."""

import asyncio

from core.errors import CommandError
from core.watch import watch

from fake_node import FakeNode
from fake_ops import FakeLink, FakeRequest


class Watched:
    """Somebody who watches a node as long as the `with` lasts."""

    def __init__(self, node, slow=False, **given):
        self.link = FakeLink(node)
        if slow:
            self.link.slow = asyncio.Event()
        self.request = FakeRequest(**given)

    async def __aenter__(self):
        self.task = asyncio.create_task(watch(self.link, self.request))
        await turns()
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        try:
            await self.task
        except asyncio.CancelledError:
            pass

    def events(self):
        found, self.link.events = self.link.events, []
        return found


async def turns(count=20):
    for _ in range(count):
        await asyncio.sleep_ms(0)


async def refusal(node, **given):
    try:
        await watch(FakeLink(node), FakeRequest(**given))
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


async def test_what_cannot_be_watched_is_refused():
    node = FakeNode()
    for given in (
        {},
        {"topic": "weather"},
        {"topic": ["log"]},
        {"topic": "log", "name": 5},
        {"topic": "values"},
        {"topic": "values", "name": ""},
    ):
        assert "expected topic log" in await refusal(node, **given), given
    assert "got 'loud'" in await refusal(node, topic="log", name="loud")
    for line in ("lamp get; lamp get", "lamp get &", "lamp get &&50"):
        assert "expected one command" in await refusal(node, topic="values", name=line), line
    assert "expected <module> <function>" in await refusal(node, topic="values", name="lamp")
    assert node.log.watchers == ()


async def test_lines_of_the_log_come_from_now_on_and_in_order():
    node = FakeNode()
    node.log.info("before")
    async with Watched(node, topic="log") as seen:
        node.log.info("one")
        node.log.error("two")
        await turns()
        assert seen.events() == [{"line": "0 s INFO one"}, {"line": "0 s ERROR two"}]
        node.log.debug("three")
        await turns()
        assert seen.events() == [{"line": "0 s DEBUG three"}]


async def test_a_level_leaves_out_what_matters_less():
    node = FakeNode()
    async with Watched(node, topic="log", name="warn") as seen:
        for tell in (node.log.debug, node.log.info, node.log.warn, node.log.error):
            tell("x")
        await turns()
        assert seen.events() == [{"line": "0 s WARN x"}, {"line": "0 s ERROR x"}]


async def test_what_a_slow_reader_misses_is_counted():
    node = FakeNode()
    async with Watched(node, True, topic="log") as seen:
        for number in range(30):
            node.log.info(str(number))
            await turns(3)
        seen.link.slow.set()
        await turns(40)
        found = seen.events()
        lines = [event[0] if isinstance(event, tuple) else event for event in found]
        dropped = sum([event[1] for event in found if isinstance(event, tuple)])
        print(dropped, "dropped of 30")
        assert len(lines) + dropped == 30
        assert len(lines) == 9
        assert lines[0] == {"line": "0 s INFO 0"}
        assert lines[-1] == {"line": "0 s INFO 29"}


async def test_a_line_that_does_not_fit_an_event_is_cut():
    node = FakeNode()
    async with Watched(node, topic="log") as seen:
        node.log.info("\n" * 2000)
        await turns()
        line = seen.events()[0]["line"]
        print(len(line), "characters")
        assert 200 < len(line) < 460
        assert line[-1] == "…"


async def test_secrets_are_masked_there_too():
    node = FakeNode()
    node.log.secrets = ["a very secret word"]
    async with Watched(node, topic="log") as seen:
        node.log.info("it is a very secret word.")
        await turns()
        assert seen.events() == [{"line": "0 s INFO it is ***."}]


async def test_a_log_that_nobody_watches_any_more_holds_nothing_of_it():
    node = FakeNode()
    async with Watched(node, topic="log"):
        async with Watched(node, topic="log"):
            assert len(node.log.watchers) == 2
        assert len(node.log.watchers) == 1
    assert node.log.watchers == ()


async def test_tasks_are_told_as_they_are_and_whenever_they_change():
    node = FakeNode()
    go = asyncio.Event()

    async def work():
        await go.wait()
        return "done"

    node.tasks.start("lamp.old", work())
    async with Watched(node, topic="tasks") as seen:
        told = {"task": "lamp.old", "state": "running", "runs": 0, "failures": 0, "last": None}
        assert seen.events() == [told]
        node.tasks.start("lamp.new", work())
        await turns()
        assert seen.events() == [dict(told, task="lamp.new")]
        await turns()
        assert seen.events() == []
        go.set()
        await turns()
        ended = dict(told, state="ended", runs=1, last="done")
        assert seen.events() == [ended, dict(ended, task="lamp.new")]
        await turns()
        assert seen.events() == []
        for _ in range(2):  # an end is told each time, however alike they are
            node.tasks.start("lamp.old", work())
            await turns()
            assert seen.events()[-1:] == [ended]


async def test_tasks_of_a_name_only():
    node = FakeNode()

    async def work():
        raise ValueError("broken")

    for name in ("lamp.x", None, "lamp.*"):
        async with Watched(node, topic="tasks", name=name) as seen:
            for tag in ("lamp.x", "lamp.y", "lamps.x"):
                node.tasks.start(tag, work())
            await turns()
            tags = sorted({event["task"] for event in seen.events()})
            assert (
                tags
                == {
                    "lamp.x": ["lamp.x"],
                    None: ["lamp.x", "lamp.y", "lamps.x"],
                    "lamp.*": ["lamp.x", "lamp.y"],
                }[name]
            )


async def test_a_value_is_told_when_it_is_another():
    node = FakeNode()
    await node.executor.run("meter show 5")
    async with Watched(node, topic="values", name="meter read") as seen:
        first = seen.events()
        assert [event["value"]["level"] for event in first] == [5]
        await turns()
        assert seen.events() == []
        await node.executor.run("meter show 6")
        await turns()
        assert [event["value"]["level"] for event in seen.events()] == [6]


async def test_why_there_is_no_value_is_told_once():
    node = FakeNode()
    async with Watched(node, topic="values", name="nosuch thing") as seen:
        await turns(100)
        found = seen.events()
        assert len(found) == 1
        assert found[0]["error"].startswith("refused: no module 'nosuch'")

"""Chains from configuration alone: each command gets the value of the one before it."""

import asyncio

from core import begin
from core.chain import Chain
from core.chains import read, start
from core.errors import CommandError
from core.sense import commands

import fake_node
from fake_node import FakeNode

assert fake_node.FOLDER  # on the path from the first node on


def fresh(text, *values):
    """A node, its chain, and what the load module `chained` is to give and has been given."""
    node = FakeNode()
    node.clock = node.log.clock
    _, found = read(text, commands)
    chained = __import__("LM_chained")
    chained.values[:] = values
    chained.done.clear()
    return node, Chain(node, "chain1", found), chained


async def test_each_command_gets_the_value_before_it_as_its_last_argument():
    node, chain, chained = fresh("50 chained give | chained plus 5 | chained sink pump", 1, 2.5)
    assert await chain.run() == "pump: 6"
    await chain.run()
    assert chained.done == [("pump", 6), ("pump", 7.5)]
    assert node.problems == []


async def test_commands_may_wait_and_a_bar_in_quotes_is_a_bar():
    _, chain, chained = fresh("50 chained later | chained plus 5 | chained sink 'a | b'", 1, 2)
    await chain.run()
    await chain.run()
    assert chained.done == [("a | b", 6), ("a | b", 7)]


async def test_a_value_may_be_anything_but_none():
    _, chain, chained = fresh("50 chained give | chained sink x", {"temp": 5}, 0, "", False, None)
    for _ in range(4):
        await chain.run()
    assert chained.done == [("x", {"temp": 5}), ("x", 0), ("x", ""), ("x", False)]
    assert await chain.run() == "chain1: chained sink: the command before it gave no value"
    assert len(chained.done) == 4


async def test_an_error_ends_the_round_is_told_once_and_the_sink_gets_nothing_stale():
    for wrong in (CommandError("dht: no answer"), ZeroDivisionError("x"), MemoryError()):
        values = [1] + [wrong] * 20 + [2]
        node, chain, chained = fresh("50 chained give | chained plus 5 | chained sink x", *values)
        logged = len(list(node.log.lines("error")))
        told = []
        for _ in range(21):
            told.append(await chain.run())
        assert chained.done == [("x", 6)]
        assert told[1].split("free")[0] == told[20].split("free")[0]
        assert [told[1]] == node.problems
        assert told[1].startswith("chain1: chained give: ")
        assert len(list(node.log.lines("error"))) == logged + 1
        await chain.run()
        assert chained.done == [("x", 6), ("x", 7)]
        assert node.problems == []


async def test_an_error_in_the_middle_names_its_command():
    node, chain, chained = fresh("50 chained give | chained plus 5 | chained sink x", "warm")
    await chain.run()
    assert node.problems[0].startswith("chain1: chained plus: TypeError")
    assert chained.done == []


async def test_a_command_that_never_answers_is_ended_and_told():
    node, chain, chained = fresh("50 chained never | chained sink x")
    chain.patience = 1000
    assert await chain.run() == "chain1: chained never: no answer for 1 s"
    assert len(node.problems) == 1
    assert chained.done == ["ended"]


async def test_one_that_fails_every_other_round_fills_no_log():
    values = [1, CommandError("no answer")] * 200
    node, chain, chained = fresh("50 chained give | chained sink x", *values)
    for _ in range(400):
        await chain.run()
    assert len(chained.done) == 200
    assert len(list(node.log.lines("error"))) == 1
    assert len(node.problems) == 1


async def test_a_module_or_a_function_that_is_not_there_is_told_not_a_dead_node():
    for text in ("50 nosuch give | chained sink x", "50 chained nothing | chained sink x"):
        node, chain, chained = fresh(text)
        await chain.run()
        assert len(node.problems) == 1, node.problems
        assert chained.done == []


async def test_it_runs_at_its_interval_and_pauses_do_not_grow():
    asked = []

    async def sleep(milliseconds):
        asked.append(milliseconds)
        if len(asked) > 12:
            await asyncio.Event().wait()

    node = FakeNode(sleep_ms=sleep, chain1="250 chained give | chained sink x")
    chained = __import__("LM_chained")
    chained.done.clear()
    chained.values[:] = [CommandError("no answer")] * 6 + [1] * 6
    node.safe = False
    start(node, "chain1", commands)
    for _ in range(200):
        await asyncio.sleep_ms(0)
    assert len(chained.done) == 6
    assert all([200 < each <= 250 for each in asked[1:]]), asked
    assert node.watched[0] is node.tasks.jobs[0].handle
    assert node.tasks.jobs[0].service  # nobody takes its place
    node.tasks.jobs[0].handle.cancel()
    await asyncio.sleep_ms(5)


async def test_the_node_starts_those_that_are_set_and_tells_what_cannot_be():
    node = FakeNode(
        chain1="20 chained give | chained sink x", chain2="5 wrong", chain3="20 chained give"
    )
    node.events = ["chain1", "chain2", "chain3"]
    begin.services(node)
    assert [job.tag for job in node.tasks.jobs] == ["chain1"]
    assert [each[:8] for each in node.problems] == ["chain2: ", "chain3: "]
    for job in node.tasks.jobs:
        job.handle.cancel()
    await asyncio.sleep_ms(5)


def test_the_smallest_chip_leaves_them_out_with_a_sentence():
    node = FakeNode(chain1="20 chained give | chained sink x")
    node.events = ["chain1"]
    node.port.LEAF = True
    begin.services(node)
    assert node.problems == ["chain1: left out, this chip has not the memory for chains"]
    assert node.tasks.jobs == []

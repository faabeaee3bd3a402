"""The link of real nodes, spoken by the reference: many at once, beside the text shell, and little
memory."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from benchmarks.nodes import PASSWORD, Node, Workshop
from tests.support.boards import engine_cache, eventually
from tests.support.reference import ReferenceDesk, RefusedError
from toolkit.virtual.engine import provide

SLOW = b"""
import asyncio

ends = []


async def wait(name, milliseconds):
    try:
        await asyncio.sleep_ms(milliseconds)
        return name
    finally:
        ends.append(name)


def ended():
    return ends
"""

Talk = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Where nodes are installed once, and switched on by copying their flash."""
    where = tmp_path_factory.mktemp("links") / "virtual"
    with Workshop(where, provide(engine_cache(), print), modules={"LM_slow.py": SLOW}) as found:
        yield found


@pytest.fixture(scope="module")
def node(workshop: Workshop) -> Iterator[Node]:
    """One node for the tests of this file; in the end it has started only once."""
    found = workshop.node("esp32")
    yield found
    starts = found.starts
    workshop.stop(found)
    assert starts == 1


def talk(node: Node, *talks: Talk) -> Any:
    """What talks over links of their own come to, all at a time."""

    async def one(what: Talk) -> Any:
        async with ReferenceDesk(node.address, uid=node.board.mac, password=PASSWORD) as desk:
            return await what(desk)

    async def run() -> Any:
        return await asyncio.gather(*map(one, talks))

    return asyncio.run(run())


async def slow(desk: ReferenceDesk, name: str, milliseconds: int, **more: Any) -> int:
    """Ask for what takes a while; its id."""
    return await desk.ask("call", module="slow", function="wait", args=[name, milliseconds], **more)


def test_requests_of_one_connection_run_at_once_and_answer_when_they_have_ended(
    node: Node,
) -> None:
    async def many(desk: ReferenceDesk) -> list[Any]:
        asked = {await slow(desk, f"n{n}", 50 * (7 - n)): n for n in range(7)}
        assert await desk.ok("run", line="version")
        answers: list[Any] = []
        while len(answers) < len(asked):
            answers.append((await desk.receive()).value["ok"])
        return answers

    assert talk(node, many)[0] == [f"n{n}" for n in reversed(range(7))]


def test_a_cancel_lets_finally_run_and_the_others_go_on(node: Node) -> None:
    async def cancelled(desk: ReferenceDesk) -> None:
        first, second = await slow(desk, "first", 60_000), await slow(desk, "second", 200)
        assert await desk.ok("cancel", of=first) is True
        with pytest.raises(RefusedError) as error:
            await desk.answer(first)
        assert error.value.kind == "cancelled"
        assert await desk.answer(second) == "second"
        assert "first" in await desk.ok("call", module="slow", function="ended")
        assert await desk.ok("cancel", of=first) is False

    talk(node, cancelled)


def test_two_links_and_the_text_shell_do_not_wait_for_each_other(node: Node) -> None:
    async def waits(desk: ReferenceDesk) -> str:
        request = await slow(desk, "long", 400)
        assert await desk.ok("hello") == f"hello:node01:{node.board.mac}:dev"
        return await desk.answer(request)

    with node.session() as shell:
        assert talk(node, waits, waits) == ["long", "long"]
        assert shell.say("hello").startswith("hello:node01:")
        told = json.loads(shell.say("status >json"))
        assert (told["log_errors"], told["links"]) == (0, 0)


def test_status_tells_how_many_sessions_are_links(node: Node) -> None:
    async def status(desk: ReferenceDesk) -> dict[str, Any]:
        said = await desk.ok("run", line="status >json")
        return json.loads(json.loads(said) if isinstance(said, bytes) else said)

    with node.session():
        (told,) = talk(node, status)
    assert (told["sessions"], told["links"]) == (2, 1)


def test_what_ran_is_told_again_and_runs_no_second_time(node: Node) -> None:
    rid = "0123456789abcdef"

    async def leaves(desk: ReferenceDesk) -> None:
        await slow(desk, "once", 300, rid=rid)
        await asyncio.sleep(0.1)

    async def comes_again(desk: ReferenceDesk) -> None:
        for _ in range(100):
            try:
                assert await desk.answer(await slow(desk, "once", 300, rid=rid, age=200)) == "once"
                break
            except RefusedError as busy:
                if busy.line["text"] != "running":
                    raise
                await asyncio.sleep(0.02)
        assert (await desk.ok("call", module="slow", function="ended")).count("once") == 1

    talk(node, leaves)
    talk(node, comes_again)


def test_a_wrong_proof_makes_the_text_shell_wait_too(workshop: Workshop) -> None:
    node = workshop.node("esp32")

    async def wrong() -> None:
        async with ReferenceDesk(node.address, uid=node.board.mac, password="not this one") as desk:
            raise AssertionError(f"it let {desk} in")

    with pytest.raises(RefusedError) as error:
        asyncio.run(wrong())
    assert (error.value.kind, error.value.line["wait"]) == ("auth", 1)
    with pytest.raises(Exception, match="AuthWait"):
        node.session()
    eventually(lambda: talked(node, greeting), "the end of the penalty")
    workshop.stop(node)


async def greeting(desk: ReferenceDesk) -> None:
    assert (await desk.ok("hello")).startswith("hello:node01:")


def talked(node: Node, what: Talk) -> bool:
    """Whether nothing of a talk was refused: it may be later."""
    try:
        talk(node, what)
    except (RefusedError, EOFError, TimeoutError) as error:
        print(repr(error))
        return False
    return True


def test_a_reboot_over_the_link_is_answered(workshop: Workshop) -> None:
    node = workshop.node("esp32")

    async def reboot(desk: ReferenceDesk) -> tuple[str, str]:
        said = await desk.ok("run", line="reboot")
        await desk.wire.end()
        return said, desk.boot

    (first,) = talk(node, reboot)
    eventually(lambda: node.control.console().count("ready at") == 2, "the node")
    (second,) = talk(node, reboot)
    assert first[0] == second[0] == "Rebooting.\nBye!"
    assert first[1] != second[1]
    workshop.stop(node)


def test_settings_that_need_a_restart_are_tried_and_it_is_answered(workshop: Workshop) -> None:
    node = workshop.node("esp32")

    async def tried(desk: ReferenceDesk) -> str:
        said = await desk.ok("conf", set={"devfid": "other01"}, **{"try": 60})
        await desk.wire.end()
        return said

    (said,) = talk(node, tried)
    assert said == "On trial for 60 s: log in anew and say keep\nRebooting.\nBye!"
    eventually(lambda: node.control.console().count("ready at") == 2, "the node")

    async def name(desk: ReferenceDesk) -> str:
        return await desk.ok("hello")

    assert talk(node, name)[0].startswith("hello:other01:")
    workshop.stop(node)


def test_memory_is_as_before_when_the_last_link_has_ended(node: Node) -> None:
    async def much(desk: ReferenceDesk) -> None:
        for line in ("help", "status", "log", "slow ended", "light toggle"):
            await desk.ok("run", line=line)

    def rest() -> int:
        with node.session() as shell:
            shell.say("hello")
        eventually(lambda: node.session().say("status").count("links: 0"), "the end of the links")
        return max(node.heap().free for _ in range(3))

    talk(node, much)
    before = rest()
    for _ in range(4):
        talk(node, much, much)
    after = rest()
    print(f"free at rest: {before} -> {after}")
    assert before - after < 1500


def test_the_smallest_chip_serves_a_link_and_refuses_what_it_has_no_memory_for(
    workshop: Workshop,
) -> None:
    node = workshop.node("esp8266")
    with node.session() as shell:
        assert shell.say("light toggle").startswith("g: ")

    async def little(desk: ReferenceDesk) -> None:
        kinds = set[str]()
        for line in ("light toggle", "version", "help", "light rgb r=5", "light nothing"):
            try:
                await desk.ok("run", line=line)
            except RefusedError as error:
                kinds.add(error.kind)
        assert kinds <= {"refused"}

    eventually(lambda: talked(node, greeting), "memory for a link")
    talked(node, little)
    with node.session() as shell:
        assert shell.say("hello").startswith("hello:node01:")
    assert node.starts == 1
    workshop.stop(node)

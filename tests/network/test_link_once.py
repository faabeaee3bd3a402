"""A command runs at most once, whatever happens to the connection, and what came of it is told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.reference import PASSWORD, UID, HangUp, ReferenceNode, Request, Visit, refuse
from toolkit.model.errors import (
    FaultError,
    HungUp,
    NodeError,
    RefusedError,
    UnknownOutcome,
    ValueLost,
)
from toolkit.model.vault import secret_of
from toolkit.transport import link as link_file
from toolkit.transport import steady
from toolkit.transport.link import Link
from toolkit.transport.steady import Steady

SECRET = secret_of(UID, PASSWORD)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_file, "TRIES", ())
    monkeypatch.setattr(steady, "PAUSES", (0.01,))


class Table:
    """A node that keeps what came of its commands, and cuts connections when it is told to."""

    def __init__(self, *cuts: str) -> None:
        self.cuts = list(cuts)  # before: it never came; after: its answer is lost
        self.ran: list[str] = []
        self.done: dict[str, Any] = {}
        self.ages: list[int | None] = []
        self.node = ReferenceNode(answers={"run": self.run})

    def run(self, visit: Visit, request: Request) -> Any:
        given = request.given
        self.ages.append(given.get("age"))
        cut = self.cuts.pop(0) if self.cuts else ""
        if cut == "before":
            raise HangUp
        if given["rid"] not in self.done:
            self.ran.append(given["line"])
            self.done[given["rid"]] = f"{given['line']} {len(self.ran)}"
        if cut == "boot":
            visit.node.boot = "0" * 16
        if cut:
            raise HangUp
        return self.done[given["rid"]]


def talk(node: ReferenceNode, what: Callable[[Steady], Awaitable[Any]], back: float = 5) -> Any:
    async def run() -> Any:
        async with node:
            place = node.address, node.port
            talker = Steady(lambda: Link(*place, uid=UID, secret=SECRET, timeout=2), back)
            try:
                return await what(talker)
            finally:
                await talker.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "cuts", [(), ("before",), ("after",), ("before", "before", "after", "after", "after")]
)
def test_a_command_that_is_cut_off_has_run_once_and_is_answered(cuts: tuple[str, ...]) -> None:
    table = Table(*cuts)
    assert talk(table.node, lambda node: node.run("light toggle")) == "light toggle 1"
    assert table.ran == ["light toggle"]
    assert table.ages[0] is None
    assert len(table.ages) == len(cuts) + 1
    later = [age for age in table.ages[1:] if age is not None]
    assert len(later) == len(cuts)
    assert later == sorted(later)


def test_every_command_has_a_number_of_its_own() -> None:
    table = Table()

    async def two(node: Steady) -> list[str]:
        return [await node.run("x"), await node.run("x")]

    assert talk(table.node, two) == ["x 1", "x 2"]


def test_after_a_new_start_of_the_node_nothing_is_repeated() -> None:
    table = Table("boot")
    with pytest.raises(UnknownOutcome, match="has started anew"):
        talk(table.node, lambda node: node.run("light toggle"))
    assert table.ages == [None]


def test_what_the_node_does_not_know_any_more_is_unknown() -> None:
    count = 0

    def run(visit: Visit, request: Request) -> Any:
        nonlocal count
        count += 1
        if count == 1:
            raise HangUp
        refuse("unknown", "not known any more")

    with pytest.raises(UnknownOutcome, match="does not know"):
        talk(ReferenceNode(answers={"run": run}), lambda node: node.run("x"))
    assert count == 2


def test_what_is_too_old_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steady, "OLDEST", 0)
    table = Table("after")
    with pytest.raises(UnknownOutcome, match="away for too long"):
        talk(table.node, lambda node: node.run("x"))
    assert table.ages == [None]


def test_a_node_that_stays_away_leaves_the_outcome_unknown() -> None:
    node = ReferenceNode()

    async def leave(visit: Visit, request: Request) -> None:
        visit.node._server.close()
        raise HangUp

    node.answers["run"] = leave
    with pytest.raises(UnknownOutcome, match=r"nothing listens there; .*is not known"):
        talk(node, lambda it: it.run("x"), back=0.1)


def test_a_command_that_still_runs_is_waited_for() -> None:
    asked: list[Any] = []

    def run(visit: Visit, request: Request) -> Any:
        asked.append(request.given.get("rid"))
        return "done" if len(asked) == 4 else refuse("busy", "running")

    assert talk(ReferenceNode(answers={"run": run}), lambda node: node.run("x")) == "done"
    assert len(set(asked)) == 1


def test_one_that_runs_for_too_long_is_left() -> None:
    node = ReferenceNode(answers={"run": lambda visit, request: refuse("busy", "running")})
    with pytest.raises(UnknownOutcome, match=r"no end within 0\.1 s"):
        talk(node, lambda it: it.run("x", timeout=0.1))


def test_a_moment_without_memory_is_waited_out_some_times() -> None:
    tries: list[Any] = []

    def run(visit: Visit, request: Request) -> Any:
        tries.append(request.given.get("rid"))
        return "done" if len(tries) == 3 else refuse("refused", "not enough memory")

    node = ReferenceNode(answers={"run": run})
    assert talk(node, lambda it: it.run("x")) == "done"
    assert len(set(tries)) == 1
    tries[:] = [None] * 10
    with pytest.raises(RefusedError, match="not enough memory"):
        talk(ReferenceNode(answers={"run": run}), lambda it: it.run("x"))
    assert len(tries) == 14


def test_a_refusal_that_the_node_has_kept_is_told_in_its_first_words() -> None:
    words = ["not enough memory, free now: 900 bytes", "see log"]
    node = ReferenceNode(answers={"run": lambda visit, request: refuse("refused", words.pop(0))})
    with pytest.raises(RefusedError, match="not enough memory, free now: 900 bytes"):
        talk(node, lambda it: it.run("x"))
    assert words == []


def test_a_link_that_ends_for_want_of_memory_is_made_again() -> None:
    count = 0

    async def run(visit: Visit, request: Request) -> str:
        nonlocal count
        count += 1
        if count == 1:
            await visit.send({"id": 0, "error": "refused", "text": "not enough memory"})
            raise HangUp
        return "done"

    assert talk(ReferenceNode(answers={"run": run}), lambda it: it.run("x")) == "done"


@pytest.mark.parametrize("trouble", ["hang up", "not enough memory"])
def test_what_does_no_harm_twice_is_simply_asked_again(trouble: str) -> None:
    count = 0

    def conf(visit: Visit, request: Request) -> Any:
        nonlocal count
        count += 1
        if count < 3:
            if trouble == "hang up":
                raise HangUp
            refuse("refused", trouble)
        return {"soctout": 100}

    node = ReferenceNode(answers={"conf": conf})
    assert talk(node, lambda it: it.again("conf", {})) == {"soctout": 100}


@pytest.mark.parametrize(
    ("kind", "error"), [("refused", RefusedError), ("fault", FaultError)], ids=str
)
def test_a_refusal_and_a_fault_are_final(kind: str, error: type[Exception]) -> None:
    count = 0

    def run(visit: Visit, request: Request) -> None:
        nonlocal count
        count += 1
        refuse(kind, "no")

    with pytest.raises(error):
        talk(ReferenceNode(answers={"run": run}), lambda node: node.run("x"))
    assert count == 1


def test_an_answer_that_was_not_kept_is_told_as_lost() -> None:
    async def cut(visit: Visit, request: Request) -> None:
        await visit.send({"id": request.id, "ok": None, "cut": True})
        await asyncio.sleep(9)

    with pytest.raises(ValueLost, match="has run the command; its answer was lost"):
        talk(ReferenceNode(answers={"run": cut}), lambda node: node.run("x"))


def test_an_idle_connection_that_has_ended_is_made_again() -> None:
    table = Table()

    async def both(node: Steady) -> list[str]:
        first = await node.run("x")
        table.node.visits[0].wire.writer.close()
        while not node.link.closed:
            await asyncio.sleep(0.01)
        return [first, await node.run("y")]

    assert talk(table.node, both) == ["x 1", "y 2"]
    assert table.ages == [None, None]


def test_a_node_that_cannot_be_reached_at_all_is_no_unknown_outcome() -> None:
    async def run() -> None:
        talker = Steady(lambda: Link("127.77.3.1", 9, uid=UID, secret=SECRET))
        with pytest.raises(NodeError, match="nothing listens there") as caught:
            await talker.run("x")
        assert not isinstance(caught.value, HungUp)

    asyncio.run(run())

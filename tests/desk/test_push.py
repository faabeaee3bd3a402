"""Many nodes at once: who is meant, what becomes of each, and that none waits for another."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from tests.desk.test_ota import made, runs
from tests.support.quick_loop import quickly
from tests.support.scripted_node import ScriptedNode
from toolkit.model.errors import RefusedError
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome, Verdict
from toolkit.model.package import Package
from toolkit.model.progress import Progress
from toolkit.model.rollout import Candidate
from toolkit.model.select import parse
from toolkit.operations.air import Tell, driven
from toolkit.operations.configure import configure
from toolkit.operations.ota import Order, update
from toolkit.operations.push import Limits, Push, look, rolled_out

LIMITS = Limits()


def pushed(
    nodes: Sequence[ScriptedNode],
    limits: Limits = LIMITS,
    *,
    terms: Sequence[str] = (),
    package: Package | None = None,
    told: list[Progress] | None = None,
) -> Push:
    """One push to these nodes, with the clock that jumps."""
    by_uid = {node.node.uid: node for node in nodes}
    release = package or made()

    async def treat(candidate: Candidate, tell: Tell) -> Outcome:
        dial = by_uid[candidate.node.uid].connect
        return await update(lambda _: dial(), candidate.node, Order(release), tell)

    async def work() -> Push:
        tell = (told if told is not None else []).append
        met, lost = await look(
            lambda it: by_uid[it.uid].connect(), [it.node for it in nodes], parse(terms), tell
        )
        return await rolled_out(met, lost, treat, limits, tell)

    return quickly(work())


def verdicts(push: Push) -> list[str]:
    return [str(outcome.verdict) for outcome in push.outcomes]


def test_all_are_updated_and_a_second_push_sends_nothing() -> None:
    nodes = [ScriptedNode(f"n{i}") for i in range(10)]
    first = pushed(nodes)
    assert first.summary == "10 updated"
    assert all(runs(node, made()) for node in nodes)
    sent = [node.payload for node in nodes]
    second = pushed(nodes)
    assert second.summary == "10 unchanged"
    assert [node.payload for node in nodes] == sent
    assert sum(outcome.sent for outcome in second.outcomes) == 0


def test_the_outcomes_come_in_the_order_of_the_nodes_and_are_told_on_the_way() -> None:
    told: list[Progress] = []
    nodes = [ScriptedNode(f"n{i}") for i in range(5)]
    push = pushed(nodes, told=told)
    assert [it.node.name for it in push.outcomes] == ["n0", "n1", "n2", "n3", "n4"]
    assert [it.done for it in told if it.stage == "look"] == [1, 2, 3, 4, 5]
    assert told[-1] == Progress("push", 5, 5, "nodes", "5 updated")


def test_each_kind_of_trouble_has_its_verdict_and_harms_nobody_else() -> None:
    nodes = [
        ScriptedNode("well"),
        ScriptedNode("full", refuse={"begin": RefusedError("not enough space")}),
        ScriptedNode("off", dead=True),
        ScriptedNode("stalls", stall=6),
        ScriptedNode("back", breaks="it crashed"),
        ScriptedNode("gone", gone_after_commit=True),
        ScriptedNode("torn", hang_up={4, 5, 9}),
        ScriptedNode("cut", power={6}),
        ScriptedNode("old", board="esp32s9"),
    ]
    push = pushed(nodes, Limits(stop_after=9))
    found = {outcome.node.name: str(outcome.verdict) for outcome in push.outcomes}
    assert found == {
        "well": "updated",
        "full": "refused",
        "off": "unreachable",
        "stalls": "unreachable",
        "back": "rolled back",
        "gone": "unknown",
        "torn": "updated",
        "cut": "updated",
        "old": "refused",
    }
    assert push.stopped == ""
    assert push.summary == "3 updated, 2 refused, 1 rolled back, 2 unreachable, 1 unknown"


@pytest.mark.parametrize(
    ("of", "value"),
    [
        ("release", []),
        ("release", [1]),
        ("release", [0, 1, 0, "x"]),
        ("failed", [1, 2]),
        ("trial", 7),
        ("slot", []),
        ("healthy", None),
    ],
)
def test_an_odd_answer_is_the_trouble_of_its_node_alone(of: str, value: object) -> None:
    odd, well = ScriptedNode("odd"), ScriptedNode("well")
    real = odd.step_status
    odd.step_status = lambda **_: {**real(), of: value}  # type: ignore[method-assign]
    push = pushed([odd, well], Limits(canary=0))
    assert verdicts(push) == ["unreachable", "updated"]
    assert "expected its answer to update status as" in push.outcomes[0].note


@pytest.mark.parametrize("value", [7, "text", {"a": 1}])
def test_problems_or_settings_of_an_odd_shape_are_the_trouble_of_their_node_alone(
    value: Any,
) -> None:
    odd, well = ScriptedNode("odd"), ScriptedNode("well")
    odd.problems = value
    push = pushed([odd, well], Limits(canary=0))
    assert verdicts(push) == ["unreachable", "updated"]
    assert "expected the problems in status as a list, got" in push.outcomes[0].note
    odd.settings = cast(Any, value if isinstance(value, int | str) else [])
    push = pushed([odd, well], Limits(canary=0), terms=["app=n/a"])
    assert push.summary == "1 unchanged, 1 unreachable"
    outcome = quickly(configure(lambda _: odd.connect(), odd.node, {"cron": True}, lambda _: None))
    assert outcome.verdict is Verdict.UNREACHABLE
    assert "expected conf as an object, got" in outcome.note


def test_a_canary_that_rolls_back_saves_all_others() -> None:
    nodes = [ScriptedNode("n0", breaks="it crashed"), *(ScriptedNode(f"n{i}") for i in range(1, 6))]
    push = pushed(nodes)
    assert verdicts(push) == ["rolled back", *["not tried"] * 5]
    assert push.stopped == "stopped: a canary rolled back"
    assert all(node.payload == 0 for node in nodes[1:])


def test_a_dead_canary_is_no_evidence_the_next_one_is_asked() -> None:
    nodes = [ScriptedNode("n0", stall=4), *(ScriptedNode(f"n{i}") for i in range(1, 4))]
    assert verdicts(pushed(nodes)) == ["unreachable", "updated", "updated", "updated"]


def test_nobody_waits_for_a_node_that_stalls() -> None:
    nodes = [ScriptedNode("n0"), ScriptedNode("n1", stall=6), ScriptedNode("n2")]
    ends: dict[str, float] = {}

    async def work() -> None:
        clock = asyncio.get_running_loop().time
        began = clock()

        async def treat(candidate: Candidate, tell: Tell) -> Outcome:
            node = next(it for it in nodes if it.node is candidate.node)
            order = Order(made())
            outcome = await update(lambda _: node.connect(), node.node, order, tell)
            ends[node.node.name] = clock() - began
            return outcome

        met = [Candidate(node.node, "esp32") for node in nodes]
        await rolled_out(met, [], treat, Limits(canary=0), lambda _: None)

    quickly(work())
    assert ends["n0"] < 100
    assert ends["n2"] < 100 < ends["n1"]


def test_so_many_at_once_and_no_more() -> None:
    busy = most = 0

    async def treat(candidate: Candidate, tell: Tell) -> Outcome:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(1)
        busy -= 1
        return Outcome(candidate.node, Verdict.UPDATED)

    met = [Candidate(Node(str(i), str(i), "10.0.0.1"), "esp32") for i in range(50)]
    limits = Limits(canary=2, at_once=8)
    push = quickly(rolled_out(met, [], treat, limits, lambda _: None))
    assert (most, push.summary) == (8, "50 updated")


def test_a_second_push_goes_on_where_the_first_was_stopped() -> None:
    nodes = [ScriptedNode(f"n{i}") for i in range(6)]
    nodes[2].breaks = "it crashed"
    first = pushed(nodes, Limits(at_once=1))
    assert verdicts(first) == ["updated", "updated", "rolled back", *["not tried"] * 3]
    nodes[2].breaks = ""
    second = pushed(nodes, Limits(at_once=1))
    assert verdicts(second) == ["unchanged", "unchanged", *["updated"] * 4]
    assert second.outcomes[2].sent == 0, "its files lie there since the first push"


def test_nodes_are_selected_by_what_they_tell() -> None:
    nodes = [ScriptedNode("n0"), ScriptedNode("n1", board="pico_w"), ScriptedNode("n2")]
    nodes[2].settings["app"] = "heating"
    assert [it.node.name for it in pushed(nodes, terms=["board=esp32"]).outcomes] == ["n0", "n2"]
    assert [it.node.name for it in pushed(nodes, terms=["app=heat*"]).outcomes] == ["n2"]
    assert [it.node.name for it in pushed(nodes, terms=["version<0.2"]).outcomes] == ["n1"]


def test_a_node_that_cannot_say_whether_it_is_meant_is_told() -> None:
    push = pushed([ScriptedNode("n0", dead=True)], terms=["board=esp32"])
    assert verdicts(push) == ["unreachable"]


def test_what_runs_is_ended_when_the_one_who_follows_leaves() -> None:
    ended: list[str] = []

    async def work(tell: Tell) -> None:
        async def forever() -> None:
            try:
                await asyncio.sleep(1e6)
            finally:
                ended.append("it")

        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        tell(Progress("begun"))
        await task

    steps = driven(work)
    assert next(steps) == Progress("begun")
    steps.close()
    assert ended == ["it"]


def test_an_error_comes_out_where_it_is_followed() -> None:
    async def work(tell: Tell) -> None:
        raise RefusedError("no")

    with pytest.raises(RefusedError, match="no"):
        list(driven(work))

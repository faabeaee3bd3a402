"""One node and one release over the air, step by step, whatever happens on the way."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.quick_loop import quickly
from tests.support.scripted_node import ScriptedNode, sha256
from toolkit.model.errors import FaultError, RefusedError
from toolkit.model.outcome import Outcome, Verdict
from toolkit.model.package import Package
from toolkit.model.progress import Progress
from toolkit.operations.ota import Order, turn_back, update

SENDING, LAST = range(1, 17), range(29, 35)  # requests of an update without a fault
PLACES = [*SENDING, *LAST]  # at each of them something may happen


def made(
    release: tuple[int, ...] = (0, 2, 0, 0), board: str = "esp32", **changed: bytes
) -> Package:
    files = {"node.mpy": b"node" * 40, "pack": b"pack" * 500, "manual.tsv": b"manual", **changed}
    listed = [[name, len(content), sha256(content)] for name, content in files.items()]
    manifest = json.dumps({"release": release, "board": board, "files": listed}).encode()
    return Package(board, release, manifest, files)


def updated(
    node: ScriptedNode,
    package: Package | None = None,
    told: list[Progress] | None = None,
    **how: bool,
) -> Outcome:
    order = Order(package or made(), **how)
    said = [] if told is None else told
    return quickly(update(lambda _: node.connect(), node.node, order, said.append))


def runs(node: ScriptedNode, package: Package) -> bool:
    """Whether it runs exactly that, confirmed."""
    there = {**package.files, "manifest.json": package.manifest}
    return not node.trial and node.slots[node.run_slot] == there


def test_a_release_is_sent_started_looked_at_and_confirmed() -> None:
    node = ScriptedNode("n1")
    told: list[Progress] = []
    outcome = updated(node, told=told)
    assert (outcome.verdict, outcome.version) == (Verdict.UPDATED, "0.2.0-0")
    assert runs(node, made())
    assert outcome.sent == node.payload == sum(map(len, made().files.values()))
    assert list(dict.fromkeys(it.stage for it in told)) == ["send", "restart", "confirm"]
    assert any("well for" in it.note for it in told)
    assert node.requests == LAST[-1]


def test_a_node_that_runs_it_is_left_alone() -> None:
    node = ScriptedNode("n1")
    updated(node)
    sent, starts = node.payload, node.starts
    outcome = updated(node)
    assert (outcome.verdict, outcome.sent) == (Verdict.UNCHANGED, 0)
    assert (node.payload, node.starts) == (sent, starts)


def test_force_gives_it_once_more_without_sending_what_is_there() -> None:
    node = ScriptedNode("n1")
    updated(node)
    node.slots["a"], node.run_slot = dict(node.slots["b"]), "a"
    starts = node.starts
    outcome = updated(node, force=True)
    assert (outcome.verdict, outcome.sent, node.starts) == (Verdict.UPDATED, 0, starts + 1)


def test_only_what_has_changed_is_sent() -> None:
    node = ScriptedNode("n1")
    node.slots["a"] |= made().files
    outcome = updated(node, made(**{"manual.tsv": b"another manual"}))
    assert (outcome.verdict, outcome.sent) == (Verdict.UPDATED, len(b"another manual"))


@pytest.mark.parametrize("fault", ["hang_up", "lose"])
@pytest.mark.parametrize("at", PLACES)
def test_a_connection_that_ends_anywhere_is_no_harm(fault: str, at: int) -> None:
    node = ScriptedNode("n1", **{fault: {at}})
    assert updated(node).verdict is Verdict.UPDATED
    assert runs(node, made())
    assert node.payload <= sum(map(len, made().files.values())) + len(made().files["pack"])


@pytest.mark.parametrize("at", PLACES)
def test_power_that_fails_anywhere_before_the_end_is_no_harm(at: int) -> None:
    node = ScriptedNode("n1", power={at})
    assert updated(node).verdict is Verdict.UPDATED
    assert runs(node, made())


def test_what_was_there_before_a_cut_is_not_sent_again() -> None:
    node = ScriptedNode("n1", hang_up={6})
    assert updated(node).sent == node.payload == sum(map(len, made().files.values()))


def test_a_node_that_never_answers_again_is_unreachable_and_unchanged() -> None:
    node = ScriptedNode("n1", stall=6)
    outcome = updated(node)
    assert outcome.verdict is Verdict.UNREACHABLE
    assert "no answer to" in outcome.note
    assert node.run_slot == "a"


def test_a_node_that_cannot_be_reached_is_unreachable() -> None:
    assert updated(ScriptedNode("n1", dead=True)).verdict is Verdict.UNREACHABLE


def test_a_node_that_does_not_come_back_is_unknown_and_it_is_said_what_it_does() -> None:
    outcome = updated(ScriptedNode("n1", gone_after_commit=True))
    assert outcome.verdict is Verdict.UNKNOWN
    assert "goes back by itself" in outcome.note


def test_a_refusal_is_told_in_the_words_of_the_node() -> None:
    refusal = RefusedError("n1: refused: expected board pico_w, got esp32")
    outcome = updated(ScriptedNode("n1", refuse={"begin": refusal}))
    assert (outcome.verdict, outcome.note) == (Verdict.REFUSED, "expected board pico_w, got esp32")


def test_a_confirm_that_is_refused_is_a_failure_and_it_is_said_what_follows() -> None:
    outcome = updated(ScriptedNode("n1", refuse={"confirm": RefusedError("another one runs")}))
    assert outcome.verdict is Verdict.FAILED
    assert outcome.note == "another one runs; it goes back by itself"


def test_a_fault_of_the_node_is_a_failure() -> None:
    outcome = updated(ScriptedNode("n1", refuse={"manifest": FaultError("OSError: 5")}))
    assert (outcome.verdict, outcome.note) == (Verdict.FAILED, "OSError: 5")


def test_a_release_that_does_not_start_has_rolled_back_and_says_why() -> None:
    node = ScriptedNode("n1", breaks="it could not be imported: ImportError")
    outcome = updated(node)
    assert outcome.verdict is Verdict.ROLLED_BACK
    assert outcome.note == "it could not be imported: ImportError"
    assert outcome.version == "0.1.0-0"


def test_a_release_with_a_new_problem_is_turned_back_and_an_old_problem_is_none() -> None:
    node = ScriptedNode("n1", hurts="module 'light' is held: log crash")
    node.problems = ["unclaimed since 12 s"]
    outcome = updated(node)
    assert outcome.verdict is Verdict.ROLLED_BACK
    assert outcome.note == "module 'light' is held: log crash"
    assert (node.run_slot, node.trial) == ("a", False)
    still = ScriptedNode("n2", hurts="unclaimed since 99 s")
    still.problems = ["unclaimed since 12 s"]
    assert updated(still).verdict is Verdict.UPDATED


def test_a_trial_that_somebody_left_is_judged_and_confirmed_without_sending() -> None:
    node = ScriptedNode("n1")

    async def left_in_the_middle() -> None:
        order = Order(made())
        going = asyncio.ensure_future(
            update(lambda _: node.connect(), node.node, order, lambda _: None)
        )
        while not node.trial:
            await asyncio.sleep(0.1)
        going.cancel()
        await asyncio.sleep(10)
        sent = node.payload
        outcome = await update(lambda _: node.connect(), node.node, order, lambda _: None)
        assert (outcome.verdict, outcome.sent, node.payload) == (Verdict.UPDATED, 0, sent)

    quickly(left_in_the_middle())
    assert runs(node, made())


def test_unattended_the_node_decides_and_is_never_asked_to() -> None:
    node = ScriptedNode("n1", refuse={"confirm": FaultError("it was asked")})
    assert updated(node, unattended=True).verdict is Verdict.UPDATED
    assert node.auto


def test_a_false_answer_is_a_sentence() -> None:
    node = ScriptedNode("n1")
    node.step_begin = lambda **_: {"token": 7}  # type: ignore[method-assign]
    outcome = updated(node)
    assert outcome.verdict is Verdict.UNREACHABLE
    assert (
        outcome.note == "expected its answer to update begin as a list of what is missing, got None"
    )


def test_the_way_back_is_waited_for() -> None:
    node = ScriptedNode("n1")
    updated(node)
    outcome = quickly(turn_back(lambda _: node.connect(), node.node, lambda _: None))
    assert (outcome.verdict, outcome.version) == (Verdict.UPDATED, "0.1.0-0")
    assert outcome.note == "back to 0.1.0-0"
    again = quickly(turn_back(lambda _: node.connect(), node.node, lambda _: None))
    assert (again.verdict, again.note) == (Verdict.REFUSED, "there is no release to go back to")


def test_a_connection_that_is_cut_again_and_again_is_tried_again() -> None:
    node = ScriptedNode("n1", hang_up=set(range(1, 48)))
    assert updated(node).verdict is Verdict.UPDATED
    hopeless = ScriptedNode("n2", hang_up=set(range(1, 49)))
    assert updated(hopeless).verdict is Verdict.UNREACHABLE


def test_a_node_that_is_never_done_with_its_trial_is_left_when_that_time_has_passed() -> None:
    node = ScriptedNode("n1", refuse={"confirm": RefusedError("not yet", "early")})
    node.step_status = with_trial(node)  # type: ignore[method-assign]

    async def work() -> Outcome:
        async with asyncio.timeout(2000):
            order = Order(made())
            return await update(lambda _: node.connect(), node.node, order, lambda _: None)

    outcome = quickly(work())
    assert outcome.verdict is Verdict.UNKNOWN
    assert "no end in time" in outcome.note
    assert node.requests < 5000, "it pauses between two questions"


def with_trial(node: ScriptedNode) -> Callable[..., Any]:
    """Its status, with a trial that never ends once it has begun, and a node that is well."""
    real = node.step_status

    def status(**_: Any) -> Any:
        told = real()
        return {**told, "healthy": 0, "trial": told["trial"] and {"left": 5}}

    return status


def test_a_way_back_that_was_asked_for_and_cannot_be_seen_is_unknown() -> None:
    node = ScriptedNode("n1")
    updated(node)
    taken = node.step_back

    def gone(**_: Any) -> Any:
        node.dead = True
        return taken()

    node.step_back = gone  # type: ignore[method-assign]
    outcome = quickly(turn_back(lambda _: node.connect(), node.node, lambda _: None))
    assert outcome.verdict is Verdict.UNKNOWN
    assert "did not come back" in outcome.note


def test_a_way_back_whose_answer_is_lost_is_waited_for_as_well() -> None:
    node = ScriptedNode("n1")
    updated(node)
    node.lose = {node.requests + 1}
    outcome = quickly(turn_back(lambda _: node.connect(), node.node, lambda _: None))
    assert (outcome.verdict, outcome.version) == (Verdict.UPDATED, "0.1.0-0")


def test_a_text_of_the_node_cannot_steer_the_terminal() -> None:
    broken = ScriptedNode("n1", breaks="\x1b[2Jgone" + "!" * 999)
    hurt = ScriptedNode("n2", hurts="\x1b]0;title\x07 is wrong")
    for node in (broken, hurt):
        outcome = updated(node)
        assert outcome.verdict is Verdict.ROLLED_BACK
        assert outcome.note.isprintable()
        assert len(outcome.note) <= 200
    back = ScriptedNode("n3")
    updated(back)
    taken = back.step_back
    back.step_back = lambda **_: taken() + "\x1b[2J"  # type: ignore[method-assign]
    said = quickly(turn_back(lambda _: back.connect(), back.node, lambda _: None))
    assert said.note.isprintable()

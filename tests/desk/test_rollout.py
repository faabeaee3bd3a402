"""Who is updated when: canaries, what stops it, and how a second run goes on."""

import random

import pytest

from toolkit.model.node import Node
from toolkit.model.outcome import GOOD, HARMED, Outcome, Verdict, tally
from toolkit.model.rollout import Candidate, Rollout


def fleet(*boards: str) -> list[Candidate]:
    """A node of each board, named by its place."""
    return [Candidate(Node(str(i), f"node{i}", "10.0.0.1"), it) for i, it in enumerate(boards)]


def begun(rollout: Rollout) -> list[str]:
    """Everyone who may begin now."""
    uids: list[str] = []
    while found := rollout.next():
        uids.append(found.node.uid)
    return uids


def test_the_canary_goes_alone_and_the_others_wait_for_it() -> None:
    rollout = Rollout(fleet("esp32", "esp32", "esp32"))
    assert begun(rollout) == ["0"]
    rollout.ended("0", Verdict.UPDATED)
    assert begun(rollout) == ["1", "2"]
    assert rollout.not_tried() == []


def test_each_board_has_canaries_of_its_own() -> None:
    rollout = Rollout(fleet("esp32", "esp32", "pico_w", "pico_w", "esp32"), canary=2)
    assert begun(rollout) == ["0", "1", "2", "3"]
    rollout.ended("2", Verdict.UPDATED)
    assert begun(rollout) == []
    rollout.ended("0", Verdict.UPDATED)
    rollout.ended("1", Verdict.UPDATED)
    assert begun(rollout) == ["4"]


def test_without_canaries_all_begin_at_once() -> None:
    assert begun(Rollout(fleet("esp32", "esp32"), canary=0)) == ["0", "1"]


@pytest.mark.parametrize("verdict", sorted(HARMED))
def test_a_harmed_canary_stops_it_and_the_others_are_not_tried(verdict: Verdict) -> None:
    rollout = Rollout(fleet("esp32", "esp32", "esp32"), stop_after=5)
    begun(rollout)
    rollout.ended("0", verdict)
    assert begun(rollout) == []
    assert rollout.idle
    assert "a canary" in rollout.stopped
    assert [it.node.uid for it in rollout.not_tried()] == ["1", "2"]


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.UNREACHABLE])
def test_another_takes_the_place_of_a_canary_that_showed_nothing(verdict: Verdict) -> None:
    rollout = Rollout(fleet("esp32", "esp32", "esp32"))
    assert begun(rollout) == ["0"]
    rollout.ended("0", verdict)
    assert begun(rollout) == ["1"]
    assert rollout.stopped == ""


def test_a_node_that_has_the_release_already_counts_as_canary() -> None:
    rollout = Rollout(fleet("esp32", "esp32", "esp32"))
    begun(rollout)
    rollout.ended("0", Verdict.UNCHANGED)
    assert begun(rollout) == ["1", "2"]


def test_it_stops_after_so_many_and_who_is_at_it_goes_on() -> None:
    rollout = Rollout(fleet(*["esp32"] * 6), canary=0, stop_after=2)
    first = [rollout.next() for _ in range(4)]
    assert None not in first
    rollout.ended("0", Verdict.FAILED)
    assert rollout.next() is not None
    rollout.ended("1", Verdict.ROLLED_BACK)
    assert rollout.next() is None
    rollout.ended("2", Verdict.UPDATED)
    assert not rollout.idle
    assert "a node rolled back" in rollout.stopped
    assert [it.node.uid for it in rollout.not_tried()] == ["5"]


@pytest.mark.parametrize("seed", range(20))
def test_everyone_is_begun_once_or_told_to_be_left_out(seed: int) -> None:
    chance = random.Random(seed)
    boards = [chance.choice(["esp32", "pico_w", "esp8266"]) for _ in range(40)]
    rollout = Rollout(fleet(*boards), canary=chance.randrange(4), stop_after=chance.randrange(1, 5))
    seen: list[str] = []
    running: list[str] = []
    while True:
        while len(running) < 7 and (found := rollout.next()):
            running.append(found.node.uid)
        if not running:
            break
        uid = running.pop(chance.randrange(len(running)))
        verdict = chance.choices(list(Verdict)[:7], [20, 5, 3, seed % 2, seed % 2, 3, 0])[0]
        rollout.ended(uid, verdict)
        seen.append(uid)
    left = [it.node.uid for it in rollout.not_tried()]
    assert sorted([*seen, *left], key=int) == [str(i) for i in range(40)]
    assert bool(left) <= bool(rollout.stopped)


def test_the_verdicts_are_counted_in_their_order() -> None:
    node = Node("a", "a", "10.0.0.1")
    found = [Outcome(node, it) for it in (Verdict.FAILED, Verdict.UPDATED, Verdict.UPDATED)]
    assert tally(found) == "2 updated, 1 failed"
    assert not GOOD & HARMED

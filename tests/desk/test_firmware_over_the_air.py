"""Firmware for one node over the air, whatever it answers; the image itself is not looked at."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.quick_loop import quickly
from tests.support.scripted_node import ScriptedNode
from toolkit.model.errors import HungUp, InputError, LoginError, RefusedError
from toolkit.model.outcome import Outcome, Verdict
from toolkit.operations import firmware
from toolkit.operations.firmware import Firmware, give

IMAGE = Firmware(Path("x.app-bin"), b"\xe9" + b"firmware" * 2000)


@pytest.fixture(autouse=True)
def any_image(monkeypatch: pytest.MonkeyPatch) -> None:
    def unseen(path: Path, family: str) -> None:
        pass

    monkeypatch.setattr(firmware, "check_image", unseen)


class Board(ScriptedNode):
    """A node with two partitions. `say`: what it answers to a step instead, or raises.

    `images`: the digests of what the partitions hold; the second one is staged there, then starts.
    """

    def __init__(self, **say: Any) -> None:
        super().__init__("n1")
        self.say = say
        self.partition = "ota_0"
        self.on_trial = False
        self.commits = 0
        self.lose_commits = 0
        self.images = ["old", ""]
        self.record = ""  # what is on trial, or about to be
        self.begun = 0
        self.committed = asyncio.Event()
        self.patience = 2.0  # seconds from a commit to the restart

    def step_firmware(self, do: str, **given: Any) -> Any:
        answer = self.say.get(do)
        if isinstance(answer, Exception):
            raise answer
        return getattr(self, f"do_{do}")(**given) if answer is None else answer

    def do_runs(self, digest: str, **_: Any) -> Any:
        return self.images[self.partition == "ota_1"] == digest

    def do_begin(self, digest: str, **_: Any) -> Any:
        if self.record:
            raise RefusedError("firmware is on trial: confirm it, or go back, or wait", "trial")
        self.begun += 1
        self.images[self.partition == "ota_0"] = digest
        return {"partition": "ota_1", "from": 0}

    def do_put(self, **_: Any) -> Any:
        return True

    do_verify = do_put

    def do_commit(self, **_: Any) -> Any:
        self.commits += 1
        if self.commits <= self.lose_commits:
            raise HungUp("the node ended the connection")
        self.record = "ota_1"
        self.committed.set()
        asyncio.get_running_loop().call_later(self.patience, self.switch)
        return "committed"

    def switch(self) -> None:
        self.partition, self.on_trial = "ota_1", True
        self.restart()

    def do_status(self, **_: Any) -> Any:
        return {"partition": self.partition, "trial": {"left": 9} if self.on_trial else None}

    def do_confirm(self, **_: Any) -> Any:
        self.on_trial, self.record = False, ""


def given(node: Board) -> Outcome:
    async def work() -> Outcome:
        async with asyncio.timeout(2000):
            return await give(lambda _: node.connect(), node.node, IMAGE, lambda _: None)

    return quickly(work())


def test_it_is_sent_started_and_confirmed() -> None:
    outcome = given(Board())
    assert (outcome.verdict, outcome.note) == (Verdict.UPDATED, "firmware in ota_1")


@pytest.mark.parametrize("refusal", [RefusedError("no"), LoginError("no"), InputError("no")])
def test_a_refusal_after_the_commit_is_no_refusal(refusal: Exception) -> None:
    outcome = given(Board(status=refusal))
    unknown = isinstance(refusal, InputError)
    assert outcome.verdict is (Verdict.UNKNOWN if unknown else Verdict.FAILED)


def interrupted(node: Board, seconds: float) -> tuple[Outcome, int]:
    """What a second run comes to, begun so long after the first one died behind its commit.

    And the bytes that were sent by then.
    """

    async def work() -> tuple[Outcome, int]:
        def run() -> asyncio.Task[Outcome]:
            work = give(lambda _: node.connect(), node.node, IMAGE, lambda _: None)
            return asyncio.create_task(work)

        async with asyncio.timeout(3000):
            first = run()
            await node.committed.wait()
            first.cancel()
            sent = node.payload
            await asyncio.sleep(seconds)
            outcome = await run()
        assert first.cancelled()
        return outcome, node.payload - sent

    return quickly(work())


@pytest.mark.parametrize("seconds", [0.0, 1.9, 2.1, 60.0])
def test_a_trial_that_was_left_is_picked_up_and_confirmed(seconds: float) -> None:
    node = Board()
    outcome, more = interrupted(node, seconds)
    assert (outcome.verdict, outcome.note) == (Verdict.UPDATED, "firmware in ota_1")
    assert (node.commits, node.begun, node.on_trial) == (1, 1, False)
    assert (outcome.sent, more) == (0, 0)


def test_a_trial_that_was_left_and_fails_has_its_verdict() -> None:
    node = Board()
    told = {"partition": "ota_0", "trial": None, "reason": "it did not start"}

    def confirm(**_: Any) -> Any:
        node.say["status"] = told
        raise RefusedError("it is to be well", "early", 30)

    node.do_confirm = confirm  # type: ignore[method-assign]
    outcome, _ = interrupted(node, 30.0)
    assert (outcome.verdict, outcome.note) == (Verdict.ROLLED_BACK, "it did not start")
    assert node.begun == 1


def test_what_runs_already_is_not_sent_again() -> None:
    node = Board()
    node.images[0] = IMAGE.digest
    outcome = given(node)
    assert (outcome.verdict, outcome.note) == (Verdict.UNCHANGED, "firmware in ota_0")
    assert (node.payload, node.commits) == (0, 0)


def test_other_firmware_on_trial_is_neither_touched_nor_confirmed() -> None:
    node = Board()
    node.partition, node.record, node.on_trial = "ota_1", "ota_1", True
    outcome = given(node)
    assert outcome.verdict is Verdict.REFUSED
    assert "firmware is on trial" in outcome.note
    assert (node.on_trial, node.commits) == (True, 0)


def test_a_node_that_does_not_tell_what_runs_is_given_it_all_the_same() -> None:
    outcome = given(Board(runs=RefusedError("expected to do begin, commit, got 'runs'")))
    assert outcome.verdict is Verdict.UPDATED


def test_a_refusal_before_the_commit_is_one() -> None:
    assert given(Board(begin=RefusedError("no"))).verdict is Verdict.REFUSED


@pytest.mark.parametrize("status", [7, [], "text", {}, {"partition": 7}, {"partition": ["ota_1"]}])
def test_an_odd_status_is_a_sentence(status: object) -> None:
    outcome = given(Board(status=status))
    assert outcome.verdict is Verdict.UNKNOWN
    assert "expected its answer to update firmware status as" in outcome.note


def test_a_commit_that_was_lost_is_said_again() -> None:
    node = Board()
    node.lose_commits = 1
    assert (given(node).verdict, node.commits) == (Verdict.UPDATED, 2)


def test_a_trial_without_an_end_is_left_and_never_asked_without_a_pause() -> None:
    node = Board(confirm=True)
    outcome = given(node)
    assert outcome.verdict is Verdict.UNKNOWN
    assert "no end in time" in outcome.note
    assert node.requests < 4000


def test_what_it_says_cannot_steer_the_terminal() -> None:
    told = {"partition": "ota_0", "trial": None, "reason": "\x1b[2Jcrash" + "!" * 999}
    outcome = given(Board(status=told))
    assert outcome.verdict is Verdict.ROLLED_BACK
    assert outcome.note.isprintable()
    assert len(outcome.note) <= 200

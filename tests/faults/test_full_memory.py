"""Hardly any memory is left: every word is answered or refused in a sentence, nobody is thrown out.

On an ESP8266, two sessions and a module leave less than that by themselves.
"""

from collections.abc import Iterator

import pytest
from benchmarks.memory import CALL, CONFIG_WORDS, TASK, WORDS
from benchmarks.nodes import Node, Workshop
from tests.faults.peers import Peer, place
from tests.support.boards import eventually

INTERPRETERS = ("cpython",)

LEFT = 8 * 1024  # bytes that are free once it serves
LITTLE = (6000, 3000, 1500, 600, 232, 64, 0)  # bytes that are free when it is to restart
ROUNDS = {"esp32": 3, "esp8266": 1}
_MORE = (
    CALL,
    TASK,
    "task list >json",
    "status >json",
    "light rgb r=1 g=2 b=3 >json",
    'light rgb "1"',
    "light rgb 1 2 3 4 5 6 7 8",
    "nosuch module",
    "light nosuch",
    "trial big 300",
    "trial big 3000",
    "trial big 30000",
    "x" * 1000,
    "[" * 500,
)


@pytest.fixture(params=["esp32", "esp8266"])
def node(request: pytest.FixtureRequest, workshop: Workshop) -> Iterator[Node]:
    """A board whose memory a load module holds."""
    found = workshop.node(request.param)
    with place(found.address) as peer:
        print(f"{request.param}: free once filled: {peer.say(f'trial fill {LEFT}')}")
    yield found
    workshop.stop(found)


def words(peer: Peer) -> Iterator[tuple[str, str]]:
    """Each word of the shell and its answer."""
    for line in (*WORDS, *_MORE):
        yield line, peer.say(line)
    for line in ("conf", *CONFIG_WORDS):
        yield line, peer.say(line)
    yield "noconf", peer.say("noconf")


def test_every_word_is_answered_or_refused_and_the_sessions_live(node: Node) -> None:
    answered = refused = bad = 0
    with place(node.address) as one, place(node.address) as other:
        for _ in range(ROUNDS[node.board.chip]):
            for line, answer in words(one):
                lacking = [it for it in answer.splitlines() if "not enough memory" in it]
                refused += bool(lacking)
                answered += not lacking
                if answer.startswith("fault") or len(lacking) > 1:
                    bad += 1
                    print(line, "->", answer)
                assert other.say("hello").startswith("hello:node01:"), line
    with place(node.address) as later:
        assert later.say("hello").startswith("hello:node01:")
    print(f"answered: {answered}, refused for lack of memory: {refused}, neither: {bad}")
    assert (bad, node.starts) == (0, 1)


def test_once_there_is_memory_again_everything_is_answered(workshop: Workshop) -> None:
    node = workshop.node()
    with place(node.address) as peer, place(node.address) as other:
        for line in ("trial let_go", f"trial fill {LEFT // 2}"):  # called once, they are ready
            other.say(line)
        refused = sum("not enough memory" in answer for _, answer in words(peer))
        assert other.say("trial let_go") == "None"
        peer.say("noconf")  # which may have been refused
        lacking = [line for line in (*WORDS, CALL, TASK) if "not enough" in peer.say(line)]
    starts = node.starts
    workshop.stop(node)
    print(f"refused for lack of memory: {refused}, afterwards: {len(lacking)}")
    assert refused > 0
    assert (lacking, starts) == ([], 1)


@pytest.mark.parametrize("chip", ["esp32", "esp8266"])
def test_reboot_restarts_the_board_whatever_is_left(workshop: Workshop, chip: str) -> None:
    """A person's last means; it counts as no failed start, and may end in safe mode."""
    node = workshop.node(chip)
    free: list[str] = []
    safe = 0
    for left in LITTLE:
        with place(node.address) as peer:
            peer.send(b"trial fill %d\n" % left)
            free.append(peer.answer())
            _reboot(node, peer)
        with place(node.address) as peer:
            if "safe mode after 'reboot safe' or for want of memory" in peer.say("status"):
                safe += 1
                _reboot(node, peer)
    with place(node.address) as peer:
        told, status = peer.say("log crash"), peer.say("status")
        peer.send(b"reboot safe\n")
        eventually(lambda: node.starts > len(LITTLE) + safe + 1, "the restart")
    with place(node.address) as peer:
        careful, refusal = peer.say("status"), peer.say("light toggle")
    workshop.stop(node)
    print(f"{chip}: restarts by reboot: {len(free)}, in safe mode {safe}, with free {free}")
    assert told == "no start has failed"
    assert "safe mode" not in status
    assert "safe mode" in careful
    assert "safe mode leaves them out" in refusal
    assert safe > 0


def _reboot(node: Node, peer: Peer) -> None:
    starts = node.starts
    peer.send(b"reboot\n")
    eventually(lambda: node.starts == starts + 1, "the restart")

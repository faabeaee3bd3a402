"""What the menu shows is looked at behind it: nothing there is waited for."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest

from tests.network.peers import Peer, Wire, node
from tests.support.boards import eventually
from toolkit.model.cache import Cache
from toolkit.model.errors import NodeError
from toolkit.model.node import Node
from toolkit.model.surroundings import Board, Surroundings
from toolkit.model.vault import Vault
from toolkit.operations.looking import Looking

FACTS = '{"version": "0.1.0-0", "mem_free": 81234, "problems": ["no clock"]}\n'
CABLE = Board("/dev/ttyUSB0", "a board")


class Desk:
    """Something that looks, its boards and how often it was told of a change."""

    def __init__(self, cache: Cache, vault: Vault) -> None:
        self.boards: list[Board] = []
        self.broken: Exception | None = None
        self.changes = 0
        self.looking = Looking(Surroundings(), (cache, vault, self._boards), self._changed)

    def _boards(self) -> list[Board]:
        if self.broken:
            raise self.broken
        return list(self.boards)

    def _changed(self) -> None:
        self.changes += 1

    @property
    def now(self) -> Surroundings:
        return self.looking.now


@pytest.fixture
def desk(cache: Cache, vault: Vault) -> Iterator[Desk]:
    desk = Desk(cache, vault)
    yield desk
    desk.looking.stop()


def test_nodes_tell_how_they_are_and_whoever_goes_is_seen(cache: Cache, desk: Desk) -> None:
    def mute(wire: Wire) -> None:
        wire.wait_for_end()

    with Peer(node(answers={"status >json": FACTS})) as peer, Peer(mute) as silent:
        known = Node("240ac4000001", "hall", peer.address, peer.port)
        cache.remember(known, Node("240ac4000002", "mute", silent.address, silent.port))
        desk.looking.start()
        seen = eventually(
            lambda: next((it for it in desk.now.nodes if it.online), None), "the node's answer"
        )
        assert (seen.node, seen.version, seen.note) == (known, "0.1.0-0", "no clock")
        eventually(lambda: not desk.now.looking, "the end of the search")
        peer.stop()
        silent.stop()
        desk.looking.again()
        eventually(lambda: {it.online for it in desk.now.nodes} == {False}, "nobody there")
        assert desk.changes > 2


def test_a_node_that_another_toolkit_has_found_appears(cache: Cache, desk: Desk) -> None:
    desk.looking.start()
    eventually(lambda: desk.now.boards is not None, "a look at the boards")
    with Peer(node(answers={"status >json": FACTS})) as peer:
        cache.remember(Node("240ac4000001", "hall", peer.address, peer.port))
        desk.boards.append(CABLE)  # a reason to ask anew
        eventually(lambda: [it.name for it in desk.now.at_hand] == [CABLE.name], "the board")
        eventually(lambda: [it.online for it in desk.now.nodes] == [True], "the node")
    assert desk.now.at_hand[0].fresh
    desk.boards.clear()
    eventually(lambda: not desk.now.at_hand, "the board to be gone")


def test_what_goes_wrong_is_a_sentence_and_the_rest_is_looked_at(cache: Cache, desk: Desk) -> None:
    desk.broken = NodeError("nobody can look")
    with Peer(node(answers={"status >json": FACTS})) as peer:
        cache.remember(Node("240ac4000001", "hall", peer.address, peer.port))
        desk.looking.start()
        eventually(lambda: desk.now.problem == "nobody can look", "the sentence")
        eventually(lambda: [it.online for it in desk.now.nodes] == [True], "the node")


def test_who_stops_waits_for_what_is_being_told(cache: Cache, vault: Vault) -> None:
    told, go_on = Event(), Event()

    def changed() -> None:
        told.set()
        go_on.wait(60)

    looking = Looking(Surroundings(), (cache, vault, lambda: [CABLE]), changed)
    looking.start()
    assert told.wait(60)
    stopping = Thread(target=looking.stop)
    stopping.start()
    stopping.join(0.2)
    assert stopping.is_alive()
    go_on.set()
    stopping.join(60)
    assert not stopping.is_alive()
    eventually(lambda: not looking.alive, "its threads to end")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_one_look_is_a_sentence_and_the_rest_is_looked_at(
    cache: Cache, desk: Desk
) -> None:
    desk.broken = KeyError("what nobody expected")
    with Peer(node(answers={"status >json": FACTS})) as peer:
        cache.remember(Node("240ac4000001", "hall", peer.address, peer.port))
        desk.looking.start()
        eventually(lambda: "by a bug of the toolkit" in desk.now.problem, "the sentence")
        eventually(lambda: [it.online for it in desk.now.nodes] == [True], "the node")


def test_whoever_leaves_hears_nothing_any_more(cache: Cache, desk: Desk) -> None:
    desk.looking.start()
    desk.looking.wait(30)
    desk.looking.stop()
    told = desk.changes
    desk.boards.append(CABLE)
    eventually(lambda: not desk.looking.alive, "its threads to end")
    assert desk.changes == told

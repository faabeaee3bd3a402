"""Peers that are not polite: whatever they do, another client is served and nothing is lost."""

import socket
import time
from collections.abc import Iterator

import pytest
from benchmarks.nodes import Node, Workshop
from tests.faults.peers import Peer, alone, at_rest, place, same, served
from tests.support.boards import eventually

INTERPRETERS = ("cpython",)

CROWD, STORM = 200, 50
# Answers that are never read: as long as the chip's memory allows, and so many that they do not
# fit between node and client; this computer takes 2.3 MB before the node finds that nobody reads
UNREAD = {"esp32": (1000, b"trial big 8000\n"), "esp8266": (120_000, b"hello\n")}
CHIPS = ["esp32", "esp8266"]
_ELSEWHERE = "127.66.0.1"  # another computer's address


@pytest.fixture
def node(request: pytest.FixtureRequest, workshop: Workshop) -> Iterator[Node]:
    """A node that has loaded what it will use; in the end it has started only once."""
    chip = request.param
    found = workshop.node(chip, mean=chip == "esp32")
    with place(found.address) as peer:
        for line in ("light toggle", "trial talk 60", "help", "status", "log"):
            peer.say(line)
    yield found
    starts = found.starts
    workshop.stop(found)
    assert starts == 1


def addresses(count: int) -> list[str]:
    """So many computers."""
    return [f"127.66.{1 + number // 250}.{1 + number % 250}" for number in range(count)]


@pytest.mark.parametrize("node", CHIPS, indirect=True)
def test_a_new_client_is_served_among_strangers_of_as_many_addresses(node: Node) -> None:
    before = at_rest(node)
    crowd = [Peer(node.address, source) for source in addresses(CROWD)]
    with place(node.address) as client:
        assert served(client)
        # Strangers that go on coming take each other's places, never that of one logged in.
        crowd += [Peer(node.address, source) for source in addresses(STORM)]
        assert served(client)
    for one in crowd:
        one.socket.close()
    print(f"idle connections: {len(crowd)}, clients not served: 0")
    assert same(before, at_rest(node))


@pytest.mark.parametrize("node", CHIPS, indirect=True)
def test_strangers_of_one_address_hold_two_places_until_they_must_have_logged_in(
    node: Node,
) -> None:
    crowd = [Peer(node.address) for _ in range(CROWD)]
    told = [one.socket.recv(100) for one in crowd[-20:]]
    assert set(told) <= {b"Connection is busy. Bye!\n", b"[password] node01 $ "}
    assert told.count(b"[password] node01 $ ") <= 4  # on a slow computer some time was up meanwhile
    with place(node.address, _ELSEWHERE) as other:
        assert served(other)
    with place(node.address) as client:  # from the crowd's own address: when their time is up
        assert served(client)
    for one in crowd:
        one.socket.close()
    print(f"idle connections of one address: {CROWD}, clients not served: 0")


def test_sessions_that_say_nothing_give_way_when_their_time_is_up(workshop: Workshop) -> None:
    node = workshop.node(mean=True)
    with place(node.address) as client:
        for line in ("conf", "soctout 6", "noconf"):
            client.say(line)
    crowd = [place(node.address, source) for source in addresses(12)]
    with Peer(node.address, _ELSEWHERE) as refused:
        assert refused.socket.recv(100) == b"Connection is busy. Bye!\n"
    with place(node.address, _ELSEWHERE) as client:
        assert served(client)
    for one in crowd:
        one.socket.close()
    workshop.stop(node)
    print(f"idle sessions: {len(crowd)}, clients not served: 0")


@pytest.mark.parametrize("node", CHIPS, indirect=True)
def test_resets_and_connections_closed_at_once_leave_the_node_as_it_was(node: Node) -> None:
    before = at_rest(node)
    client = place(node.address, _ELSEWHERE)
    for number in range(STORM):
        Peer(node.address).reset()
        Peer(node.address).socket.close()
        if number % 10 == 0:  # in the middle of its answers
            other = place(node.address)
            other.send(b"help\n" * 5)
            other.reset()
        assert served(client)
    client.socket.close()
    print(f"resets: {STORM} and {STORM // 10} with answers under way, closed at once: {STORM}")
    assert same(before, at_rest(node))


@pytest.mark.parametrize("node", CHIPS, indirect=True)
def test_a_storm_of_connections_at_the_same_moment_is_survived(node: Node) -> None:
    before = at_rest(node)
    for leave in (Peer.reset, lambda peer: peer.socket.close()):
        crowd = [Peer(node.address) for _ in range(STORM)]
        for one in crowd:
            leave(one)
        with place(node.address) as client:
            assert served(client)
    print(f"resets at once: {STORM}, closed at once: {STORM}, clients not served: 0")
    assert same(before, at_rest(node))


@pytest.mark.parametrize("node", CHIPS, indirect=True)
def test_a_client_that_never_reads_is_ended_and_delays_nobody(node: Node) -> None:
    before = at_rest(node)
    count, line = UNREAD[node.board.chip]
    deaf = Peer(node.address, _ELSEWHERE, small=True).logged_in()
    with place(node.address) as client:
        deaf.socket.setblocking(False)
        sent = deaf.socket.send(line * count)  # the node reads on when it has answered
        answers = 0
        while not alone(node, client):
            assert served(client)
            answers += 1
            time.sleep(0.05)
        told = client.say("log info")
    deaf.socket.close()
    print(f"answers never read: {sent // len(line)}; another client was answered {answers} times")
    # All the long answers were asked for, and what ended the client is that it did not read: not
    # its silence, as where everything fits into the buffers between them.
    assert sent // len(line) >= 400
    assert f"session of {_ELSEWHERE} takes nothing" in told
    assert answers > 10
    assert same(before, at_rest(node))


@pytest.mark.parametrize("node", CHIPS, indirect=True)
def test_half_open_peers_lose_their_places(node: Node) -> None:
    before = at_rest(node)
    begun = (b"", b"{", b'{"id":0,"op":"login","v":1', b"half a passw", b"\n", b"\xff\xfa", b"\r")
    peers = []
    for number, data in enumerate(begun):
        peers.append(Peer(node.address, f"127.66.9.{number + 1}"))
        peers[-1].send(data)
    in_a_line = place(node.address, "127.66.9.100")
    in_a_line.send(b"light rgb 1 2")
    with place(node.address) as client:
        assert served(client)
        in_a_line.send(b" 3\n")
        assert in_a_line.answer()
        in_a_line.socket.shutdown(socket.SHUT_WR)  # still listens, says no more
        assert in_a_line.socket.recv(100) == b""
        eventually(lambda: alone(node, client), "the end of all of them")
    for one in peers:
        one.socket.close()
    print(f"half-open peers: {len(peers) + 1}, places lost: 0")
    assert same(before, at_rest(node))


@pytest.mark.parametrize("node", CHIPS, indirect=True)
def test_who_has_said_all_gets_every_answer_before_the_end(node: Node) -> None:
    with place(node.address) as client:
        client.send(b"hello\n" * 20)
        client.socket.shutdown(socket.SHUT_WR)
        said = b""
        while piece := client.socket.recv(65536):
            said += piece
    assert said.count(b"hello:node01:") == 20

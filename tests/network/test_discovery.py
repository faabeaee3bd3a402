"""What beacons say is listed and asked about, and never believed."""

import asyncio
import json
import os
import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import IPv4Interface, IPv4Network
from pathlib import Path

import pytest

from tests.network.peers import Peer, Wire, finish, node
from toolkit.model.beacon import GROUP, LONGEST, PROBE, Beacon, parse
from toolkit.model.cache import Cache
from toolkit.model.found import Findings, Found
from toolkit.model.node import PORT, Node
from toolkit.operations import hints as hints_file
from toolkit.operations import scan
from toolkit.operations.around import Around
from toolkit.operations.hints import Hints
from toolkit.transport import beacons
from toolkit.transport.beacons import Question

UID, OTHER = "240ac4000001", "240ac4000002"
HERE = Around((IPv4Network("127.79.0.0/16"),))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers here answers at once."""
    monkeypatch.setattr(beacons, "SECONDS", 0.7)


def said(uid: str = UID, port: int = PORT, **more: object) -> bytes:
    """A beacon as a node says it."""
    facts = {"micros": 1, "uid": uid, "name": "hall", "port": port}
    facts |= {"address": "10.0.0.7", "version": "0.2.0-0", "board": "esp32"}
    return json.dumps({**facts, **more}).encode()


@contextmanager
def speaker(address: str, answers: Sequence[bytes]) -> Generator[list[bytes]]:
    """Somebody who answers every datagram with these; what he has heard."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, PORT))

        def serve() -> None:
            with suppress(OSError):
                while True:
                    data, source = sock.recvfrom(4096)
                    if not data:
                        return
                    heard.append(data)
                    for answer in answers:
                        sock.sendto(answer, source)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            sock.sendto(b"", (address, PORT))
            thread.join(10)


def search(cache: Cache, *places: tuple[str, int], **options: object) -> Findings:
    networks = options.pop("networks", [])
    return finish(scan.search(cache, networks, places, **options))[1]  # type: ignore[arg-type]


def place(peer: Peer) -> tuple[str, int]:
    return peer.address, peer.port


def test_a_beacon_tells_what_a_locked_node_does_not(cache: Cache) -> None:
    with Peer(node("hall", UID, password="a secret of this")) as hall:
        word = said(port=hall.port, app="lamp", unclaimed=True)
        with speaker(hall.address, [word]) as heard:
            (found,) = search(cache, place(hall)).found
    assert found == Found(
        UID, "hall", *place(hall), "dev", "0.2.0-0", "esp32", "lamp", unclaimed=True
    )
    assert found.note == "unclaimed"
    assert set(heard) == {PROBE}


def test_what_nobody_confirms_is_marked_and_not_remembered(cache: Cache) -> None:
    with speaker("127.79.1.1", [said(port=9100)]):
        (found,) = search(cache, ("127.79.1.1", 9100)).found
    assert (found.uid, found.proved, found.note) == (UID, False, "unproved")
    assert cache.nodes() == []


def test_the_node_itself_gives_a_beacon_the_lie(cache: Cache) -> None:
    with ExitStack() as stack:
        hall = stack.enter_context(Peer(node("hall", UID)))
        stack.enter_context(speaker(hall.address, [said(OTHER, hall.port, board="esp8266")]))
        findings = search(cache, place(hall))
    assert [(one.uid, one.board) for one in findings.found] == [(UID, None)]
    assert [one.uid for one in cache.nodes()] == [UID]
    where = f"{hall.address}:{hall.port}"
    expected = f"beacons from {where} name {OTHER}, but {UID} answers there"
    assert findings.notices == (expected,)


def test_a_beacon_does_not_move_a_node(cache: Cache) -> None:
    with Peer(node("hall", UID)) as hall, speaker("127.79.1.2", [said(port=9100)]):
        cache.remember(Node(UID, "hall", *place(hall)))
        findings = search(cache, ("127.79.1.2", 9100))
    assert [one.address for one in findings.found] == [hall.address]
    assert cache.nodes() == [Node(UID, "hall", *place(hall))]
    (notice,) = findings.notices
    assert "answers at several addresses" in notice
    assert "127.79.1.2:9100 (unproved)" in notice


def test_a_beacon_does_not_keep_a_node_where_it_was(cache: Cache) -> None:
    """The node has another address now, and somebody speaks for it at the old one."""
    with Peer(node("hall", UID)) as hall, speaker("127.79.1.6", [said(port=9100)]):
        cache.remember(Node(UID, "hall", "127.79.1.6", 9100))
        findings = search(cache, place(hall))
    assert [(one.address, one.proved) for one in findings.found] == [(hall.address, True)]
    assert cache.nodes() == [Node(UID, "hall", *place(hall))]


def test_a_beacon_does_not_move_a_node_that_is_away(cache: Cache) -> None:
    away = Node(UID, "hall", "127.79.2.2", 1)
    cache.remember(away)
    with speaker("127.79.1.3", [said(port=9100)]):
        (found,) = search(cache, ("127.79.1.3", 9100)).found
    assert found.note == "unproved"
    assert cache.nodes() == [away]


def test_who_announces_itself_meanwhile_is_asked_and_found(cache: Cache, tmp_path: Path) -> None:
    ear, stop = ("127.79.3.1", 9109), threading.Event()
    with Peer(node("new", UID), address="127.79.3.2") as new, ExitStack() as stack:
        sock = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        sock.bind((new.address, PORT))

        def announce() -> None:
            while not stop.wait(0.05):
                sock.sendto(said(port=new.port), ear)

        thread = threading.Thread(target=announce, daemon=True)
        thread.start()
        stack.callback(thread.join, 10)
        stack.callback(stop.set)
        near = search(cache, networks=[IPv4Network("127.79.3.0/30")], ears=[ear])
        other = Cache(tmp_path / "other.json")
        far = search(other, networks=[IPv4Network("127.79.4.0/30")], ears=[ear])
    assert [(one.uid, one.port, one.board) for one in near.found] == [(UID, new.port, "esp32")]
    assert far.found == ()  # it is no neighbour


def test_who_answers_by_beacon_alone_is_asked_once_more(cache: Cache) -> None:
    turns: list[int] = []

    def sleepy(wire: Wire) -> None:
        turns.append(1)
        if len(turns) > 1:
            node("hall", UID)(wire)

    with Peer(sleepy) as hall, speaker(hall.address, [said(port=hall.port)]):
        (found,) = search(cache, place(hall)).found
    assert (found.proved, len(turns)) == (True, 2)


def test_a_beacon_leads_nobody_to_another_place(cache: Cache) -> None:
    with Peer(node()) as victim:
        word = said(port=victim.port, address=victim.address)
        with speaker("127.79.1.4", [word]):
            findings = search(cache, ("127.79.1.4", 9100))
        # what it says is taken for a node at its own address, if anywhere
        assert [(one.address, one.proved) for one in findings.found] == [("127.79.1.4", False)]
        assert victim.connections == 0


FACTS = json.loads(said())
WRONG: list[dict[str, object]] = [
    {"micros": 2},
    {"uid": "../../etc/passwd"},
    {"uid": UID.upper()},
    {"uid": 7},
    {"name": "a b"},
    {"name": "x" * 25},
    {"name": "\x1b[2J"},
    {"name": None},
    {"port": 0},
    {"port": 65536},
    {"port": True},
    {"port": 9008.0},
    {"version": "1"},
    {"version": "x" * 200},
    {"board": "<b>"},
    {"board": {}},
]
GARBAGE = [
    b"",
    b"\x00" * 100,
    b"{",
    b"[]",
    b"null",
    b"1" * 500,
    b"[" * 500,
    b'{"micros": 1}',
    said() + b" " * LONGEST,
    *(json.dumps({**FACTS, **wrong}).encode() for wrong in WRONG),
]


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_no_beacon(data: bytes) -> None:
    assert parse(said()) == Beacon(UID, "hall", "0.2.0-0", "esp32")
    assert parse(data) is None


@pytest.mark.parametrize("app", ["\x1b[2J", "a\nb", "x" * 25, 7, None, ["a"], "\u202e"])
def test_what_cannot_be_shown_of_an_application_is_left_out(app: object) -> None:
    found = parse(said(app=app))
    assert found is not None
    assert found.app is None


def test_random_bytes_are_never_a_beacon_nor_an_error() -> None:
    true = said()
    for number in range(2000):
        noise = bytearray(os.urandom(number % 300))
        assert parse(bytes(noise)) is None
        torn = true[: number % len(true)]
        assert parse(torn) is None


def test_a_flood_hides_no_node_and_is_bounded(cache: Cache) -> None:
    flood = [said(f"{number:012x}", 9100) for number in range(2000)]
    with (
        Peer(node("hall", UID)) as hall,
        speaker(hall.address, [b"x" * 9000, said(port=hall.port)]),
        speaker("127.79.1.5", flood),
    ):
        findings = search(cache, place(hall), ("127.79.1.5", 9100))
    proved = [one for one in findings.found if one.proved]
    assert [(one.uid, one.address) for one in proved] == [(UID, hall.address)]
    assert len(findings.found) <= 5
    assert [one.uid for one in cache.nodes()] == [UID]


def test_thousands_of_places_are_bounded() -> None:
    kept = Hints(HERE)
    asked = [
        kept.take(
            said(f"{number:012x}", name=f"n{number}"),
            (f"127.79.{number >> 8}.{number & 255}", PORT),
        )
        for number in range(1, 5000)
    ]
    assert sum(1 for one in asked if one) == hints_file.MOST_PLACES
    listed = kept.judged([])
    assert (len(listed), {one.proved for one in listed}) == (64, {False})
    assert list(kept.notices([])) == ["448 more beacons that nobody confirmed are not listed"]
    findings = scan.sift([*listed, *listed], [])
    assert len(findings.found) == 64
    assert len(findings.notices) == scan.MOST_NOTICES + 1


def test_only_the_neighbourhood_and_known_places_are_listened_to() -> None:
    kept = Hints(HERE, [("127.80.0.9", 9100)])
    assert kept.take(said(), ("127.80.0.8", PORT)) is None
    assert kept.take(said(port=9100), ("127.80.0.9", PORT)) == ("127.80.0.9", 9100)
    assert kept.take(said(), ("127.79.0.9", PORT)) == ("127.79.0.9", PORT)
    assert kept.take(said(), ("127.79.0.9", PORT)) is None  # it is being asked
    assert kept.take(said(port=9100), ("127.79.0.9", 9100)) is None  # no node speaks from there


def test_two_nodes_of_one_name_are_reported_though_one_is_not_proved() -> None:
    kept = Hints(HERE)
    kept.take(said(OTHER), ("127.79.0.2", PORT))
    true = Found(UID, "hall", "127.79.0.1", PORT, "dev", "0.2.0-0")
    findings = scan.sift(kept.judged([true]), [])
    (notice,) = findings.notices
    assert "several nodes are called hall" in notice
    assert f"{OTHER} at 127.79.0.2 (unproved)" in notice


def test_nodes_of_micros_are_marked() -> None:
    def note(uid: str) -> str:
        return Found(uid, "old", "10.0.0.9", PORT, "dev", "2.9.8-0").note

    assert [note(it) for it in ("0x50x2", "micr500291b428d8OS", UID)] == ["micrOS", "micrOS", ""]


def test_broadcast_and_multicast_are_sent_from_our_own_address(
    gather: Callable[[Question], list[tuple[bytes, tuple[str, int]]]],
) -> None:
    own = IPv4Interface("127.79.30.1/29")
    with ExitStack() as stack:
        heard = stack.enter_context(speaker("127.79.30.7", [b"from the broadcast"]))
        group = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        group.bind((GROUP, PORT))
        member = socket.inet_aton(GROUP) + socket.inet_aton("127.0.0.1")
        group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        group.settimeout(10)
        back = gather(Question([own]))
        asked, source = group.recvfrom(4096)
    assert (set(heard), asked, source[0]) == ({PROBE}, PROBE, "127.79.30.1")
    assert {data for data, _ in back} == {b"from the broadcast"}


def test_a_place_without_number_is_not_looked_up(
    gather: Callable[[Question], list[tuple[bytes, tuple[str, int]]]],
) -> None:
    with speaker("127.79.30.9", [b"here"]):
        back = gather(Question((), [("no..name", PORT), ("127.79.30.9", PORT)]))
    assert {data for data, _ in back} == {b"here"}


def test_an_ear_that_somebody_else_has_is_done_without(
    gather: Callable[[Question], list[tuple[bytes, tuple[str, int]]]],
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.79.30.10", 9109))
        with speaker("127.79.30.9", [b"here"]):
            question = Question((), [("127.79.30.9", PORT)], [("127.79.30.10", 9109)])
            assert {data for data, _ in gather(question)} == {b"here"}


@pytest.fixture
def gather() -> Callable[[Question], list[tuple[bytes, tuple[str, int]]]]:
    """Ask a question; all that came back."""

    def work(question: Question) -> list[tuple[bytes, tuple[str, int]]]:
        back: list[tuple[bytes, tuple[str, int]]] = []
        asyncio.run(beacons.ask(question, lambda data, source: back.append((data, source))))
        return back

    return work


def test_the_longest_answer_is_no_more_than_twice_the_question() -> None:
    longest: dict[str, object] = {"address": "255.255.255.255", "app": "x" * 24, "unclaimed": True}
    longest |= {"name": "n" * 24, "version": "999.999.999-99", "board": "esp32c3"}
    assert len(json.dumps({**FACTS, **longest, "port": 65535})) <= 2 * len(PROBE)

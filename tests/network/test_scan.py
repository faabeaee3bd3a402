"""The search finds nodes, and nothing that listens there can hold it up."""

import json
from ipaddress import IPv4Interface, IPv4Network
from pathlib import Path

import pytest

from tests.network.peers import Peer, Wire, finish, node
from toolkit.model.cache import Cache
from toolkit.model.errors import InputError
from toolkit.model.found import Findings, Found
from toolkit.model.node import PORT, Node
from toolkit.operations import around, scan
from toolkit.operations.around import Around


def look(*peers: Peer, network: str = "127.79.0.0/32") -> list[Found]:
    known = [(peer.address, peer.port) for peer in peers]
    return finish(scan.scan([IPv4Network(network)], known))[1]


def found(uid: str, name: str, address: str) -> Found:
    return Found(uid, name, address, PORT, "dev", "0.1.0-0")


def test_nodes_are_found_among_strangers_and_silence() -> None:
    def flood(wire: Wire) -> None:
        while True:
            wire.send(b"x" * 65536)

    with (
        Peer(node("hall", "240ac4000001")) as hall,
        Peer(node("old", "0x500x20", {"version": "0.4.0-1\n"}, prompt="{prefix}{name} $  ")) as old,
        Peer(node("shut", "240ac4000003", password="a secret of this")) as shut,
        Peer(flood) as hose,
        Peer(lambda wire: wire.send("SSH-2.0-OpenSSH\r\n")) as ssh,
        Peer(lambda wire: wire.send("Connection is busy. Bye!\n")) as busy,
        Peer(node("bad uid", "../etc")) as bad,
    ):
        result = look(hall, old, shut, hose, ssh, busy, bad)
        assert result == [
            Found("240ac4000001", "hall", hall.address, hall.port, "dev", "0.1.0-0"),
            Found("0x500x20", "old", old.address, old.port, "dev", "0.4.0-1"),
            Found("240ac4000003", "shut", shut.address, shut.port, "dev", None),
        ]


def test_a_peer_that_never_answers_is_left_and_the_others_are_found() -> None:
    with Peer(lambda wire: wire.wait_for_end()) as mute, Peer(node()) as good:
        assert [one.address for one in look(mute, good)] == [good.address]


def test_a_known_place_that_is_no_name_does_not_end_the_search() -> None:
    with Peer(node()) as good:
        known = [("no..name", PORT), (good.address, good.port)]
        assert [one.address for one in finish(scan.scan([], known))[1]] == [good.address]


def test_a_network_is_searched_on_the_usual_port() -> None:
    with Peer(node("far", "240ac4000009"), address="127.79.1.5", port=PORT):
        progress, result = finish(scan.scan([IPv4Network("127.79.1.0/29")]))
    assert [one.address for one in result] == ["127.79.1.5"]
    assert [one.done for one in progress] == [1, 2, 3, 4, 5, 6]
    assert {one.total for one in progress} == {6}
    assert progress[-1].finished
    assert progress[-1].note == "1 node found"


def test_what_is_found_is_remembered_and_what_is_not_found_stays(
    cache: Cache, tmp_path: Path
) -> None:
    away = Node("240ac4000077", "away", "127.79.2.1", 1)
    cache.remember(away)
    with Peer(node("hall", "240ac4000001")) as hall:
        _, findings = finish(scan.search(cache, [], [(hall.address, hall.port)]))
        assert [one.name for one in findings.found] == ["hall"]
        kept = json.loads((tmp_path / "user_data" / "device_conn_cache.json").read_text())
        assert kept == {
            "240ac4000077": ["127.79.2.1", 1, "away"],
            "240ac4000001": [hall.address, hall.port, "hall"],
        }
        _, again = finish(scan.search(cache, []))  # now from the cache alone
        assert again.found == findings.found


def test_two_nodes_of_one_name_are_reported() -> None:
    kept, notices = _sifted(found("a1", "lamp", "10.0.0.1"), found("b2", "lamp", "10.0.0.2"))
    assert [one.uid for one in kept] == ["a1", "b2"]
    assert len(notices) == 1
    assert "several nodes are called lamp: a1 at 10.0.0.1, b2 at 10.0.0.2" in notices[0]


def test_a_uid_at_two_addresses_is_one_node_and_is_reported() -> None:
    kept, notices = _sifted(found("a1", "lamp", "10.0.0.1"), found("a1", "lamp", "10.0.0.2"))
    assert [one.address for one in kept] == ["10.0.0.1"]
    assert notices == ("lamp (a1) answers at several addresses: 10.0.0.1, 10.0.0.2",)


def test_a_newcomer_does_not_take_over_the_place_of_a_node_that_still_answers() -> None:
    known = Node("a1", "lamp", "10.0.0.9")
    findings = scan.sift(
        [found("a1", "lamp", "10.0.0.1"), found("a1", "lamp", "10.0.0.9")], [known]
    )
    assert [one.address for one in findings.found] == ["10.0.0.9"]
    moved = scan.sift([found("a1", "lamp", "10.0.0.1")], [known])
    assert [one.address for one in moved.found] == ["10.0.0.1"]


def _sifted(*several: Found) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    findings: Findings = scan.sift(several, [])
    return findings.found, findings.notices


def test_nodes_are_listed_in_the_order_of_their_addresses() -> None:
    kept, _ = _sifted(found("a", "a", "10.0.0.10"), found("b", "b", "10.0.0.9"))
    assert [one.address for one in kept] == ["10.0.0.9", "10.0.0.10"]


def test_a_search_that_is_left_early_leaves_nothing_running() -> None:
    with Peer(node()) as good, Peer(lambda wire: wire.wait_for_end()) as mute:
        work = scan.scan([], [(good.address, good.port), (mute.address, mute.port)])
        next(work)
        work.close()
        mute.gone.wait(10)
        assert mute.gone.is_set()


# --- where it looks


def test_only_the_neighbourhood_of_our_own_private_addresses_is_searched() -> None:
    addresses = [
        ("lo", "127.0.0.1/8"),
        ("eth0", "192.168.7.20/16"),
        ("wlan0", "10.0.3.9/26"),
        ("tun0", "10.8.0.2/32"),
        ("ppp0", "8.8.8.8/24"),
        ("eth1", "169.254.3.3/16"),
        ("eth2", "192.168.7.33/24"),
    ]
    own = [(name, IPv4Interface(address)) for name, address in addresses]
    assert [str(network) for network in around.bounded(own)] == ["192.168.7.0/24", "10.0.3.0/26"]


def test_an_interface_with_many_addresses_is_searched_for_1024_hosts_at_most() -> None:
    own = [("eth0", IPv4Interface(f"10.0.{block}.1/24")) for block in range(10)]
    assert len(around.bounded(own)) == 4


def test_the_environment_overrides_where_to_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROS_NETWORKS", "127.3.4.0/30, 10.0.0.7")
    assert around.here().networks == (
        IPv4Network("127.3.4.0/30"),
        IPv4Network("10.0.0.7/32"),
    )
    monkeypatch.setenv("MICROS_NETWORKS", "")
    assert around.here() == Around()


@pytest.mark.parametrize("text", ["10.0.0.0/8", "nonsense", "10.0.0.0/33", "fe80::/64"])
def test_an_override_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="MICROS_NETWORKS"):
        list(around.parse_networks(text))


def test_this_computers_own_addresses_are_read() -> None:
    from toolkit.transport.interfaces import own_addresses

    assert ("lo", IPv4Interface("127.0.0.1/8")) in list(own_addresses())


def test_known_places_come_first_and_no_address_is_asked_twice() -> None:
    network = IPv4Network("127.79.3.0/30")
    known = [("127.79.3.2", PORT), ("127.79.3.2", PORT), ("127.79.3.2", 9010)]
    assert scan.targets([network], known) == [
        ("127.79.3.2", PORT),
        ("127.79.3.2", 9010),
        ("127.79.3.1", PORT),
    ]

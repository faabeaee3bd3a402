"""`node01.local`: found by asking around; whoever answers is believed in nothing but the place."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Interface
from typing import Any

import pytest

from tests.network.linked import linked
from tests.network.peers import Peer
from tests.network.peers import node as text_node
from tests.support.mdns import Liar, claim, fresh, question
from tests.support.reference import PASSWORD, UID, ReferenceNode, in_a_thread
from toolkit.model.cache import Cache
from toolkit.model.errors import InputError, LoginError, NodeError
from toolkit.model.node import Node, is_local
from toolkit.model.select import parse, possible
from toolkit.model.vault import Vault
from toolkit.node import Node as Scripted
from toolkit.operations import around, connect, names
from toolkit.operations.connect import Target
from toolkit.transport import mdns

OTHER = "240ac4000002"


def nobody(*asked: object, **how: object) -> Sequence[Any]:
    """A system's resolver that knows no name."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def place(wanted: str, *nodes: Node, system: names.System = nobody) -> Target:
    return names.place(wanted, nodes, system)


def run(target: Target, cache: Cache, vault: Vault, line: str = "version") -> list[str]:
    return [answer.text for answer in connect.run(target, [line], cache, vault, timeout=5)]


@pytest.fixture
def name() -> str:
    """A name that nobody else here has."""
    return fresh()


# --- where it is


def test_a_name_is_found_where_its_host_is(name: str) -> None:
    with Liar(name, lambda asked: [claim(asked, "127.3.3.3")]) as liar:
        assert place(f"{name}.local") == Target("127.3.3.3", 9008)
        assert place(f"{name.upper()}.Local.:9010") == Target("127.3.3.3", 9010)
    assert liar.asked >= 2


def test_a_question_that_got_lost_is_asked_again(name: str) -> None:
    lost: list[bytes] = []

    def second(asked: bytes) -> list[bytes]:
        lost.append(asked)
        return [claim(asked, "127.3.3.3")] if len(lost) > 1 else []

    with Liar(name, second):
        assert place(f"{name}.local").address == "127.3.3.3"
    assert set(lost) == {lost[0]}  # the same question, with the same number


def test_a_name_that_nobody_has_is_one_sentence(name: str) -> None:
    with pytest.raises(NodeError) as caught:
        place(f"{name}.local")
    sentence = str(caught.value)
    assert sentence.startswith(f"nobody answers to {name}.local: is it on, and in this network?")
    assert "\n" not in sentence


def test_whom_nobody_answers_for_the_systems_resolver_is_asked(name: str) -> None:
    asked: list[object] = []

    def knows(*what: object, **how: object) -> Sequence[Any]:
        asked.append(what[0])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 0))]

    assert place(f"{name}.local", system=knows) == Target("10.0.0.7", 9008)
    assert asked == [f"{name}.local"]
    with Liar(name, lambda asked: [claim(asked, "127.3.3.3")]):
        assert place(f"{name}.local", system=knows).address == "127.3.3.3"
    assert asked == [f"{name}.local"]


def test_a_systems_resolver_that_never_answers_is_left_alone(name: str) -> None:
    let_go = threading.Event()

    def hangs(*what: object, **how: object) -> Sequence[Any]:
        let_go.wait()
        return []

    try:
        with pytest.raises(NodeError, match=f"nobody answers to {name}"):
            place(f"{name}.local", system=hangs)
    finally:
        let_go.set()


def test_two_hosts_of_one_name_are_told(name: str) -> None:
    def both(asked: bytes) -> list[bytes]:
        return [claim(asked, one) for one in ("127.3.3.3", "127.3.3.3", "127.4.4.4")]

    with (
        Liar(name, both),
        pytest.raises(InputError, match=rf"several hosts .* {name}\.local: 127.3.3.3, 127.4.4.4;"),
    ):
        place(f"{name}.local")


def test_of_several_addresses_of_one_host_the_one_it_answers_from_is_taken(name: str) -> None:
    with Liar(name, lambda asked: [claim(asked, "127.3.3.3", "127.0.0.1")]):
        assert place(f"{name}.local").address == "127.0.0.1"


@pytest.mark.parametrize("wrong", ["..local", f"{'a' * 64}.local", "a..b.local"])
def test_what_can_be_no_name_is_one_sentence(wrong: str) -> None:
    with pytest.raises(InputError, match="expected a name such as"):
        place(wrong)


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("hall.local", True), ("Hall.LOCAL.", True), ("a.b.local", True), (".local", False)]
    + [(other, False) for other in ("local", "hall.localhost", "hall.local.net", "10.0.0.7")],
)
def test_names_for_multicast_end_with_local(host: str, is_one: bool) -> None:
    assert is_local(host) is is_one


def test_other_hosts_are_left_to_the_connection() -> None:
    assert place("somehost.lan:9010", system=nobody) == Target("somehost.lan", 9010)


# --- where is asked


def test_the_networks_that_are_searched_are_asked_and_this_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = [("eth0", IPv4Interface("10.0.3.5/24")), ("wlan0", IPv4Interface("192.168.7.2/24"))]
    monkeypatch.setattr(around, "own_addresses", lambda: iter(own))
    monkeypatch.setenv(around.OVERRIDE, "10.0.3.0/26")
    asked, inside = around.for_names()
    assert asked == ["10.0.3.5", "127.0.0.1"]
    believed = ("10.0.3.60", "127.9.9.9", "10.0.3.70", "192.168.7.9", "8.8.8.8")
    assert [inside.has(one) for one in believed] == [True, True, False, False, False]
    monkeypatch.delenv(around.OVERRIDE)
    asked, inside = around.for_names()
    assert asked == ["10.0.3.5", "192.168.7.2", "127.0.0.1"]
    assert [inside.has(one) for one in believed] == [True, True, True, True, False]


# --- answers that are none


def test_nonsense_changes_nothing_and_hides_nobody(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(3)

    def nonsense(asked: bytes) -> list[bytes]:
        false = claim(asked, "127.4.4.4")  # ends with type, class, seconds, length, address
        number = int.from_bytes(asked[:2]) ^ 1
        return [
            b"",
            asked,
            false[:-1],
            false[:20],
            false[:6] + b"\xff\xff" + false[8:],  # more answers than there are
            false[:12] + b"\xc0\x0c" + false[-14:],  # a name that leads to itself
            false[:2] + b"\0\0" + false[4:],  # a question with an answer in it
            false[:-14] + struct.pack("!HHIH", 28, 0x8001, 10, 4) + b"\x7f\4\4\4",  # another kind
            false[:-12] + b"\0\4" + false[-10:],  # of another class
            false[:-14] + struct.pack("!HHIH", 1, 0x8001, 10, 3) + b"abc",
            claim(asked, "127.4.4.4", number=number),
            claim(asked, "127.4.4.4", name=f"{fresh()}.local"),
            claim(asked, "8.8.8.8"),
            claim(asked, "192.0.2.9"),
            claim(asked, *["127.4.4.4"] * 200),  # longer than any node's
            *(dice.randbytes(dice.randrange(1, 1500)) for _ in range(100)),
            claim(asked, "127.3.3.3"),
        ]

    with Liar(name, nonsense):
        assert place(f"{name}.local").address == "127.3.3.3"
    assert caplog.messages == []


def test_whoever_is_not_in_our_networks_is_not_heard(name: str) -> None:
    def found() -> list[str]:
        return asyncio.run(
            mdns.addresses(f"{name}.local", ["127.0.0.1"], lambda it: it == "127.3.3.3")
        )

    with Liar(name, lambda asked: [claim(asked, "127.3.3.3")]):
        assert found() == []
    with Liar(name, lambda asked: [claim(asked, "127.3.3.3")], address="127.3.3.3"):
        assert found() == ["127.3.3.3"]


def test_an_answer_from_another_port_is_none(name: str) -> None:
    with (
        Liar(name, lambda asked: [claim(asked, "127.3.3.3")], port=0) as liar,
        pytest.raises(NodeError, match="nobody answers"),
    ):
        place(f"{name}.local")
    assert liar.asked


@pytest.mark.parametrize(("noise", "is_found"), [(100, True), (140, False)])
def test_a_flood_is_looked_at_in_part(name: str, noise: int, is_found: bool) -> None:
    asked: list[bytes] = []

    def flood(question: bytes) -> list[bytes]:
        asked.append(question)
        right = [claim(question, "127.3.3.3")] if len(asked) > 2 else []
        return [*[b""] * (noise if len(asked) <= 2 else 0), *right]

    with Liar(name, flood):
        if is_found:
            assert place(f"{name}.local").address == "127.3.3.3"
        else:
            with pytest.raises(NodeError, match="nobody answers"):
                place(f"{name}.local")


def test_a_torn_answer_is_read_as_one_or_as_none() -> None:
    asked = mdns.make_query("hall.local", mdns.A)
    whole = claim(question("hall.local", asked.id), "127.3.3.3")
    assert mdns.said(whole, asked) == ["127.3.3.3"]
    dice = random.Random(11)
    for _ in range(3000):
        torn = bytearray(whole + dice.randbytes(dice.randrange(30)))
        for _ in range(dice.randrange(1, 5)):
            torn[dice.randrange(len(torn))] = dice.choice((0, 1, 12, 0xC0, dice.randrange(256)))
        assert len(mdns.said(bytes(torn), asked)) <= 1


# --- who it is


def here(node: ReferenceNode) -> Callable[[bytes], list[bytes]]:
    return lambda asked: [claim(asked, node.address)]


def test_a_known_node_is_found_again_at_another_address(
    name: str, cache: Cache, vault: Vault
) -> None:
    cache.remember(Node(UID, name, "127.77.0.3", 9010))
    vault.put(UID, PASSWORD)
    node = linked(name=name)
    with in_a_thread(node), Liar(name, here(node)):
        wanted = f"{name}.local:{node.port}"
        found = place(wanted, *cache.nodes())
        assert found == Target(node.address, node.port, UID)
        assert run(found, cache, vault) == ["0.1.0-0"]
        assert cache.nodes() == [Node(UID, name, node.address, node.port)]
        with Scripted(wanted) as script:
            assert (script.uid, script.run("version")) == (UID, "0.1.0-0")
        # Without a port the known one is meant.
        assert place(f"{name}.local", *cache.nodes()) == found


def test_whoever_claims_a_known_name_is_told_nothing(name: str, cache: Cache, vault: Vault) -> None:
    known = Node(UID, name, "127.77.0.3")
    cache.remember(known)
    vault.put(UID, PASSWORD)
    false = linked(name=name, uid=OTHER, password="another one")
    with in_a_thread(false), Liar(name, here(false)):
        found = place(f"{name}.local:{false.port}", known)
        assert found.uid == UID
        with pytest.raises((LoginError, NodeError)):
            run(found, cache, vault)
        with pytest.raises((LoginError, NodeError)), Scripted(f"{name}.local:{false.port}") as it:
            it.run("version")
    assert (false.heard, cache.nodes()) == ([], [known])
    assert PASSWORD not in f"{false.asked}"


def test_whoever_claims_name_and_uid_is_not_taken_for_the_node(
    name: str, cache: Cache, vault: Vault
) -> None:
    known = Node(UID, name, "127.77.0.3")
    cache.remember(known)
    vault.put(UID, PASSWORD)
    false = linked(name=name, password="guessed and wrong")
    with in_a_thread(false), Liar(name, here(false)), pytest.raises(LoginError):
        run(place(f"{name}.local:{false.port}", known), cache, vault)
    assert (false.heard, cache.nodes()) == ([], [known])
    assert PASSWORD not in f"{false.asked}"


def test_text_gets_no_password_out_of_a_name_either(name: str, cache: Cache, vault: Vault) -> None:
    heard: list[str] = []
    cache.remember(Node(UID, name, "127.77.0.3"))
    vault.put(UID, PASSWORD)
    with (
        Peer(text_node(name, UID, password=PASSWORD, heard=heard)) as peer,
        Liar(name, lambda asked: [claim(asked, peer.address)]),
        pytest.raises(LoginError, match="its password is not sent"),
    ):
        run(place(f"{name}.local:{peer.port}", *cache.nodes()), cache, vault)
    assert PASSWORD not in " ".join(heard)
    assert "version" not in heard


def test_whoever_is_known_at_the_address_must_be_there(name: str) -> None:
    lamp = Node(OTHER, "lamp", "127.3.3.3")
    with Liar(name, lambda asked: [claim(asked, lamp.address)]):
        assert place(f"{name}.local", lamp) == Target(lamp.address, lamp.port, lamp.uid)


def test_a_name_of_two_known_nodes_is_refused_without_asking(name: str) -> None:
    twins = Node(UID, name, "10.0.0.7"), Node(OTHER, name, "10.0.0.8")
    with (
        Liar(name, lambda asked: [claim(asked, "127.3.3.3")]) as liar,
        pytest.raises(InputError, match=f"several nodes are called {name}.local"),
    ):
        place(f"{name}.local", *twins)
    assert liar.asked == 0


# --- many


def test_nodes_that_are_selected_by_such_a_name_are_where_they_are_now(name: str) -> None:
    hall, lamp = Node(UID, name, "10.0.0.7"), Node(OTHER, "lamp", "10.0.0.8")
    terms = parse([f"name={name}.local,lamp"])
    assert possible(terms, [hall, lamp]) == [hall, lamp]
    with Liar(name, lambda asked: [claim(asked, "127.3.3.3")]):
        moved = names.moved([hall, lamp], terms, nobody)
    assert moved == [Node(UID, name, "127.3.3.3"), lamp]
    assert names.moved([hall, lamp], terms, nobody) == [hall, lamp]  # nobody answers: as known
    assert names.moved([hall], parse([f"name={name}"]), nobody) == [hall]


def test_several_names_are_asked_for_at_once(name: str) -> None:
    async def both() -> list[Target]:
        wanted = [Target(f"{name}.local", 9008), Target(f"{name}.local", 9010)]
        return list(await asyncio.gather(*(names.located(it, [], nobody) for it in wanted)))

    with Liar(name, lambda asked: [claim(asked, "127.3.3.3")]):
        assert asyncio.run(both()) == [Target("127.3.3.3", 9008), Target("127.3.3.3", 9010)]

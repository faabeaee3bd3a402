"""The table of nodes: all asked at once, each with its own end."""

import asyncio

import pytest

from tests.network.linked import linked
from tests.network.peers import Peer, Wire, finish, node
from tests.support.reference import PASSWORD, UID, ReferenceNode, in_a_thread
from toolkit.model.node import Node
from toolkit.model.node_status import Row
from toolkit.model.vault import Vault
from toolkit.operations import status

FACTS = '{"name": "hall", "version": "0.1.0-0", "mem_free": 81234, "problems": ["no clock"]}\n'


def known(peer: Peer | ReferenceNode, uid: str = "240ac4000001", name: str = "node01") -> Node:
    return Node(uid, name, peer.address, peer.port)


def rows(vault: Vault, *nodes: Node) -> list[Row]:
    return finish(status.status(nodes, vault))[1]


def test_a_node_tells_its_facts(vault: Vault) -> None:
    with Peer(node(answers={"status >json": FACTS})) as peer:
        (row,) = rows(vault, known(peer))
    assert row.online
    assert (row.version, row.mem_free, row.note) == ("0.1.0-0", 81234, "no clock")
    assert row.facts["name"] == "hall"


@pytest.mark.parametrize("memory", ["CPU[Hz]: 160000000\nGC MemFree[byte]: 5552\n", "5552 byte\n"])
def test_an_older_node_tells_what_it_can(vault: Vault, memory: str) -> None:
    unknown = "SHELL: type help for single word commands (built-in)\n"
    answers = {"system memfree": memory, "version": "0.4.0-1\n", "status >json": unknown}
    with Peer(node(answers=answers, prompt="{prefix}{name} $  ")) as peer:
        (row,) = rows(vault, known(peer))
    assert (row.online, row.version, row.mem_free) == (True, "0.4.0-1", 5552)


def broken() -> Row:
    raise KeyError("nothing of that name")


@pytest.mark.timeout(60)
def test_what_nobody_expected_is_told_and_nobody_waits_for_ever(vault: Vault) -> None:
    with pytest.raises(ValueError, match="null"):  # in a task
        rows(vault, Node("240ac4000001", "hall", "127.0.0.1\0"))
    with pytest.raises(KeyError, match="nothing of that name"):  # in a thread
        asyncio.run(status.beside(broken))


def test_a_number_without_an_end_is_cut(vault: Vault) -> None:
    endless = {"status >json": "what?\n", "system memfree": "9" * 5000 + "\n"}
    with Peer(node(answers=endless)) as peer:
        (row,) = rows(vault, known(peer))
    assert (row.online, row.mem_free) == (True, 999_999_999_999)


def test_a_node_that_cannot_tell_says_why(vault: Vault) -> None:
    refusal = "refused: not enough memory, free now: 900 bytes"
    with Peer(node(answers={"status >json": f"{refusal}\n"})) as peer:
        (row,) = rows(vault, known(peer))
    assert (row.online, row.mem_free, row.note) == (True, None, refusal)


def test_a_dead_a_wrong_and_a_locked_node_do_not_hide_the_good_one(vault: Vault) -> None:
    with (
        Peer(node(answers={"status >json": FACTS})) as good,
        Peer(node(uid="240ac4000066")) as wrong,
        Peer(node(uid="240ac4000003", password="a secret of this")) as locked,
        Peer(lambda wire: None) as gone,
    ):
        gone.stop()
        nodes = [
            known(gone, "240ac4000000"),
            known(wrong, "240ac4000002"),
            known(good),
            known(locked, "240ac4000003"),
        ]
        found = rows(vault, *nodes)
    assert [row.node for row in found] == nodes
    assert [row.online for row in found] == [False, False, True, True]
    assert "nothing listens" in found[0].note
    assert "240ac4000066" in found[1].note
    assert "wants a password" in found[3].note


def test_a_kept_password_is_used_and_a_wrong_one_is_said(vault: Vault) -> None:
    vault.put(UID, PASSWORD)
    vault.put("240ac4000002", "not the right one")
    facts = {"status >json": FACTS}
    with (
        in_a_thread(linked(facts)) as one,
        in_a_thread(linked(uid="240ac4000002", password="something else")) as two,
        in_a_thread(linked(uid="240ac4000003")) as three,
    ):
        found = rows(vault, known(one), known(two, "240ac4000002"), known(three, "240ac4000003"))
    assert (found[0].mem_free, found[0].note) == (81234, "no clock")
    assert (found[1].online, found[1].mem_free) == (True, None)
    assert "refused the password" in found[1].note
    assert "none is kept" in found[2].note
    assert one.errors == two.errors == three.errors == []


def test_after_an_interrupted_change_the_password_before_is_tried(vault: Vault) -> None:
    vault.put(UID, PASSWORD)
    vault.offer(UID, "the one that never arrived")
    strange = FACTS.replace("no clock", "\\u001b[2J no clock")
    with in_a_thread(linked({"status >json": strange})) as node:
        (row,) = rows(vault, known(node))
    assert (row.online, row.mem_free, row.note) == (True, 81234, "\ufffd[2J no clock")


def test_a_text_node_gets_no_password_for_its_row(vault: Vault) -> None:
    heard: list[str] = []
    vault.put(UID, PASSWORD)
    with Peer(node(password=PASSWORD, heard=heard)) as peer:
        (row,) = rows(vault, known(peer))
    assert (row.online, row.note) == (True, "speaks text alone, and wants a password")
    assert PASSWORD not in " ".join(heard)


def test_peers_that_hold_the_line_are_left_and_all_rows_come(vault: Vault) -> None:
    def mute(wire: Wire) -> None:
        wire.wait_for_end()

    with (
        Peer(mute) as first,
        Peer(mute) as second,
        Peer(node(answers={"status >json": FACTS})) as good,
    ):
        found = rows(vault, known(first, "a"), known(second, "b"), known(good))
    assert [row.online for row in found] == [False, False, True]


@pytest.mark.parametrize("text", ["[" * 50_000, "3", "[]", "refused: no", "{"])
def test_a_strange_answer_is_no_table_of_facts(text: str) -> None:
    assert status.parse(text) is None


def test_no_nodes_no_rows(vault: Vault) -> None:
    assert rows(vault) == []

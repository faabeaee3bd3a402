"""The desk's login on the link, against a node written apart from it, and against false ones."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.reference import BOOT, PASSWORD, UID, ReferenceNode
from toolkit.model.cache import Cache
from toolkit.model.errors import Busy, HungUp, LoginError, NodeError, NoLink, WrongPassword
from toolkit.model.node import Node as Known
from toolkit.model.vault import Secret, Vault, derive, secret_of
from toolkit.node import AsyncNode
from toolkit.operations.air import dialer
from toolkit.transport import link as link_file
from toolkit.transport.link import Link
from toolkit.transport.login import Handshake
from toolkit.transport.tags import Seal, b64, mac, transcript

SECRET = secret_of(UID, PASSWORD)
KEY = bytes.fromhex("33a0a156c56ef0e427eba91767bc11cfe12934f48f12595b10256db7d5331fa9")
LINE1 = b'{"id":0,"op":"login","v":1,"who":"desk","c":"AAECAwQFBgcICQoLDA0ODw"}'
LINE2 = b'{"id":0,"v":1,"uid":"240ac4000001","i":50,"s":"EBESExQVFhcYGRobHB0eHw"}'


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_file, "TRIES", (0.01, 0.01))


def visit(node: ReferenceNode, secret: Any = SECRET, **more: Any) -> Link:
    """Open a link to the node and close it; the link, for a look at it."""
    more = {"uid": UID, "timeout": 5, **more}
    return asyncio.run(_visit(node, secret, **more))


async def _visit(node: ReferenceNode, secret: Any, **more: Any) -> Link:
    async with node:
        link = Link(node.address, node.port, secret=secret, **more)
        async with link:
            assert not link.closed
        assert link.closed
        return link


def serve(handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> str:
    """What a link to a server of this handler ends with."""

    async def run() -> str:
        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await handler(reader, writer)
            writer.close()

        server = await asyncio.streams.start_server(guarded, "127.0.0.1", 0)
        async with server:
            with pytest.raises(NodeError) as caught:
                await Link(
                    "127.0.0.1", server.sockets[0].getsockname()[1], uid=UID, timeout=0.5
                ).open()
            return f"{type(caught.value).__name__}: {caught.value}"

    return asyncio.run(run())


# --- the vector


def test_the_key_the_proofs_the_tags_and_the_sealed_value_are_those_of_the_vector() -> None:
    said = transcript(LINE1, LINE2)
    assert derive(PASSWORD, UID, 50) == KEY
    assert b64(mac(KEY, b"C" + said)) == "HMfacnggXjOn__MQi6GBC4ZV1_1Lln9kHuaIyTznx2Y"
    proof = b64(mac(KEY, b"S" + said + b"9f86d081884c7d65"))
    assert proof == "F5WPsc1b49snM0i5A6_cSpFdjclmcyBvrmCx-nGnnLs"
    out, back = Seal(mac(KEY, b"KC" + said)), Seal(mac(KEY, b"KS" + said))
    assert out.tag(b'{"id":1,"op":"run","line":"rgb toggle"}') == b"rC-WbW85sTlYcUopS4kxGA"
    assert out.hide("stapwd", "correct horse battery") == "c2LyoP8bSwN1HilWlR3z27sjO7Rk"
    for _ in range(3):
        back.tag(b"")
    assert back.tag(b'{"id":5,"at":0,"size":5}', b"hello") == b"hc4xVUJeFgJVvJOxx3hBeg"


# --- who is let in


def test_a_node_is_logged_in_at_and_tells_its_name_and_its_start() -> None:
    node = ReferenceNode()
    link = visit(node)
    assert (link.name, link.uid, link.boot) == ("node01", UID, BOOT)
    assert (link.rounds, link.locked, link.words) == (20_000, False, "node01 $")
    assert [line["op"] for line in node.asked] == ["login", "hello"]
    assert node.logins == 1


def test_the_key_is_looked_up_by_the_uid_of_an_unknown_node() -> None:
    node = ReferenceNode()
    asked: list[str] = []

    def keys(uid: str) -> Secret:
        asked.append(uid)
        return SECRET

    assert visit(node, keys, uid=None).uid == UID
    assert asked == [UID]
    assert [line["op"] for line in node.asked] == ["hello", "login", "hello"]


def test_without_a_key_a_node_stays_locked_and_one_that_needs_none_is_open() -> None:
    locked, free = ReferenceNode(), ReferenceNode(answers={"cancel": False})
    free.auth = False
    assert visit(locked, None).locked
    assert not visit(free, None).locked
    assert locked.proofs == free.proofs == []


def test_with_a_key_it_is_logged_in_also_where_the_node_says_that_it_need_not_be() -> None:
    node = ReferenceNode()
    node.auth = False
    visit(node)
    assert node.logins == 1


def test_a_key_of_fewer_rounds_is_followed_upwards_never_downwards() -> None:
    weak = Secret(PASSWORD, derive(PASSWORD, UID, 400).hex(), 400)
    assert visit(ReferenceNode(rounds=600), weak).rounds == 600
    node = ReferenceNode(rounds=400)
    with pytest.raises(LoginError, match="wants a login of 400 rounds where 20000 are known"):
        visit(node)
    assert node.proofs == []


@pytest.mark.parametrize("rounds", [0, 399, 200_001, 10**30, True, 20_000.0, "20000", None])
def test_nothing_is_proved_at_a_number_of_rounds_that_is_none(rounds: Any) -> None:
    node = ReferenceNode()
    node.told_rounds = rounds
    with pytest.raises(LoginError, match="expected 400 to 200000"):
        visit(node, replace(SECRET, i=0))
    assert node.proofs == []


def test_nothing_is_proved_to_another_uid() -> None:
    node = ReferenceNode()
    node.told_uid = "240ac4000066"
    with pytest.raises(NodeError, match="answers 240ac4000066, not 240ac4000001"):
        visit(node)
    assert node.proofs == []


def test_a_node_that_does_not_know_the_password_is_told_nothing_more() -> None:
    node = ReferenceNode()
    node.wrong_proof = "F5WPsc1b49snM0i5A6_cSpFdjclmcyBvrmCx-nGnnLs"
    with pytest.raises(LoginError, match="does not know its password"):
        visit(node)
    assert [line["op"] for line in node.asked] == ["login"]


def test_a_wrong_password_is_told_with_the_seconds_to_wait() -> None:
    node = ReferenceNode()
    with pytest.raises(WrongPassword, match="refused the password") as caught:
        visit(node, secret_of(UID, "another password"))
    assert caught.value.wait == 1
    assert len(node.visits) == 1  # it is not tried again by itself


def test_after_an_interrupted_change_the_password_before_is_tried_by_every_way_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path))
    vault = Vault(tmp_path / "secrets.json")
    vault.put(UID, PASSWORD)
    vault.offer(UID, "the one that never arrived")

    async def over_the_air() -> int:
        async with ReferenceNode() as node:
            place = Known(UID, "node01", node.address, node.port)
            async with dialer(vault)(place) as link:
                assert link.boot == BOOT
            return len(node.visits)

    async def as_an_object() -> int:
        async with ReferenceNode() as node:
            place = Known(UID, "node01", node.address, node.port)
            Cache(tmp_path / "device_conn_cache.json").remember(place)
            async with AsyncNode(UID) as one:
                assert one.uid == UID
            return len(node.visits)

    assert asyncio.run(over_the_air()) == 2
    assert asyncio.run(as_an_object()) == 2


def test_when_all_keys_are_refused_it_is_the_password() -> None:
    node = ReferenceNode()
    wrong = [secret_of(UID, "one password"), secret_of(UID, "another password")]

    def keys(_: str) -> list[Secret]:
        return wrong

    with pytest.raises(WrongPassword, match="refused the password"):
        visit(node, keys)
    assert len(node.visits) == 2


def test_a_penalty_is_told_with_its_seconds() -> None:
    node = ReferenceNode()
    node.busy_wait = 7
    with pytest.raises(LoginError, match="takes no login for 7 s") as caught:
        visit(node)
    assert (caught.value.wait, node.proofs) == (7, [])


# --- what else may be there


def test_a_full_node_is_tried_again_and_then_said_to_be_busy() -> None:
    node = ReferenceNode()
    node.busy = b"Connection is busy. Bye!\n"
    with pytest.raises(Busy, match="all its sessions are in use"):
        visit(node)
    assert len(node.visits) == 3


def test_a_node_that_hangs_up_at_first_is_connected_to_again() -> None:
    async def run() -> int:
        async with ReferenceNode() as node:
            node.busy = b"\xff"

            async def soon_free() -> None:
                while not node.visits:
                    await asyncio.sleep(0.001)
                node.busy = b""

            freeing = asyncio.create_task(soon_free())
            async with Link(node.address, node.port, uid=UID, secret=SECRET, timeout=5):
                await freeing
            return len(node.visits)

    assert asyncio.run(run()) == 2


def test_the_last_words_of_a_connection_that_ends_at_once_are_told_safely() -> None:
    async def words(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Restarting\x1b[2J soon\n")

    assert serve(words).endswith("hung up with the words 'Restarting\ufffd[2J soon'")


def test_what_answers_with_text_is_no_link() -> None:
    async def older(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"slim01 $  ")
        await reader.readline()
        writer.write(b"SHELL: type help\nslim01 $  ")
        await reader.read()

    assert serve(older).startswith("NoLink: ")


def test_our_own_older_node_is_no_link() -> None:
    async def ours(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"node01 $ ")
        await reader.readline()
        text = "expected text lines: no link in this version"
        writer.write(
            b"\n" + json.dumps({"id": 0, "error": "refused", "text": text}).encode() + b"\n"
        )
        await reader.read()

    assert "speaks text alone" in serve(ours)


@pytest.mark.parametrize("what", [b"x" * 5000, b"\n" * 5000])
def test_endless_text_is_left(what: bytes) -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(what)
        await reader.read()

    assert serve(flood).startswith("NoLink: ")


@pytest.mark.parametrize("moment", ["login", "proof"])
def test_silence_in_the_middle_of_a_login_ends(moment: str) -> None:
    node = ReferenceNode()
    node.silent_at = moment
    with pytest.raises(NodeError, match=r"says nothing|has not answered|with text"):
        visit(node, timeout=0.3)


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(NodeError, match="nothing listens there"):
        asyncio.run(Link("127.77.3.1", 9, uid=UID).open())


# --- what must not be seen


def test_no_key_stands_in_a_repr_an_error_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    node = ReferenceNode()
    node.wrong_proof = "A" * 43
    with pytest.raises(LoginError) as caught:
        visit(node)
    handshake = Handshake(UID, SECRET, "here")
    shown = f"{caught.value!r} {caplog.text} {handshake!r} {Seal(KEY)!r} {SECRET!r}"
    assert PASSWORD not in shown
    assert SECRET.k not in shown


def test_a_key_is_for_one_uid() -> None:
    with pytest.raises(ValueError, match="one uid"):
        Link("127.0.0.1", secret=SECRET)


def test_hung_up_is_what_an_unopened_link_says() -> None:
    with pytest.raises(HungUp, match="not connected"):
        asyncio.run(Link("127.0.0.1", uid=UID).request("hello"))


def test_no_link_is_a_node_error_so_that_older_nodes_are_still_nodes() -> None:
    assert issubclass(NoLink, NodeError)

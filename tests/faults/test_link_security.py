"""Who must not be listened to is not: strangers, liars, and whoever sits between desk and node."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from benchmarks.nodes import PASSWORD, Node, Workshop
from tests.faults.peers import Peer, place
from tests.faults.relay import Relay
from tests.support.boards import eventually
from tests.support.reference import BadLineError, ReferenceDesk, RefusedError
from tests.support.reference_sums import b64url, derive, desks_proof, text_of, transcript
from tests.support.sweep import chosen
from toolkit.model.errors import ToolkitError
from toolkit.model.vault import Secret
from toolkit.transport.link import Link
from toolkit.transport.tags import Hidden

INTERPRETERS = ("cpython",)

_OPS = (
    "run call cancel watch ls stat hash get put remove mkdir rename conf update firmware nonsense"
).split()
_sources = (f"127.67.{n // 250}.{n % 250 + 1}" for n in itertools.count())
FLIPS, SEED = 40, 7


@pytest.fixture(scope="module")
def node(workshop: Workshop) -> Iterator[Node]:
    """One node for all; in the end it has started only once."""
    found = workshop.node("esp32", mean=True)
    with found.session() as shell:
        shell.say("trial counted")
    yield found
    starts = found.starts
    workshop.stop(found)
    assert starts == 1


@asynccontextmanager
async def desk(node: Node, **options: Any) -> AsyncIterator[ReferenceDesk]:
    """A desk of an address of its own, logged in unless it is told otherwise."""
    given = {"password": PASSWORD, "source": next(_sources), **options}
    async with ReferenceDesk(node.address, **given) as found:
        yield found


async def counted(node: Node) -> int:
    """How often `trial count` was done."""
    async with desk(node) as other:
        return int(await other.ok("run", line="trial counted"))


def log_of(node: Node) -> str:
    with place(node.address) as peer:
        return peer.say("log warn")


def test_without_a_login_hello_alone_is_answered(node: Node) -> None:
    async def stranger() -> int:
        before = await counted(node)
        async with desk(node, password="") as one:
            assert (await one.ok("hello")).startswith("hello:node01:")
            for op in _OPS:
                with pytest.raises(RefusedError) as refused:
                    await one.ok(op, line="trial count", module="trial", function="count", args=[])
                assert refused.value.kind == "auth", op
        assert await counted(node) == before
        return len(_OPS)

    print(f"ops refused before a login: {asyncio.run(stranger())}")


def test_a_wrong_password_is_refused_and_then_one_waits_with_the_right_one_too(node: Node) -> None:
    source = next(_sources)

    async def refused(**given: Any) -> RefusedError:
        with pytest.raises(RefusedError) as error:
            async with desk(node, source=source, **given):
                pass
        assert error.value.kind == "auth"
        return error.value

    async def tries() -> None:
        waits = 1, 2, 4, 8  # the last is long enough for a machine that is held up
        for wait in waits:
            assert (await refused(password="not this one, no")).line["wait"] == wait
            if wait < waits[-1]:
                await asyncio.sleep(wait)
        assert 0 < (await refused()).line["wait"] <= waits[-1]
        async with desk(node):  # another address does not wait
            pass

    asyncio.run(tries())
    assert f"a login from {source} failed" in log_of(node)


def test_a_login_of_another_node_is_none(node: Node) -> None:
    async def other_key(uid: str) -> str:
        with pytest.raises(RefusedError) as refused:
            async with desk(node, password="", key=derive(PASSWORD, uid, 400)):
                pass
        return refused.value.kind

    # the same password, on the node beside it
    assert asyncio.run(other_key("240ac4ffffff")) == "auth"


def test_a_recorded_login_opens_nothing(node: Node) -> None:
    async def replay() -> None:
        before = await counted(node)
        async with desk(node) as one:
            await one.ok("run", line="trial count")
            recorded = list(one.wire.sent)
            challenge = one.challenge["s"]
        async with desk(node, password="") as thief:
            await thief.wire.raw(recorded[0])
            await thief._begin()
            assert challenge not in (await thief.wire.bare()).decode()
            for piece in recorded[1:]:
                await thief.wire.raw(piece)
            said = await thief.wire.end()
        assert said.startswith(b'{"id":0,"error":"auth"')
        assert await counted(node) == before + 1

    asyncio.run(replay())


@pytest.mark.parametrize("proof", ["", "A" * 43, "A" * 42, None, 7, {"x": 1}, ["A"]])
def test_a_proof_that_is_none_opens_nothing(node: Node, proof: Any) -> None:
    async def guess() -> bytes:
        async with desk(node, password="") as one:
            await one.greet()
            await one.wire.send({"id": 0, "op": "proof", "p": proof})
            return await one.wire.end()

    said = asyncio.run(guess())
    assert b'"error":' in said
    assert b'"ok"' not in said


def test_a_connection_has_one_login_and_one_proof(node: Node) -> None:
    async def twice(op: str) -> bytes:
        async with desk(node, password="") as one:
            line1 = await one.greet()
            if op == "login":
                await one.wire.raw(line1 + b"\n")
                return await one.wire.end()
        async with desk(node) as one:
            await one.wire.send({"id": 0, "op": op, "p": "A" * 43})
            return await one.wire.end()

    for op in ("login", "proof"):
        said = asyncio.run(twice(op))
        assert b'"error":' in said, (op, said)


@pytest.mark.parametrize("how", ["replay", "tag", "number", "none", "other session", "reflected"])
def test_a_line_that_is_not_the_desks_next_one_ends_the_connection(node: Node, how: str) -> None:
    async def listen() -> None:
        before = await counted(node)
        line = {"id": 9, "op": "run", "line": "trial count"}
        async with desk(node) as other, desk(node) as one:
            await one.ok("run", line="trial count")
            if how == "replay":
                await one.wire.raw(one.wire.sent[-1])
            elif how == "tag":
                await one.wire.send(line, tag="A" * 22)
            elif how == "number":
                await one.wire.send(line, seq=5)
            elif how == "none":
                await one.wire.raw(text_of(line) + b"\n")
            elif how == "other session":
                assert other.wire.ours is not None
                await one.wire.send(line, tag=other.wire.ours.tag(text_of(line)))
            else:  # the node's own line comes back to it
                await one.wire.raw(one.wire.last + b"\n")
            assert await one.wire.end() == b""
            assert await other.ok("hello")
        assert await counted(node) == before + 1

    asyncio.run(listen())
    eventually(lambda: "a tag is wrong" in log_of(node), "the log's word of it")


def test_a_flipped_bit_anywhere_in_a_line_ends_the_connection(node: Node) -> None:
    length = len(b'{"id":1,"op":"run","line":"trial count"} ' + b"x" * 22)
    bits = chosen(list(range(length * 8)), FLIPS, SEED)

    async def flip(bit: int) -> None:
        async with desk(node) as one:
            line = bytearray(one.wire.dressed(b'{"id":1,"op":"run","line":"trial count"}'))
            line[bit // 8] ^= 1 << bit % 8
            await one.wire.raw(bytes(line))
            assert await one.wire.end() == b"", bit

    async def all_of_them() -> None:
        before = await counted(node)
        for bit in bits:
            await flip(bit)
        assert await counted(node) == before

    asyncio.run(all_of_them())
    print(f"flipped bits: {len(bits)} of {length * 8}, taken: 0")


@asynccontextmanager
async def relayed(node: Node) -> AsyncIterator[tuple[Relay, Link]]:
    """The toolkit's own link to the node, through somebody else's hands."""
    async with desk(node) as one:
        uid = one.uid
    key = derive(PASSWORD, uid, 400).hex()
    async with (
        Relay(node.address, source=next(_sources)) as relay,
        Link(relay.address, relay.port, uid=uid, secret=Secret(PASSWORD, key, 400)) as link,
    ):
        yield relay, link


def _flipped(data: bytes) -> bytes:
    return data[:10] + bytes([data[10] ^ 1]) + data[11:] if len(data) > 11 else data


@pytest.mark.parametrize("way", ["to_node", "to_desk"])
def test_a_relay_that_changes_a_line_ends_the_link(node: Node, way: str) -> None:
    async def conversation() -> None:
        before = await counted(node)
        async with relayed(node) as (relay, link):
            assert await link.run("trial counted") == str(before)
            setattr(relay, way, _flipped)
            with pytest.raises(ToolkitError) as error:
                await link.run("trial count")
            assert PASSWORD not in str(error.value)
            assert link.closed
        assert await counted(node) == before + (way == "to_desk")

    asyncio.run(conversation())


@pytest.mark.parametrize("way", ["inject", "answer"])
def test_a_relay_that_adds_a_line_ends_the_link(node: Node, way: str) -> None:
    async def conversation() -> None:
        before = await counted(node)
        async with relayed(node) as (relay, link):
            if way == "inject":
                await relay.inject(b'{"id":9,"op":"run","line":"trial count"} ' + b"A" * 22 + b"\n")
            else:
                await relay.answer(b'{"id":2,"ok":"forged"} ' + b"A" * 22 + b"\n")
            with pytest.raises(ToolkitError):
                await asyncio.gather(*(link.run("trial counted") for _ in range(8)))
        assert await counted(node) == before

    asyncio.run(conversation())


def test_a_relay_that_keeps_a_line_back_ends_the_link(node: Node) -> None:
    async def conversation() -> None:
        before = await counted(node)
        async with relayed(node) as (relay, link):
            relay.to_node = lambda data: b""
            with pytest.raises((ToolkitError, TimeoutError)):
                async with asyncio.timeout(1):
                    await link.run("trial count")
            relay.to_node = lambda data: data
            with pytest.raises(ToolkitError):
                await link.run("trial count")
        assert await counted(node) == before

    asyncio.run(conversation())


def test_neither_password_nor_key_crosses_the_link(node: Node) -> None:
    async def conversation() -> tuple[bytes, str]:
        async with relayed(node) as (relay, link):
            for line in ("hello", "version", "status", "log", "help conf", "trial counted"):
                await link.run(line)
            return relay.said + relay.answered, link.uid

    crossed, uid = asyncio.run(conversation())
    key = derive(PASSWORD, uid, 400)
    assert len(crossed) > 2000
    for secret in (PASSWORD.encode(), key, key.hex().encode(), b64url(key).encode()):
        assert secret not in crossed


def test_what_a_node_shows_holds_no_secret(node: Node) -> None:
    words = ("status", "log", "help", "task list", "cron list", "version", "modules", "hello")

    async def shown() -> tuple[str, str]:
        async with desk(node) as one:
            answers = []
            for line in words:
                answer = await one.ok("run", line=line)
                answers.append(answer.decode() if isinstance(answer, bytes) else answer)
            return "\n".join(answers), one.uid

    text, uid = asyncio.run(shown())
    with node.session() as shell:
        shell.say("conf", b"[configure] node01 $ ")
        text += shell.say("dump", b"[configure] node01 $ ")
    text += node.control.console()
    for secret in (PASSWORD, derive(PASSWORD, uid, 400).hex(), "virtual-wifi\n"):
        assert secret not in text.replace("staessid  :  virtual-wifi", "")
    assert "stapwd    :  ***" in text


def test_a_secret_setting_travels_sealed_and_is_in_no_log(node: Node) -> None:
    secret = "a network's password"

    async def conversation() -> tuple[bytes, str]:
        async with relayed(node) as (relay, link):
            await link.request("conf", set={"stapwd": Hidden(secret)})
            shown = str(await link.request("conf"))
            assert "***" in shown
            for line in ("log", "status", "help conf"):
                shown += await link.run(line)
            await link.request("conf", set={"stapwd": Hidden("virtual-wifi")})
            return relay.said + relay.answered, shown

    crossed, shown = asyncio.run(conversation())
    assert b'"stapwd":{"x":"' in crossed
    assert secret.encode() not in crossed
    assert secret not in shown + node.control.console()


def test_a_secret_sealed_for_another_line_is_another_secret(node: Node) -> None:
    async def conversation() -> None:
        async with desk(node) as one:
            await one.ok("conf", set={"stapwd": one.secret("stapwd", "virtual-wifi")})
            assert one.wire.ours is not None
            late = one.wire.ours.sealed("stapwd", "virtual-wifi " * 4, seq=0)
            swapped = one.wire.ours.sealed("appwd", "virtual-wifi " * 4)
            for sealed in (late, swapped, "A", "*" * 20, "A" * 800):
                with pytest.raises(RefusedError) as refused:
                    await one.ok("conf", set={"stapwd": {"x": sealed}})
                assert "virtual-wifi" not in str(refused.value)

    asyncio.run(conversation())


def test_text_is_closed_where_auth_is_link_and_a_login_answered_where_it_is_off(node: Node) -> None:
    async def put(auth: str) -> None:
        async with desk(node) as one:
            assert await one.ok("conf", set={"auth": auth})

    asyncio.run(put("link"))
    try:
        with Peer(node.address, next(_sources)) as peer:
            peer.answer()
            for line in ("version", PASSWORD, "conf", "status"):
                assert peer.say(line).startswith("refused: this node answers text only with")
            assert peer.say("hello").startswith("hello:node01:")

        async def opened() -> None:
            async with desk(node, password="") as stranger:
                with pytest.raises(RefusedError, match="auth"):
                    await stranger.ok("run", line="version")
            await put("off")
            async with desk(node, password="") as anybody, desk(node) as known:
                assert await anybody.ok("run", line="version")
                assert await known.ok("run", line="version")
                assert known.boot

        asyncio.run(opened())
    finally:
        asyncio.run(put("on"))


def test_a_proof_made_for_other_lines_is_none(node: Node) -> None:
    """A relay that changes what desk or node say of themselves breaks the login."""

    async def changed(line1: bytes) -> bytes:
        async with desk(node, password="") as one:
            said = await one.greet()
            key = derive(PASSWORD, one.challenge["uid"], one.challenge["i"])
            seen = transcript(line1.replace(b"%", said[-26:]), one._line2)
            await one.wire.send({"id": 0, "op": "proof", "p": desks_proof(key, seen)})
            return await one.wire.end()

    said = asyncio.run(changed(b'{"id":0,"op":"login","v":1,"who":"other","c":"%'))
    assert said.startswith(b'{"id":0,"error":"auth"')


def test_a_desk_sees_a_node_that_lies_about_itself(node: Node) -> None:
    async def other() -> None:
        async with desk(node, uid="ffffffffffff"):
            pass

    with pytest.raises(BadLineError, match="another node"):
        asyncio.run(other())

"""The reference desk and the reference node understand each other, and see each other's faults."""

import asyncio
from typing import Any

import pytest

from tests.support import reference_faults as faults
from tests.support.reference import (
    PASSWORD,
    UID,
    BadLineError,
    ReferenceDesk,
    ReferenceNode,
    RefusedError,
    Request,
    Visit,
    refuse,
)


def _desk(node: ReferenceNode, **options: Any) -> ReferenceDesk:
    given: dict[str, Any] = {"uid": UID, "password": PASSWORD, "patience": 2.0, **options}
    return ReferenceDesk(node.address, node.port, **given)


async def _put(visit: Visit, request: Request) -> str:
    data = await visit.payload(request)
    return data.decode() if len(data) < 100 else str(len(data))


async def _watch(visit: Visit, request: Request) -> None:
    for number in range(3):
        await visit.event(request, {"number": number})
    await asyncio.sleep(10)


def _no(visit: Visit, request: Request) -> None:
    refuse("busy", "not now", wait=3)


_ANSWERS: dict[str, Any] = {
    "run": lambda visit, request: request.given["line"].upper(),
    "get": b"x" * 2500,
    "long": "y" * 3000,
    "put": _put,
    "watch": _watch,
    "no": _no,
}


def test_requests_payloads_events_and_errors_pass_in_both_directions() -> None:
    async def conversation() -> None:
        async with ReferenceNode(answers=_ANSWERS) as node, _desk(node) as desk:
            assert desk.words == "node01 $"
            assert desk.boot == node.boot
            assert await desk.ok("hello") == f"hello:node01:{UID}:dev"
            assert await desk.ok("run", line="version") == "VERSION"
            assert await desk.ok("get", name="/a") == b"x" * 2500
            assert await desk.ok("long") == b'"' + b"y" * 3000 + b'"'
            assert await desk.send("put", b"hello", name="/b") == "hello"
            assert await desk.send("put", b"z" * 5000, name="/b") == "5000"
            watch = await desk.ask("watch", topic="log")
            assert [await desk.event(watch) for _ in range(3)][2]["event"] == {"number": 2}
            assert await desk.ok("cancel", of=watch)
            with pytest.raises(RefusedError, match="cancelled"):
                await desk.answer(watch)
            with pytest.raises(RefusedError, match="'wait': 3"):
                await desk.ok("no")

    asyncio.run(conversation())


def test_a_sealed_secret_is_opened_by_the_line_it_came_in() -> None:
    def conf(visit: Visit, request: Request) -> str:
        return visit.opened(request, "stapwd")

    async def conversation() -> None:
        async with ReferenceNode(answers={"conf": conf}) as node, _desk(node) as desk:
            await desk.ok("hello")
            said = await desk.ok("conf", set={"stapwd": desk.secret("stapwd", "über all")})
            assert said == "über all"
            assert "über all".encode() not in b"".join(desk.wire.sent)

    asyncio.run(conversation())


@pytest.mark.parametrize("wrong", ["told_uid", "told_rounds", "wrong_proof", "password", "busy"])
def test_a_wrong_login_is_seen(wrong: str) -> None:
    told = {"told_uid": "ffffffffffff", "told_rounds": 300, "wrong_proof": "A" * 43}
    told["busy"] = b"Connection is busy. Bye!\n"
    password = "another password" if wrong == "password" else PASSWORD

    async def conversation() -> ReferenceNode:
        async with ReferenceNode() as node:
            setattr(node, wrong, told.get(wrong))
            desk = _desk(node, password=password)
            with pytest.raises((BadLineError, RefusedError, EOFError)):
                await desk.__aenter__()
            if wrong == "busy":
                assert desk.words == "Connection is busy. Bye!"
            return node

    node = asyncio.run(conversation())
    assert node.logins == (1 if wrong == "wrong_proof" else 0)
    proved = wrong in ("wrong_proof", "password")  # to a stranger it proves nothing
    assert len(node.proofs) == proved


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (faults.silence, TimeoutError),
        (faults.hang_up, EOFError),
        (faults.half_an_answer, EOFError),
        (faults.half_a_chunk, EOFError),
        (faults.wrong_tag, BadLineError),
        (faults.wrong_number, BadLineError),
        (faults.no_json, BadLineError),
        (faults.giant_chunk, BadLineError),
    ],
)
def test_a_hostile_answer_is_what_it_claims(fault: Any, seen: type[Exception]) -> None:
    async def conversation() -> None:
        async with ReferenceNode(answers={"run": fault}) as node, _desk(node) as desk:
            desk.wire.patience = 0.3
            with pytest.raises(seen):
                await desk.ok("run", line="version")

    asyncio.run(conversation())


@pytest.mark.parametrize("how", ["tag", "number", "replay"])
def test_the_reference_node_takes_no_line_that_is_not_the_desks(how: str) -> None:
    async def conversation() -> ReferenceNode:
        async with ReferenceNode(answers=_ANSWERS) as node, _desk(node) as desk:
            assert await desk.ok("run", line="once") == "ONCE"
            if how == "replay":
                await desk.wire.raw(desk.wire.sent[-1])
            elif how == "tag":
                await desk.wire.send({"id": 7, "op": "run", "line": "twice"}, tag="A" * 22)
            else:
                await desk.wire.send({"id": 7, "op": "run", "line": "twice"}, seq=0)
            assert await desk.wire.end() == b""
            return node

    node = asyncio.run(conversation())
    assert [line["line"] for line in node.asked if line.get("op") == "run"] == ["once"]
    assert len(node.errors) == 1

"""Files, settings and what is watched, over the link of real nodes: spoken by the reference."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from benchmarks.nodes import PASSWORD, Node, Workshop
from tests.support.boards import engine_cache
from tests.support.reference import ReferenceDesk, RefusedError
from toolkit.virtual.engine import provide

OLD = b"def run():\n    return 'old'\n"
NEW = b"def run():\n    return 'new'\n"

Talk = Callable[[ReferenceDesk], Awaitable[Any]]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Where nodes are installed once, and switched on by copying their flash."""
    where = tmp_path_factory.mktemp("files") / "virtual"
    with Workshop(where, provide(engine_cache(), print)) as found:
        yield found


@pytest.fixture(scope="module")
def node(workshop: Workshop) -> Iterator[Node]:
    """One node for all tests of this file, each of which leaves it as it was."""
    found = workshop.node("esp32")
    yield found
    workshop.stop(found)


def talk(node: Node, what: Talk) -> Any:
    """What a talk over a fresh link comes to."""

    async def run() -> Any:
        async with ReferenceDesk(node.address, password=PASSWORD) as desk:
            return await what(desk)

    return asyncio.run(run())


def sum_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def content(size: int) -> bytes:
    return b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(size // 32 + 1))[:size]


async def refusal(desk: ReferenceDesk, op: str, **given: Any) -> str:
    """Why a request is refused."""
    with pytest.raises(RefusedError) as error:
        await desk.ok(op, **given)
    assert error.value.kind == "refused", error.value.line
    return str(error.value.line["text"])


async def whole(desk: ReferenceDesk, op: str, **given: Any) -> Any:
    """The value of an answer, however long it is."""
    value = await desk.ok(op, **given)
    return json.loads(value) if isinstance(value, bytes) else value


def test_files_of_any_size_come_and_go(node: Node) -> None:
    async def what(desk: ReferenceDesk) -> None:
        for size in (0, 1, 1024, 5000, 1_000_000):
            data = content(size)
            assert await desk.send("put", data, name="/file") is True
            assert await desk.ok("stat", name="/file") == {"size": size}
            assert await desk.ok("hash", name="/file") == sum_of(data)
            assert await desk.ok("get", name="/file") == data
        assert await desk.ok("rename", name="/file", to="/other file") is True
        assert ["other file", 1_000_000] in await whole(desk, "ls", name="/")
        assert await desk.ok("remove", name="/other file") is True
        assert "there is none" in await refusal(desk, "get", name="/other file")

    talk(node, what)


def test_what_would_lose_the_board_is_refused_and_it_starts_again(node: Node) -> None:
    async def what(desk: ReferenceDesk) -> None:
        before = await whole(desk, "ls", name="/")
        for name in ("/slots", "/slots.py", "/boot", "/a", "/b", "/a/..", "/main.py", "/time.py"):
            await refusal(desk, "mkdir", name=name)
            await refusal(desk, "rename", name="/modules", to=name)
            await refusal(desk, "put", name=name, size=1, sha256=sum_of(b"x"))
        for name in ("/slots.mpy", "/boot.0", "/a", "/main.py", "/secret.json"):
            await refusal(desk, "remove", name=name)
            await refusal(desk, "rename", name=name, to="/x")
        for op in ("get", "hash", "stat"):
            assert "nobody" in await refusal(desk, op, name="/SECRET.json")
        assert await whole(desk, "ls", name="/") == before
        assert "secret.json" not in dict(before)
        assert dict(before)["main.py"] == len(await desk.ok("get", name="/main.py"))

    talk(node, what)


def test_a_changed_module_runs_without_reboot(node: Node) -> None:
    async def what(desk: ReferenceDesk) -> None:
        call: dict[str, Any] = {"module": "fresh", "function": "run"}
        assert await desk.send("put", OLD, name="/modules/LM_fresh.py") is True
        assert await desk.ok("call", **call) == "old"
        assert await desk.send("put", NEW, name="/modules/LM_fresh.py") is True
        assert await desk.ok("call", **call) == "new"
        assert await desk.send("put", b"def run(:\n", name="/modules/LM_fresh.py") is True
        said = await refusal(desk, "call", **call)
        assert "module 'fresh' cannot be read" in said
        assert 'File "/modules/LM_fresh.py", line 1' in said
        assert await desk.ok("remove", name="/modules/LM_fresh.py") is True
        assert "no module" in await refusal(desk, "call", **call)

    talk(node, what)

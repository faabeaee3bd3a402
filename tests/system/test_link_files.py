"""Files, settings and what is watched, over the link of real nodes: spoken by the reference."""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from benchmarks.nodes import PASSWORD, Node, Workshop
from tests.support.boards import engine_cache
from tests.support.reference import ReferenceDesk, RefusedError
from toolkit.virtual.engine import provide

TRIES = 12
LITTLE = 192  # bytes of a chunk that an ESP8266 has memory for
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


def test_settings_are_told_and_changed_and_secrets_come_sealed(node: Node) -> None:
    async def what(desk: ReferenceDesk) -> None:
        before = await whole(desk, "conf")
        assert (before["appwd"], before["stapwd"], before["devfid"]) == ("***", "***", "node01")
        assert (before["soctout"], before["pled"]) == (100, True)
        secret = desk.secret("stapwd", "virtual-wifi")
        changed = {"soctout": 150, "pled": False, "geo": "47.5,19.05", "stapwd": secret}
        assert await desk.ok("conf", set=changed) is True
        after = await whole(desk, "conf")
        assert {name: after[name] for name in after if after[name] != before[name]} == {
            "soctout": 150,
            "pled": False,
            "geo": "47.5,19.05",
        }
        long = "; ".join(f"light rgb {n} 2 3" for n in range(100)).encode()
        assert await desk.send("conf", long, key="boothook") is True
        assert (await whole(desk, "conf"))["boothook"] == long.decode()
        assert await desk.send("conf", b"n/a", key="boothook") is True
        back = {"soctout": 100, "pled": True, "geo": "n/a"}
        assert await desk.ok("conf", set=back) is True

    talk(node, what)


def test_what_is_wrong_in_settings_is_refused_as_the_text_shell_does(node: Node) -> None:
    wrong = {"soctout": "4", "tz": "Europe", "cstmpmap": "lamp:99", "hwuid": "1", "no": "1"}
    wrong |= {"boothook": "light", "irq1_trig": "sideways", "geo": "north"}
    said: dict[str, str] = {}
    with node.session() as shell:
        shell.say("conf", b"[configure] node01 $ ")
        for name, value in wrong.items():
            said[name] = shell.say(f"{name} {value}", b"[configure] node01 $ ")

    async def what(desk: ReferenceDesk) -> None:
        before = await whole(desk, "conf")
        for name, value in wrong.items():
            text = await refusal(desk, "conf", set={"soctout": 60, name: value})
            assert said[name].removeprefix("refused: ") in text, name
        assert "sealed" in await refusal(desk, "conf", set={"appwd": "a password in clear"})
        assert "sealed" in await refusal(desk, "conf", set={"stapwd": {"x": "%%%"}})
        assert await whole(desk, "conf") == before

    talk(node, what)
    print(len(wrong), "wrong settings")


def test_a_new_key_keeps_this_session_and_ends_all_others(workshop: Workshop) -> None:
    node = workshop.node("esp32")

    async def what() -> None:
        async with ReferenceDesk(node.address, password=PASSWORD) as desk:
            other = node.session()
            key = hashlib.sha256(b"a new key").digest()
            new = {"k": desk.secret("k", key.hex()), "i": 20_000}
            assert await desk.ok("conf", set=new) is True
            assert await desk.ok("run", line="version")
            assert other.socket.recv(10) == b""
            async with ReferenceDesk(node.address, key=key, least=20_000) as again:
                assert await again.ok("run", line="version")
                word = again.secret("appwd", "another password")
                assert await again.ok("conf", set={"appwd": word}) is True
                assert await again.ok("run", line="version")
            async with ReferenceDesk(node.address, password="another password") as last:
                assert await last.ok("run", line="version")

    asyncio.run(what())
    workshop.stop(node)


def test_log_tasks_and_values_are_watched_until_a_cancel(node: Node) -> None:
    async def what(desk: ReferenceDesk) -> None:
        log = await desk.ask("watch", topic="log", name="error")
        tasks = await desk.ask("watch", topic="tasks", name="fresh.*")
        values = await desk.ask("watch", topic="values", name="fresh level")
        module = b"n = [1]\ndef level():\n    return n[0]\ndef up():\n    n[0] += 1\n"
        assert "refused: no module" in (await desk.event(values))["event"]["error"]
        assert await desk.send("put", module, name="/modules/LM_fresh.py") is True
        assert (await desk.event(values))["event"] == {"value": 1}
        await desk.ok("call", module="fresh", function="up")
        assert (await desk.event(values))["event"] == {"value": 2}
        await desk.ok("run", line="fresh level &")
        event = (await desk.event(tasks))["event"]
        assert (event["task"], event["last"]) == ("fresh.level", "2")
        with pytest.raises(RefusedError):
            await desk.ok("run", line="fresh level 1 2 3")
        assert "TypeError: level()" in (await desk.event(log))["event"]["line"]
        for request in (log, tasks, values):
            assert await desk.ok("cancel", of=request) is True
            with pytest.raises(RefusedError) as ended:
                await desk.answer(request)
            assert ended.value.kind == "cancelled"
        assert await desk.ok("remove", name="/modules/LM_fresh.py") is True

    talk(node, what)


def test_a_changed_module_gives_back_what_it_has(node: Node) -> None:
    source = (
        "import lm\nimport asyncio\n"
        "async def _move():\n    await asyncio.sleep_ms(100000)\n"
        "def run():\n    lm.pin('simple_0', __name__)\n"
        "    lm.task('fresh.motion', lm.only('fresh', _move()))\n    return 'on'\n"
    )

    async def what(desk: ReferenceDesk) -> None:
        name = "/modules/LM_fresh.py"
        assert await desk.send("put", source.encode(), name=name) is True
        assert await desk.ok("call", module="fresh", function="run") == "on"
        assert "fresh.motion" in await desk.ok("run", line="task list")
        other = source.replace("LM_fresh", "LM_other").encode()
        assert await desk.send("put", other, name="/modules/LM_other.py") is True
        taken = await refusal(desk, "call", module="other", function="run")
        assert "taken by fresh" in taken
        assert await desk.send("put", OLD, name=name) is True
        assert "running   fresh.motion" not in await desk.ok("run", line="task list")
        assert await desk.ok("call", module="other", function="run") == "on"
        for name in ("/modules/LM_fresh.py", "/modules/LM_other.py"):
            assert await desk.ok("remove", name=name) is True
        assert "running   fresh.motion" not in await desk.ok("run", line="task list")

    talk(node, what)


def patiently(node: Node, what: Talk) -> Any:
    """The same, again when a leaf had no memory just then: none of these does harm twice."""
    for _ in range(TRIES):
        try:
            return talk(node, what)
        except RefusedError as error:
            if "not enough memory" not in str(error.line.get("text")):
                raise
        except (EOFError, OSError):
            pass
        time.sleep(1)  # what the link before held is free again
    raise AssertionError(f"{TRIES} tries, and no memory for it")


def test_an_esp8266_does_the_same_with_the_memory_it_has(workshop: Workshop) -> None:
    leaf = workshop.node("esp8266", mean=True)

    async def put(desk: ReferenceDesk, data: bytes) -> Any:
        request = await desk.ask("put", name="/file", size=len(data), sha256=sum_of(data))
        for at in range(0, len(data), LITTLE):
            piece = data[at : at + LITTLE]
            await desk.wire.send({"id": request, "at": at, "size": len(piece)}, piece)
        return await desk.answer(request)

    async def watched(desk: ReferenceDesk) -> Any:
        request = await desk.ask("watch", topic="log")
        return await desk.ok("cancel", of=request)

    data = content(6_000)
    for part in (data, data[:1], b""):
        assert patiently(leaf, lambda desk, part=part: put(desk, part)) is True
        assert patiently(leaf, lambda desk: desk.ok("hash", name="/file")) == sum_of(part)
        assert patiently(leaf, lambda desk: desk.ok("get", name="/file")) == part
    assert dict(patiently(leaf, lambda desk: whole(desk, "ls", name="/")))["file"] == 0
    assert patiently(leaf, lambda desk: whole(desk, "conf"))["devfid"] == "node01"
    assert patiently(leaf, lambda desk: desk.ok("conf", set={"soctout": 150})) is True
    with pytest.raises(RefusedError, match="soctout: expected"):
        patiently(leaf, lambda desk: desk.ok("conf", set={"soctout": 4}))
    assert patiently(leaf, watched) is True
    print("free:", leaf.heap().free)
    assert leaf.starts == 1
    workshop.stop(leaf)

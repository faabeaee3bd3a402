"""Requests over the link: answers, chunks, events, and what a hostile node may not do to us."""

import asyncio
import gc
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import reference_faults as faults
from tests.support.reference import PASSWORD, UID, ReferenceNode, Request, Visit, refuse
from toolkit.model.errors import (
    Busy,
    Cancelled,
    FaultError,
    HungUp,
    InputError,
    LoginError,
    NodeError,
    RefusedError,
    UnknownOutcome,
)
from toolkit.model.vault import secret_of
from toolkit.transport import answers, requests
from toolkit.transport import link as link_file
from toolkit.transport.link import Link
from toolkit.transport.payload import FILE_LIMIT, received
from toolkit.transport.tags import Hidden

SECRET = secret_of(UID, PASSWORD)
BIG = bytes(range(256)) * 40  # ten chunks

Talk = Callable[[Link], Awaitable[Any]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_file, "TRIES", ())


def talk(node: ReferenceNode, what: Talk, timeout: float = 5) -> Any:
    """What a talk over a fresh link comes to; the node saw nothing wrong in it."""

    async def run() -> Any:
        async with (
            node,
            Link(node.address, node.port, uid=UID, secret=SECRET, timeout=timeout) as link,
        ):
            return await what(link)

    outcome = asyncio.run(run())
    assert node.errors == []
    return outcome


def answered(answer: Any, what: Talk, op: str = "run", **more: Any) -> Any:
    return talk(ReferenceNode(answers={op: answer}), what, **more)


# --- answers


def test_a_line_is_answered_by_text_without_control_characters() -> None:
    assert answered("a\x1b[2Jb\nc", lambda link: link.run("light toggle")) == "a\ufffd[2Jb\nc"


@pytest.mark.parametrize("value", [None, True, 7, -1.5, "text", [1, [2]], {"a": {"b": None}}])
def test_a_call_returns_the_value_as_it_is(value: Any) -> None:
    node = ReferenceNode(answers={"call": value})
    assert talk(node, lambda link: link.call("light", "rgb", 255, 0, b=1)) == value
    (asked,) = [line for line in node.asked if line["op"] == "call"]
    assert asked["module"], asked["function"] == ("light", "rgb")
    assert (asked["args"], asked["named"]) == ([255, 0], {"b": 1})


def test_a_long_value_comes_in_chunks() -> None:
    text = "".join(f"line {n}\n" for n in range(3000))
    assert answered(text, lambda link: link.run("log")) == text


def test_a_long_table_comes_in_chunks_as_json() -> None:
    table = [[f"file{n}", n] for n in range(500)]
    assert answered(table, lambda link: link.request("ls", name="/"), "ls") == table


@pytest.mark.parametrize(
    ("line", "error", "sentence"),
    [
        ({"error": "refused", "text": "no module 'x'"}, RefusedError, "node01: refused: no module"),
        ({"error": "fault", "text": "oops", "type": "ZeroDivisionError"}, FaultError, "fault: oop"),
        ({"error": "busy", "text": "running"}, Busy, "busy: running"),
        ({"error": "auth", "text": "log in"}, LoginError, "wants a login"),
        ({"error": "cancelled", "text": ""}, Cancelled, "node01: cancelled"),
        ({"error": "unknown", "text": ""}, UnknownOutcome, "does not know"),
        ({"error": "new kind", "text": "a\x1b[2J"}, RefusedError, "refused: a\ufffd"),
        ({"error": ["x"], "text": {"y": 1}}, RefusedError, "refused"),
    ],
)
def test_an_error_line_is_an_error_of_its_kind(
    line: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    async def wrong(visit: Visit, request: Request) -> None:
        await visit.send({"id": request.id, **line})
        await asyncio.sleep(9)

    with pytest.raises(error, match=sentence) as caught:
        answered(wrong, lambda link: link.run("x"))
    assert getattr(caught.value, "kind", "") in ("", line.get("type"))


def test_answers_come_in_any_order_and_find_their_requests() -> None:
    async def slow(visit: Visit, request: Request) -> str:
        await asyncio.sleep(0.05 if request.given["line"] == "0" else 0)
        return request.given["line"]

    async def many(link: Link) -> list[str]:
        done: list[str] = []

        async def one(line: str) -> None:
            done.append(await link.run(line))

        await asyncio.gather(*(one(str(n)) for n in range(20)))
        return done

    done = answered(slow, many)
    assert sorted(done, key=int) == [str(n) for n in range(20)]
    assert done[0] != "0"


def test_at_most_eight_requests_are_under_way() -> None:
    most = 0

    async def count(visit: Visit, request: Request) -> None:
        nonlocal most
        most = max(most, len(visit.requests))
        await asyncio.sleep(0.01)

    async def many(link: Link) -> None:
        await asyncio.gather(*(link.run(str(n)) for n in range(30)))

    answered(count, many)
    assert most == requests.AT_ONCE == 8


@pytest.mark.parametrize(
    "wrong", [object(), float("nan"), b"bytes", {1, 2}, "x" * 1100, "\ud83d", [[[object()]]]]
)
def test_what_cannot_be_sent_is_refused_and_the_link_lives_on(wrong: Any) -> None:
    async def both(link: Link) -> str:
        with pytest.raises(InputError):
            await link.call("light", "rgb", wrong)
        return await link.run("x")

    assert answered("still here", both) == "still here"


def test_a_secret_leaves_sealed_and_under_its_own_name() -> None:
    seen: list[Any] = []

    def conf(visit: Visit, request: Request) -> bool:
        seen.append(visit.opened(request, "stapwd"))
        return True

    node = ReferenceNode(answers={"conf": conf})
    given = {"stapwd": Hidden("correct horse battery"), "devfid": "hall"}
    assert talk(node, lambda link: link.request("conf", set=given))
    assert seen == ["correct horse battery"]
    assert "horse" not in f"{node.asked!r} {given!r}"


def test_a_password_without_the_key_that_is_made_from_it_does_not_leave() -> None:
    node = ReferenceNode(answers={"conf": True})
    given = {"appwd": Hidden("correct horse battery")}
    with pytest.raises(InputError, match=r"appwd comes with a key .* change it"):
        talk(node, lambda link: link.request("conf", set=given))
    assert [line for line in node.asked if line["op"] == "conf"] == []


@pytest.mark.parametrize("wrong", ["text", 7, None])
def test_what_is_no_content_of_a_file_is_refused(wrong: Any) -> None:
    node = ReferenceNode()
    with pytest.raises(InputError, match="expected bytes to send, or the Path of a file, got"):
        talk(node, lambda link: link.put("/x", wrong))


def test_a_secret_does_not_leave_without_a_login() -> None:
    async def run() -> None:
        node = ReferenceNode(answers={"cancel": False, "conf": True})
        node.auth = False
        async with node, Link(node.address, node.port, uid=UID) as link:
            with pytest.raises(InputError, match="only sent to a node that has logged in"):
                await link.request("conf", set={"stapwd": Hidden("x")})

    asyncio.run(run())


@pytest.mark.parametrize("name", ["stapwd", "appwd", "k"])
def test_a_secret_in_clear_is_refused_before_it_leaves(name: str) -> None:
    node = ReferenceNode(answers={"conf": True, "run": "still here"})

    async def in_clear(link: Link) -> str:
        for sent in (
            link.request("conf", set={"devfid": "hall", name: "correct horse battery"}),
            link.request("conf", set={name: {"x": "correct horse battery"}}, **{"try": 60}),
            link.send("conf", b"correct horse battery", key=name),
        ):
            with pytest.raises(InputError, match=f"^{name} is a secret and was not") as refused:
                await sent
            assert f"--set {name}=-" in str(refused.value)
            assert "horse" not in str(refused.value)
        return await link.run("x")

    assert talk(node, in_clear) == "still here"
    assert [line["op"] for line in node.asked if line["op"] == "conf"] == []


# --- files and payloads


def test_a_file_comes_whole_and_replaces_the_one_there(tmp_path: Path) -> None:
    into = tmp_path / "main.py"
    into.write_text("before")

    async def both(link: Link) -> bytes:
        assert await link.get("/main.py", into) == b""
        return await link.get("/main.py")

    assert answered(BIG, both, "get") == BIG == into.read_bytes()
    assert list(tmp_path.iterdir()) == [into]


def test_a_file_without_an_end_is_left_at_the_limit(tmp_path: Path) -> None:
    into = tmp_path / "main.py"
    into.write_text("before")
    with pytest.raises(NodeError, match="more than 8 KB"):
        answered(BIG, lambda link: link.get("/main.py", into, limit=8192), "get")
    assert into.read_text() == "before"
    assert list(tmp_path.iterdir()) == [into]
    assert FILE_LIMIT == 16 * 1024 * 1024
    assert answered(BIG[:8192], lambda link: link.get("/main.py", into, limit=8192), "get") == b""
    assert into.read_bytes() == BIG[:8192]


def test_two_who_get_into_one_file_are_not_in_the_way_of_each_other(tmp_path: Path) -> None:
    into = tmp_path / "main.py"
    with received(into) as one, received(into) as other:
        one.write(b"one" * 100)
        other.write(b"other")
    assert into.read_bytes() == b"one" * 100
    assert list(tmp_path.iterdir()) == [into]


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    assert answered(b"", lambda link: link.get("/empty"), "get") == b""


@pytest.mark.parametrize("fault", [faults.half_a_chunk, faults.hang_up, "wrong sum"])
def test_what_breaks_off_leaves_the_old_file(fault: Any, tmp_path: Path) -> None:
    into = tmp_path / "main.py"
    into.write_text("before")

    async def wrong_sum(visit: Visit, request: Request) -> None:
        await visit.chunk(request, b"x" * 1000)
        line = {"id": request.id, "ok": None, "size": 1000, "sha256": "0" * 64}
        await visit.send(line)
        await asyncio.sleep(9)

    with pytest.raises(NodeError):
        answered(
            wrong_sum if fault == "wrong sum" else fault, lambda link: link.get("/x", into), "get"
        )
    assert into.read_text() == "before"
    assert list(tmp_path.iterdir()) == [into]


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 5000])
def test_a_file_is_put_in_chunks_with_its_sum(size: int, tmp_path: Path) -> None:
    data, source = BIG[:size], tmp_path / "source"
    source.write_bytes(data)
    got: list[bytes] = []

    async def put(visit: Visit, request: Request) -> bool:
        got.append(await visit.payload(request))
        return True

    async def both(link: Link) -> None:
        await link.put("/x", data)
        await link.put("/x", source)

    answered(put, both, "put")
    assert got == [data, data]


def test_other_answers_pass_between_the_chunks_of_a_long_payload() -> None:
    order: list[str] = []

    async def put(visit: Visit, request: Request) -> bool:
        await visit.payload(request)
        return True

    async def both(link: Link) -> None:
        async def long() -> None:
            await link.put("/x", BIG * 60)
            order.append("put")

        async def short() -> None:
            await link.run("x")
            order.append("run")

        await asyncio.gather(long(), short())

    talk(ReferenceNode(answers={"put": put, "run": "x"}), both)
    assert order == ["run", "put"]


def test_an_early_refusal_ends_a_payload_of_any_length() -> None:
    node = ReferenceNode(
        answers={"put": lambda visit, request: refuse("refused", "no room"), "run": "alive"}
    )

    async def both(link: Link) -> str:
        with pytest.raises(RefusedError, match="no room"):
            await link.put("/x", bytes(8_000_000))
        return await link.run("x")

    assert talk(node, both) == "alive"
    assert sum(line.get("size", 0) for line in node.asked if "at" in line) < 8_000_000


def test_a_node_that_reads_nothing_more_ends_a_payload_by_its_answer() -> None:
    async def run() -> None:
        stop = asyncio.Event()

        class Deaf(ReferenceNode):
            pass

        async def put(visit: Visit, request: Request) -> None:
            visit.wire.reader._transport.pause_reading()  # type: ignore[attr-defined]
            await asyncio.sleep(0.2)
            await visit.send({"id": request.id, "error": "refused", "text": "no room"})
            await stop.wait()

        node = Deaf(answers={"put": put})
        async with node, Link(node.address, node.port, uid=UID, secret=SECRET) as link:
            with pytest.raises(RefusedError, match="no room"):
                await link.put("/x", bytes(60_000_000))
            stop.set()

    asyncio.run(run())


# --- events


def test_events_come_until_the_loop_is_left_and_the_node_is_told() -> None:
    async def watch(visit: Visit, request: Request) -> None:
        for n in range(1000):
            await visit.event(request, {"n": n})
            await asyncio.sleep(0.001)

    node = ReferenceNode(answers={"watch": watch, "run": "x"})

    async def first(link: Link) -> list[int]:
        got: list[int] = []
        events = link.watch("log")
        async for event in events:
            got.append(event["n"])
            if len(got) == 3:
                break
        await events.aclose()
        await link.run("x")
        return got

    assert talk(node, first) == [0, 1, 2]
    assert [line["of"] for line in node.asked if line["op"] == "cancel"] == [3]


def test_what_nobody_fetches_is_dropped_and_counted() -> None:
    async def watch(visit: Visit, request: Request) -> None:
        for n in range(answers.EVENTS * 2):
            await visit.event(request, {"n": n}, **({"dropped": 5} if n == 0 else {}))

    async def late(link: Link) -> list[dict[str, int]]:
        events = link.watch("log")
        first = await anext(events)
        await link.run("x")
        return [first, *[event async for event in events]]

    def ends(visit: Visit, request: Request) -> str:
        return "x"

    async def both(visit: Visit, request: Request) -> None:
        await watch(visit, request)

    got = talk(ReferenceNode(answers={"watch": both, "run": ends}), late)
    lost = sum(event.get("dropped", 0) for event in got)
    assert len(got) + lost == answers.EVENTS * 2 + 5


def test_a_watch_ends_with_the_nodes_error() -> None:
    async def all_events(link: Link) -> None:
        async for _ in link.watch("nonsense"):
            pass

    with pytest.raises(RefusedError, match="no topic"):
        answered(lambda visit, request: refuse("refused", "no topic"), all_events, "watch")


def hellos_in_a_watch(settings: Any) -> Any:
    """What a watch comes to that ends when the node has been greeted three times during it."""

    async def watch(visit: Visit, request: Request) -> None:
        while sum(line["op"] == "hello" for line in visit.node.asked) < 4:
            await asyncio.sleep(0.01)
        await visit.event(request, {"enough": True})

    async def first(link: Link) -> Any:
        async with asyncio.timeout(10):
            return await anext(link.watch("log"))

    node = ReferenceNode(answers={"watch": watch, "conf": settings})
    return talk(node, first, timeout=600)  # so that silence is no reason to ask


def test_a_watch_gives_signs_of_life_twice_in_the_time_that_the_node_is_patient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requests, "KEEPALIVE", 600.0)
    assert hellos_in_a_watch({"soctout": 1}) == {"enough": True}


@pytest.mark.parametrize(
    "settings",
    [
        *({}, [], "soctout", {"soctout": "1"}, {"soctout": 0}, {"soctout": -5}, {"soctout": 1e300}),
        lambda visit, request: refuse("refused", "not enough memory"),
    ],
)
def test_a_watch_keeps_itself_alive_where_the_node_tells_no_patience(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "KEEPALIVE", 0.05)
    assert hellos_in_a_watch(settings) == {"enough": True}


# --- ends


def test_a_request_that_is_given_up_is_cancelled_on_the_node_and_its_answer_ignored() -> None:
    async def slow(visit: Visit, request: Request) -> str:
        if request.given["line"] == "slow":
            await asyncio.sleep(9)
        return "quick"

    node = ReferenceNode(answers={"run": slow})

    async def give_up(link: Link) -> str:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(link.run("slow"), 0.1)
        return await link.run("x")

    assert talk(node, give_up) == "quick"
    assert [line["of"] for line in node.asked if line["op"] == "cancel"] == [3]


def test_a_node_that_answers_hello_may_take_its_time() -> None:
    async def slow(visit: Visit, request: Request) -> str:
        while sum(line["op"] == "hello" for line in visit.node.asked) < 3:
            await asyncio.sleep(0.01)
        return "at last"

    assert answered(slow, lambda link: link.run("x"), timeout=0.1) == "at last"


def test_a_silent_node_is_left() -> None:
    node = ReferenceNode()

    async def mute(visit: Visit, request: Request) -> None:
        visit.node.answers["hello"] = faults.silence
        await faults.silence(visit, request)

    node.answers["run"] = mute
    with pytest.raises(HungUp, match="has fallen silent"):
        talk(node, lambda link: link.run("x"), timeout=0.1)


def test_an_answer_has_its_time() -> None:
    with pytest.raises(NodeError, match=r"has not answered within 0\.1 s"):
        answered(faults.silence, lambda link: link.request("run", line="x", timeout=0.1))


@pytest.mark.parametrize("fault", [faults.hang_up, faults.half_an_answer])
def test_a_cut_ends_all_requests(fault: Any) -> None:
    node = ReferenceNode(answers={"run": faults.silence, "stat": fault})

    async def both(link: Link) -> list[Any]:
        return await asyncio.gather(
            link.run("x"), link.request("stat", name="/x"), return_exceptions=True
        )

    assert [type(end) for end in talk(node, both)] == [HungUp, HungUp]


def test_closing_ends_what_is_asked() -> None:
    async def close(link: Link) -> BaseException:
        asked = asyncio.create_task(link.run("x"))
        await asyncio.sleep(0.05)
        await link.close()
        (end,) = await asyncio.gather(asked, return_exceptions=True)
        with pytest.raises(HungUp):
            await link.run("y")
        return end  # type: ignore[return-value]

    assert isinstance(answered(faults.silence, close), HungUp)


# --- a node that is none


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (faults.wrong_tag, "wrong tag"),
        (faults.wrong_number, "wrong tag"),
        (faults.giant_line, "a line of more than 1024 bytes"),
        (faults.giant_chunk, "a chunk of a wrong size"),
        (faults.deep_json, "no JSON"),
        (faults.no_json, "no JSON"),
    ],
)
def test_nonsense_ends_the_connection_in_one_sentence(fault: Any, sentence: str) -> None:
    with pytest.raises(NodeError, match=sentence):
        answered(fault, lambda link: link.run("x"))


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"ok": 1, "error": "refused"},
        {"ok": 1, "event": {}},
        {"event": {}},
        {"at": 7, "size": 1},
        {"at": -1, "size": 1},
        {"at": True, "size": 1},
        {"at": 0.0, "size": 1},
    ],
)
def test_an_answer_of_no_kind_ends_the_connection(line: dict[str, Any]) -> None:
    async def wrong(visit: Visit, request: Request) -> None:
        await visit.send({"id": request.id, **line}, b"x" if "at" in line else b"")
        await asyncio.sleep(9)

    with pytest.raises(NodeError, match="hung up on"):
        answered(wrong, lambda link: link.run("x"))


@pytest.mark.parametrize("number", ["1", None, 1.0, True, [1]])
def test_an_id_that_is_none_ends_the_connection(number: Any) -> None:
    async def wrong(visit: Visit, request: Request) -> None:
        await visit.send({"id": number, "ok": 1})
        await asyncio.sleep(9)

    with pytest.raises(NodeError, match="without an id"):
        answered(wrong, lambda link: link.run("x"))


def test_some_answers_that_nobody_asked_for_are_ignored_many_are_not() -> None:
    async def strange(visit: Visit, request: Request) -> str:
        for _ in range(int(request.given["line"])):
            await visit.send({"id": 77_777, "ok": 1})
        return "x"

    assert answered(strange, lambda link: link.run("50")) == "x"
    with pytest.raises(NodeError, match="nobody asked"):
        answered(strange, lambda link: link.run("200"))


def test_a_complaint_that_belongs_to_no_request_is_told() -> None:
    async def complain(visit: Visit, request: Request) -> None:
        await visit.send({"id": 0, "error": "refused", "text": "a line too long"})
        await asyncio.sleep(9)

    with pytest.raises(NodeError, match="ended the link: node01: refused: a line too long"):
        answered(complain, lambda link: link.run("x"))


def test_a_value_without_an_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "VALUE_LIMIT", 10_240)
    with pytest.raises(NodeError, match="more than 10 KB"):
        answered(faults.endless_chunks, lambda link: link.run("x"))


def test_a_flood_of_events_takes_no_memory() -> None:
    async def flooded(link: Link) -> int:
        events = link.watch("log")
        await anext(events)
        await asyncio.sleep(0.3)
        gc.collect()
        kept = [one for one in gc.get_objects() if isinstance(one, answers.Asked)]
        await events.aclose()
        return max(len(one.events or ()) for one in kept)

    assert answered(faults.endless_events, flooded, "watch") <= answers.EVENTS


def test_the_sum_of_a_payload_is_that_of_the_payload() -> None:
    node = ReferenceNode(answers={"put": lambda visit, request: True})
    talk(node, lambda link: link.put("/x", b"abc"))
    (asked,) = [line for line in node.asked if line.get("op") == "put"]
    assert (asked["size"], asked["sha256"]) == (3, hashlib.sha256(b"abc").hexdigest())

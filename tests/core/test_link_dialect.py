"""The link on fake streams: its dialect, its ids, what it refuses, on both interpreters."""

import asyncio
import json
import sys

from core.key import derive

from fake_link import Peer, base64, mac
from fake_node import PASSWORD, FakeNode

HELLO = "hello:node01:240ac4000001:dev"
KEY = bytes(range(32))
HEX = "".join(["%02x" % byte for byte in KEY])


def keyed(**settings):
    """A node that has its key."""
    node = FakeNode(**settings)
    node.secrets.update(k=HEX, i=20000)
    sys.modules.pop("LM_lamp", None)
    return node


async def until(happened):
    for _ in range(2000):
        if happened():
            return
        await asyncio.sleep_ms(1)
    raise AssertionError("it did not happen")


async def test_the_first_byte_makes_it_a_link_that_begins_with_a_line_break():
    async with Peer() as peer:
        assert await peer.ask(id=1, op="hello") == {"id": 1, "ok": HELLO}
        assert b"".join(peer.stream.writes).startswith(b'node01 $ \n{"id":1,')


async def test_it_begins_before_any_line_is_whole_and_silence_ends_no_line():
    async with Peer() as peer:
        peer.raw(b'{"id":')
        await until(lambda: peer.session.link)
        await asyncio.sleep_ms(300)
        peer.raw(b'1,"op":"hello"}\n')
        assert (await peer.answer(1))["ok"] == HELLO


async def test_a_login_proves_both_sides_and_then_every_line_has_a_tag():
    async with Peer(keyed(auth="on")) as peer:
        assert len((await peer.login(KEY))["boot"]) == 16
        assert await peer.ask(id=1, op="run", line="version") == {"id": 1, "ok": "0.1.0-0"}
        assert (await peer.ask(id=2, op="run", line="help lamp"))["ok"].startswith("lamp")
        assert not peer.session.half_open


async def test_a_node_without_a_key_makes_it_from_its_password_and_keeps_it():
    node = FakeNode(auth="on")
    async with Peer(node) as peer:
        assert "boot" in await peer.login(await derive(PASSWORD, node.uid))
    assert len(node.secrets["k"]) == 64 and node.secrets["i"] == 400


async def test_before_the_login_there_is_nothing_but_hello():
    async with Peer(keyed(auth="on")) as peer:
        assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO
        for op in ("run", "call", "put", "nonsense"):
            assert (await peer.ask(id=2, op=op, line="version"))["error"] == "auth"


async def test_a_wrong_key_is_told_to_wait_as_on_the_text_shell():
    node = keyed(auth="on")
    async with Peer(node) as peer:
        assert await peer.login(bytes(32)) == {"id": 0, "error": "auth", "wait": 1}
        await peer.over()
    async with Peer(node) as peer:
        assert (await peer.login(KEY))["wait"] == 1
    node.clock.seconds += 1
    async with Peer(node) as peer:
        assert "boot" in await peer.login(KEY)
    assert [line for line in node.log.lines() if "10.0.0.9 failed" in line]
    assert not [line for line in node.log.lines() if HEX in line]


async def test_one_login_on_a_connection_and_in_its_form():
    good = {"id": 0, "op": "login", "v": 1, "who": "desk", "c": "A" * 22}
    for wrong in ({"v": 2}, {"v": True}, {"who": "a b"}, {"who": ""}, {"c": "A"}, {"c": 5}):
        async with Peer(keyed(auth="on")) as peer:
            given = dict(good)
            given.update(wrong)
            assert (await peer.ask(**given))["error"] == "refused", wrong
            await peer.over()
    async with Peer(keyed(auth="on")) as peer:
        assert (await peer.ask(**good))["v"] == 1
        assert (await peer.ask(**good))["error"] == "refused"
        await peer.over()


async def test_without_auth_nobody_must_log_in_and_one_who_does_has_tags():
    async with Peer(keyed(auth="off")) as peer:
        assert (await peer.ask(id=1, op="run", line="version"))["ok"] == "0.1.0-0"
        await peer.login(KEY)
        assert (await peer.ask(id=2, op="run", line="version"))["ok"] == "0.1.0-0"


async def test_a_wrong_tag_or_number_ends_the_connection_unheard():
    text = b'{"id":1,"op":"call","module":"lamp","function":"set","args":[5]}'
    for spoilt in (
        lambda peer: text + b"\n",
        lambda peer: text + b" " + b"A" * 22 + b"\n",
        lambda peer: peer.dressed(text, seq=1),
        lambda peer: peer.dressed(text).replace(b"[5]", b"[6]"),
    ):
        node = keyed(auth="on")
        async with Peer(node) as peer:
            await peer.login(KEY)
            peer.raw(spoilt(peer))
            await peer.over()
        assert "LM_lamp" not in sys.modules
        assert [line for line in node.log.lines() if "a tag is wrong" in line]


async def test_ids_are_whole_numbers_and_no_two_are_the_same():
    async with Peer() as peer:
        for number in (True, 1.5, -1, 1 << 30, "1", None):
            peer.say(id=number, op="hello")
            value, _ = await peer.line()
            assert (value["id"], value["error"]) == (0, "refused")
        for text in (b"{", b'{"id":1', b"[1]", b"{}", b'{"id":1,"op":"\xff"}', b'{"id":1,"op":5}'):
            peer.raw(text + b"\n")
            value, _ = await peer.line()
            assert value["error"] == "refused", text
        peer.say(id=7, op="call", module="lamp", function="wait")
        peer.say(id=7, op="hello")
        value, _ = await peer.line()
        assert (value["id"], value["error"]) == (0, "refused")


async def test_json_too_deep_is_refused_before_it_is_parsed():
    deep = b'{"id":1,"op":"call","module":"lamp","function":"text","args":[%s1%s]}\n'
    async with Peer() as peer:
        peer.raw(deep % (b"[" * 6, b"]" * 6))
        assert (await peer.answer(1))["ok"] == [[[[[[1]]]]]]
        for depth in (7, 200):
            peer.raw(deep % (b"[" * depth, b"]" * depth))
            assert (await peer.answer(0))["error"] == "refused"
        peer.raw(deep % (b'"' + b"[" * 200, b'"'))
        assert (await peer.answer(1))["ok"] == "[" * 200 + "1"


async def test_eight_run_at_once_and_a_ninth_is_told_busy():
    async with Peer() as peer:
        for number in range(1, 9):
            peer.say(id=number, op="call", module="lamp", function="wait", args=[10_000 + number])
        assert (await peer.ask(id=9, op="hello"))["error"] == "busy"
        assert await peer.ask(id=10, op="cancel", of=99) == {"id": 10, "ok": False}
        peer.say(id=11, op="cancel", of=4)
        first, _ = await peer.line()
        second, _ = await peer.line()
        assert sorted((first["id"], second["id"])) == [4, 11]
        assert (await peer.ask(id=12, op="hello"))["ok"] == HELLO


async def test_a_cancel_ends_what_runs_and_its_finally_has_run():
    async with Peer(keyed()) as peer:
        peer.say(id=1, op="run", line="lamp wait")
        await until(lambda: "LM_lamp" in sys.modules)
        peer.say(id=2, op="cancel", of=1)
        ends = {}
        for _ in range(2):
            value, _ = await peer.line()
            ends[value["id"]] = value
        assert ends[1]["error"] == "cancelled" and ends[2] == {"id": 2, "ok": True}
        assert sys.modules["LM_lamp"].told == ["cancelled", "finally"]


class Slow:
    """What a stream takes: as on a board, only a drain that comes to its end forgets what left."""

    def __init__(self, stream):
        self.stream, self.takes = stream, 1

    def write(self, data):
        if not self.stream.out_buf:
            self.stream.writes.append(data[:100])
            data = data[100:]
        self.stream.out_buf += data

    async def drain(self):
        left, at = self.stream.out_buf, 0
        while at < len(left):
            await asyncio.sleep_ms(1)
            if self.takes:
                self.takes -= 1
                self.stream.writes.append(left[at : at + 100])
                at += 100
        self.stream.out_buf = b""


async def test_a_cancel_in_the_middle_of_a_write_lets_the_line_leave_whole():
    async with Peer(keyed()) as peer:
        await peer.login(KEY)
        slow = Slow(peer.stream)
        peer.stream.write, peer.stream.drain = slow.write, slow.drain
        peer.say(id=1, op="run", line="help")  # whose answer comes in pieces
        await until(lambda: peer.session.stalled >= 0)
        for number in (2, 3):
            peer.say(id=number, op="cancel", of=1)
        await until(lambda: len(peer.session.link.requests) == 3)
        await until(lambda: not slow.takes)
        await asyncio.sleep_ms(20)
        slow.takes = 1000
        ends, pieces = {}, 0
        while len(ends) < 3:
            value, payload = await peer.line()  # its tag is right
            pieces += bool(payload)
            if not payload:
                ends[value["id"]] = value
        assert ends[1]["error"] == "cancelled" and pieces == 1
        assert ends[2]["ok"] is True and 3 in ends
        assert (await peer.ask(id=4, op="hello"))["ok"] == HELLO
        assert peer.session.stalled == -1


async def test_the_end_of_a_connection_ends_what_runs_there():
    async with Peer(keyed()) as peer:
        peer.say(id=1, op="run", line="lamp wait")
        await until(lambda: "LM_lamp" in sys.modules)
    await until(lambda: sys.modules["LM_lamp"].told == ["cancelled", "finally"])
    assert peer.node.link is None  # what all links share has gone with the last of them


async def test_values_come_as_json_and_what_json_lacks_as_its_text():
    async with Peer() as peer:
        for value in (None, True, 5, -7, "a\n\"b' \u00e4", [1, [2, {"a": None}]], {"x": [1.5]}):
            end = await peer.ask(id=1, op="call", module="lamp", function="text", args=[value])
            assert end == {"id": 1, "ok": value}
        end = await peer.ask(id=1, op="call", module="lamp", function="everything", args=[1, 2])
        assert end["ok"] == [1, 2]
        named = {"level": 5, "fade": 3}
        end = await peer.ask(id=1, op="call", module="lamp", function="set", named=named)
        assert end["ok"] == {"level": 5, "colour": "white", "fade": 3}


async def test_refusals_and_faults_are_told_apart():
    async with Peer() as peer:
        end = await peer.ask(id=1, op="call", module="lamp", function="set", args=[13])
        assert end == {"id": 1, "error": "refused", "text": "level: expected 0-12, got 13"}
        end = await peer.ask(id=2, op="run", line="lamp broken")
        assert (end["error"], end["type"]) == ("fault", "ZeroDivisionError")
        end = await peer.ask(id=3, op="run", line="lamp greedy")
        assert end["error"] == "refused" and end["text"].startswith("not enough memory")
        for given in (
            {"module": 5},
            {"module": "lamp"},
            {"module": "lamp", "function": "text", "args": 5},
        ):
            assert (await peer.ask(id=4, op="call", **given))["error"] == "refused", given
        for line in (5, None, "conf", "exit", "webrepl", "nonsense at all"):
            assert (await peer.ask(id=5, op="run", line=line))["error"] == "refused", line
        assert (await peer.ask(id=6, op="nonsense"))["error"] == "refused"
        assert (await peer.ask(id=7, op="run", line=""))["ok"] == ""


async def test_what_does_not_fit_a_line_comes_in_pieces():
    async with Peer() as peer:
        for size in (900, 990, 1024, 5000, 20_000):
            assert await peer.ask(id=1, op="run", line="lamp long %d" % size) in (
                "x" * size,
                {"id": 1, "ok": "x" * size},
            )
        for word in ("help", "status"):
            text = await peer.ask(id=2, op="run", line=word)
            text = text["ok"] if isinstance(text, dict) else text
            assert "\n" in text and not text.endswith("\n"), word


async def test_lines_and_chunks_beyond_the_limits_are_refused_and_end_the_connection():
    async with Peer(keyed(auth="on")) as peer:
        peer.raw(b'{"id":1,"op":"hello","x":"%s"}\n' % (b"x" * 250))
        assert (await peer.answer(0))["error"] == "refused"
        await peer.over()
    for data in (
        b'{"id":1,"op":"hello","x":"%s' % (b"x" * 1100),
        b'{"id":1,"at":0,"size":0}\n',
        b'{"id":1,"at":0,"size":1025}\n',
        b'{"id":1,"at":0,"size":true}\n',
        b'{"id":1,"at":0}\n',
    ):
        async with Peer() as peer:
            peer.raw(data)
            assert (await peer.answer(0))["error"] == "refused", data
            await peer.over()
    async with Peer() as peer:
        line = b'{"id":1,"op":"run","line":"lamp text %s"}'
        line = line % (b"x" * (1024 - len(line) + 2))
        assert len(line) == 1024
        peer.raw(line + b"\n")
        assert (await peer.answer(1)).startswith("xxx")  # longer than a line: in pieces


async def test_the_payload_of_nobody_is_dropped():
    async with Peer(keyed(auth="on")) as peer:
        await peer.login(KEY)
        peer.say(b"\n{}\n" * 20, id=5, at=0, size=80)
        assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO


async def test_a_payload_for_what_takes_none_is_dropped_and_keeps_nobody_waiting():
    async with Peer(keyed()) as peer:
        peer.say(id=5, op="run", line="lamp wait", size=80)
        await until(lambda: "LM_lamp" in sys.modules)
        for _ in range(3):
            peer.say(b"\n{}\n" * 20, id=5, at=0, size=80)
        assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO


async def test_who_sends_nothing_of_a_release_keeps_no_other_update_waiting():
    node, seen, whole = keyed(), [], asyncio.wait_for
    node.slots = lambda *_: {"trial": None, "run": node.slot[1:]}

    async def sooner(work, seconds):
        seen.append(seconds)
        return await whole(work, 0.05)

    asyncio.wait_for = sooner
    try:
        async with Peer(node) as peer:
            peer.say(id=5, op="update", step="begin", size=100, sha256="")
            await until(lambda: node.step)
            assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO  # it says something else
            end = await peer.answer(5)
            assert (end["error"], end["text"]) == ("refused", "expected the next piece within 20 s")
            assert (seen, node.step) == ([20], None)
    finally:
        asyncio.wait_for = whole


async def test_times_of_a_link_are_counted_by_the_server():
    node = keyed(auth="on")
    async with Peer(node) as peer:
        assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO
        for _ in range(4):
            node.server.tick()
        assert peer.session in node.server.sessions
        node.server.tick()
        await peer.over()
    async with Peer(keyed()) as peer:
        assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO
        for _ in range(30):
            peer.node.server.tick()
        peer.raw(b'{"id":2')
        await until(lambda: peer.session.link.begun >= 0)
        for _ in range(11):
            peer.node.server.tick()
        await peer.over()


async def test_a_request_is_done_at_most_once():
    node = keyed()
    rid = "00112233445566f%d"
    async with Peer(node) as peer:
        for age in (None, 5, 700):
            given = {"rid": rid % 0}
            given.update({} if age is None else {"age": age})
            end = await peer.ask(id=1, op="call", module="lamp", function="set", args=[3], **given)
            assert end["ok"]["level"] == 3
        assert sys.modules["LM_lamp"].told == [(3, "white", 0)]
        node.clock.seconds = 1000
        end = await peer.ask(id=2, op="run", line="version", rid=rid % 1, age=900_000)
        assert end["error"] == "unknown"
        end = await peer.ask(id=2, op="run", line="version", rid=rid % 1, age=1000)
        assert end["ok"] == "0.1.0-0"
        for number in range(17):
            await peer.ask(id=3, op="run", line="version", rid="aa112233445566%02x" % number)
        end = await peer.ask(id=4, op="run", line="version", rid=rid % 1, age=1000)
        assert end["error"] == "unknown"
        for wrong in ({"rid": 5}, {"rid": "abc"}, {"rid": rid % 2, "age": -1}):
            assert (await peer.ask(id=5, op="run", line="version", **wrong))["error"] == "refused"


async def test_a_node_that_started_since_does_not_know_what_it_did():
    async with Peer(keyed()) as peer:
        peer.node.clock.seconds = 10
        end = await peer.ask(id=1, op="run", line="version", rid="0011223344556677", age=11_000)
        assert end["error"] == "unknown"


async def test_long_values_and_failures_of_what_was_done_are_told_in_short():
    async with Peer(keyed()) as peer:
        for _ in range(2):
            end = await peer.ask(id=1, op="run", line="lamp long 100", rid="00112233445566aa")
        assert end == {"id": 1, "ok": None, "cut": True}
        for _ in range(2):
            end = await peer.ask(id=2, op="run", line="lamp set 13", rid="00112233445566bb")
            assert end["error"] == "refused"
        text = "x" * 80
        for _ in range(2):
            end = await peer.ask(id=3, op="run", line="nonsense " + text, rid="00112233445566cc")
            assert end["error"] == "refused"


async def test_what_ran_and_found_no_memory_to_be_kept_is_unknown_and_never_runs_again():
    asked = {"module": "lamp", "function": "set", "args": [3], "rid": "00112233445566ee"}
    for file in ("linkout", "linkrid"):
        node = keyed()
        node.clock.seconds = 100
        async with Peer(node) as peer:
            assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO
            whole, ran = peer.session.link.load, []

            def load(name, whole=whole, ran=ran, file=file):
                if name == file and "LM_lamp" in sys.modules and not ran:
                    ran.append(name)
                    raise MemoryError
                return whole(name)

            peer.session.link.load = load
            await peer.ask(id=2, op="call", **asked)
            assert ran
            for age in (5, 700):
                end = await peer.ask(id=3, op="call", age=age, **asked)
                assert end["error"] == "unknown", (file, end)
            assert sys.modules["LM_lamp"].told == [(3, "white", 0)]


async def test_what_ran_out_of_memory_again_and_again_is_unknown_and_keeps_nothing():
    asked = {"module": "lamp", "function": "set", "args": [3], "rid": "00112233445566ef"}
    node = keyed()
    node.clock.seconds = 100
    whole = node.clock.uptime_ms

    def full(*_):
        raise MemoryError

    async with Peer(node) as peer:
        assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO
        plain = peer.session.link.load

        def load(name):
            if name == "linkrid" and "LM_lamp" in sys.modules:
                node.clock.uptime_ms = full
                raise MemoryError
            return plain(name)

        peer.session.link.load = load
        peer.say(id=2, op="call", **asked)
        await until(lambda: node.clock.uptime_ms is full and not peer.session.link.requests)
    node.clock.uptime_ms = whole
    for age in (5, 700, 90_000):
        node.clock.seconds += age // 1000
        async with Peer(node) as peer:
            end = await peer.ask(id=3, op="call", age=age, **asked)
            assert end["error"] == "unknown", end
    assert not node.done
    assert sys.modules["LM_lamp"].told == [(3, "white", 0)]
    async with Peer(node) as peer:
        for age in ({}, {"age": 1}):  # what is new is remembered again
            fresh = dict(asked, rid="00112233445566f0", **age)
            assert (await peer.ask(id=4, op="call", **fresh))["ok"]["level"] == 3
    assert len(sys.modules["LM_lamp"].told) == 2


async def test_a_value_that_has_no_text_is_a_fault_of_what_ran():
    async with Peer(keyed()) as peer:
        asked = {"module": "lamp", "function": "shy", "rid": "00112233445566f1"}
        end = await peer.ask(id=1, op="call", **asked)
        assert (end["error"], end["type"]) == ("fault", "ValueError")
        assert (await peer.ask(id=2, op="call", age=5, **asked))["error"] == "fault"
        assert sys.modules["LM_lamp"].told == ["shy"]


async def test_what_has_a_rid_runs_on_when_its_connection_ends():
    node = keyed()
    async with Peer(node) as peer:
        peer.say(id=1, op="run", line="lamp wait 400", rid="0011223344556677")
        await until(lambda: "LM_lamp" in sys.modules)
        await asyncio.sleep_ms(5)
    async with Peer(node) as peer:
        end = await peer.ask(id=1, op="run", line="lamp wait 400", rid="0011223344556677", age=50)
        assert (end["error"], end["text"]) == ("busy", "running")
        await until(lambda: sys.modules["LM_lamp"].told == ["finally"])
        await asyncio.sleep_ms(5)
        end = await peer.ask(id=2, op="run", line="lamp wait 400", rid="0011223344556677", age=90)
        assert end["ok"] == "waited"


async def test_a_link_that_has_logged_in_goes_on_as_text_that_owes_no_password():
    node = keyed(auth="on")
    async with Peer(node) as peer:
        assert (await peer.ask(id=1, op="text"))["error"] == "auth"
        await peer.login(KEY)
        peer.session.link.most = 2  # as on a leaf
        peer.say(id=2, op="run", line="lamp wait 300")
        await until(lambda: "LM_lamp" in sys.modules)
        peer.say(id=3, op="text")
        assert (await peer.answer(3))["error"] == "busy"
        assert (await peer.answer(2))["ok"] == "waited"
        assert await peer.ask(id=4, op="text") == {"id": 4, "ok": True}
        await until(lambda: b"".join(peer.stream.writes)[peer.at :] == b"node01 $ ")
        assert peer.session.link is None and node.link is None
        for line, answer in (("version", "0.1.0-0"), ("hello", HELLO), ('{"id":5}', "refused: ")):
            peer.at = len(b"".join(peer.stream.writes))
            peer.raw(line.encode() + b"\n")
            said = await peer._until(lambda data: data[peer.at :].endswith(b"\nnode01 $ "))
            assert said[peer.at :].decode().startswith(answer)


async def test_without_auth_a_link_goes_on_as_text_without_a_login():
    async with Peer(keyed()) as peer:
        assert "has memory for the link" in (await peer.ask(id=1, op="text"))["text"]
        peer.session.link.most = 2  # as on a leaf
        assert await peer.ask(id=1, op="text") == {"id": 1, "ok": True}
        await until(lambda: b"".join(peer.stream.writes)[peer.at :] == b"node01 $ ")


async def test_what_had_no_memory_before_it_was_called_has_not_run_and_may_be_asked_again():
    node = keyed()
    rid = "00112233445566dd"
    node.clock.seconds, resolve = 1000, node.executor.modules.resolve

    def full(*_):
        raise MemoryError

    async with Peer(node) as peer:
        for _ in range(2):
            node.executor.modules.resolve = full
            end = await peer.ask(id=1, op="run", line="lamp set 3", rid=rid, age=1)
            assert (end["error"], end["type"]) == ("refused", "unbegun")
            assert end["text"].startswith("not enough memory")
        node.executor.modules.resolve = resolve
        assert "ok" in await peer.ask(id=2, op="run", line="lamp set 3", rid=rid, age=1)
        assert sys.modules["LM_lamp"].told == [(3, "white", 0)]


async def test_what_ran_out_of_memory_itself_is_over_and_not_done_again():
    async with Peer(keyed()) as peer:
        end = await peer.ask(id=1, op="run", line="lamp greedy", rid="00112233445566ee")
        assert end["text"].startswith("not enough memory") and "type" not in end
        end = await peer.ask(id=2, op="run", line="lamp greedy", rid="00112233445566ee", age=1)
        assert (end["error"], end["text"]) == ("refused", "see log")


async def test_a_reboot_answers_ends_the_connection_and_restarts():
    node = keyed()
    async with Peer(node) as peer:
        assert (await peer.ask(id=1, op="run", line="reboot"))["ok"] == "Rebooting.\nBye!"
        await peer.over()
        await until(lambda: node.restarts)


async def test_nothing_that_comes_takes_the_node_down():
    letters = b'{}[]":,0123456789abcdefnulltrue\\u \n'
    seed = 7
    node = keyed()
    for _ in range(60):
        data = b'{"id":1,"op":"'
        for _ in range(120):
            seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
            at = (seed >> 8) % len(letters)
            data += letters[at : at + 1]
        async with Peer(node) as peer:
            peer.raw(data + b"\n")
            await until(lambda: not peer.stream.s.packets)
    async with Peer(node) as peer:
        assert (await peer.ask(id=1, op="hello"))["ok"] == HELLO
    assert not [line for line in node.log.lines("error")]


def test_tags_are_the_published_ones():
    from core import link

    said = b'{"id":1,"op":"run","line":"rgb toggle"}'
    for key in (KEY, bytes(32), b"\xff" * 32):
        assert link.hmac(key, b"C", said) == mac(key, b"C" + said)
    assert link.base64(KEY).decode() == base64(KEY)
    assert json.loads('{"a":1}') == {"a": 1}

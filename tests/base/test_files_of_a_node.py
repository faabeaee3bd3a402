"""Files over the link, on a real LittleFS: what they answer, what they leave, what they refuse."""

import asyncio
import os
import sys
from binascii import hexlify
from hashlib import sha256

INTERPRETERS = ("micropython",)
REPOSITORY = __file__[: __file__.rindex("/tests/")]
if sys.implementation.name == "micropython":
    sys.path.append(REPOSITORY + "/tests/core")
    import core.digest
    import core.files
    import core.get
    import core.ls
    import core.put

    LATER = "arrived asjson flaw link linkbegin linkgive linkin linkjson linkout linkpart"
    LATER += " linkopen linkstart longer names receive reload reply room shadow"
    for name in LATER.split():
        __import__("core." + name)  # all that is loaded later must be here before there is a board
    from bench import Board, get, put
    from core.errors import CommandError
    from fake_link import Peer
    from fake_node import FakeNode
    from fake_ops import FakeLink, FakeRequest

OLD = b"the old file"


def digest(data):
    return hexlify(sha256(data).digest()).decode()


def pieces(data, size=1024, start=0):
    return [(at, data[at : at + size]) for at in range(start, len(data), size)]


def content(size, seed=1):
    """Bytes that are the same for the same seed."""
    block = b"".join([bytes(((each * 7 + seed) & 255, each & 255)) for each in range(512)])
    return (block * (size // len(block) + 1))[:size]


async def ask(op, file, parts=(), link=None, node=None, **given):
    """The answer to one request: its value, or the text of its refusal."""
    link = link or FakeLink(node or FakeNode(), parts)
    work = getattr(getattr(core, file), op)
    try:
        return await link.ask(work, FakeRequest(**given))
    except CommandError as error:
        return str(error)


async def sent(name, data, parts=None, **more):
    parts = pieces(data) if parts is None else parts
    size, total = len(data), digest(data)
    return await ask(
        "put", "put", parts, name=name, **dict({"size": size, "sha256": total}, **more)
    )


async def test_small_requests_answer_and_refuse_in_a_sentence():
    with Board():
        put("/data/x", "12345")
        assert await ask("stat", "files", name="/data/x") == {"size": 5}
        assert await ask("stat", "files", name="/data") == {"size": -1}
        assert await ask("stat", "files", name="/") == {"size": -1}
        assert (
            await ask("stat", "files", name="/no") == "stat /no: there is none, or not its folder"
        )
        assert await ask("hash", "digest", name="/data/x") == digest(b"12345")
        assert "there is none" in await ask("hash", "digest", name="/data/y")
        assert "that is a folder" in await ask("hash", "digest", name="/data")
        assert await ask("mkdir", "files", name="/data/sub") is True
        assert await ask("mkdir", "files", name="/data/sub") is True
        assert "there is one already" in await ask("mkdir", "files", name="/data/x")
        assert "there is none" in await ask("mkdir", "files", name="/no/sub")
        assert "not empty" in await ask("remove", "files", name="/data")
        assert await ask("remove", "files", name="/data/sub") is True
        assert await ask("remove", "files", name="/data/x") is True
        assert "there is none" in await ask("remove", "files", name="/data/x")
        assert await ask("remove", "files", name="/data") is True
        assert os.listdir("/") == ["host"]


async def test_rename_replaces_and_never_loses_a_folder_in_itself():
    with Board():
        put("/x", "new")
        put("/y", "old")
        put("/f/in", "")
        put("/g/in", "")
        assert await ask("rename", "files", name="/x", to="/y") is True
        assert (get("/x"), get("/y")) == (None, b"new")
        assert await ask("rename", "files", name="/y", to="/y") is True
        assert get("/y") == b"new"
        for to in ("/f/g", "/F/g", "/f/in"):
            assert "that lies in it" in await ask("rename", "files", name="/f", to=to)
        assert "that is a folder" in await ask("rename", "files", name="/y", to="/f")
        assert "not empty" in await ask("rename", "files", name="/f", to="/g")
        assert "there is none" in await ask("rename", "files", name="/no", to="/yes")
        put("/i/json.py", "")  # what lies in it would come before the firmware's own
        for to in ("/lib", "/LIB", "/modules"):
            said = await ask("rename", "files", name="/i", to=to)
            assert "nothing is renamed to it" in said
        assert await ask("rename", "files", name="/f", to="/h") is True
        assert sorted(os.listdir("/")) == ["g", "h", "host", "i", "y"]


async def test_every_request_refuses_what_would_lose_the_board_and_leaves_it():
    losing = (
        "/main.py",
        "/slots",
        "/slots.mpy",
        "/boot",
        "/boot.0",
        "/a",
        "/a/core/x.mpy",
        "/json",
    )
    requests = [("mkdir", "files", "name"), ("rename", "files", "to"), ("put", "put", "name")]
    gone = [("remove", "files", "name"), ("rename", "files", "name")]
    with Board() as board:
        for name in ("/main.py", "/slots.mpy", "/boot.0", "/a/core/x.mpy", "/secret.json", "/x"):
            put(name, OLD)
        before = bytes(board.flash.content)
        refused = 0
        for name in losing:
            for op, file, key in requests + (gone if name != "/json" else []):
                given = {"name": "/x", "to": "/y", "size": 1, "sha256": digest(b"1")}
                given[key] = name
                answer = await ask(op, file, [(0, b"1")], **given)
                assert isinstance(answer, str), (op, key, name)
                refused += 1
        for op, file in (("stat", "files"), ("hash", "digest"), ("get", "get"), ("ls", "ls")):
            for name in ("/secret.json", "/Secret.JSON", "/secret.json.prev", "/a/../secret.json"):
                assert isinstance(await ask(op, file, name=name), str)
                refused += 1
        print(refused, "requests refused")
        assert bytes(board.flash.content) == before


async def test_a_folder_is_listed_without_the_secrets():
    with Board():
        put("/x", "123")
        put("/secret.json", "{}")
        put("/secret.json.prev", "{}")
        put("/modules/LM_x.py", "")
        found = await ask("ls", "ls", name="/")
        assert sorted(found) == [["host", -1], ["modules", -1], ["x", 3]]
        assert await ask("ls", "ls", name="/modules") == [["LM_x.py", 0]]
        os.remove("/modules/LM_x.py")
        assert await ask("ls", "ls", name="/modules") == []
        assert "there is none" in await ask("ls", "ls", name="/no")
        assert "no folder" in await ask("ls", "ls", name="/x")


async def test_a_long_list_leaves_in_chunks():
    with Board():
        names = ["file number " + str(each) for each in range(120)]
        os.mkdir("/many")
        for name in names:
            put("/many/" + name, name)
        link = FakeLink(FakeNode())
        assert await ask("ls", "ls", name="/many", link=link) is None
        import json

        assert sorted(json.loads(link.data)) == sorted([[name, len(name)] for name in names])
        print(link.chunks, "chunks")
        assert link.chunks > 4


async def test_files_of_any_size_come_and_go_whole():
    with Board():
        for size in (0, 1, 1023, 1024, 1025, 4096, 5000, 33_000, 100_000):
            data = content(size)
            assert await sent("/x", data) is True
            assert os.listdir("/") == ["host", "x"]
            link = FakeLink(FakeNode())
            assert await ask("get", "get", name="/x", link=link) is None
            assert link.data == data
            print(size, "bytes")


async def test_what_is_no_size_no_hash_no_place_is_refused_before_anything_is_written():
    with Board() as board:
        put("/folder/x", OLD)
        put("/x", OLD)
        before = bytes(board.flash.content)
        for size in (-1, 1.0, True, None, "5", [], 10**9):
            assert "expected" in await sent("/x", b"new", size=size)
        for total in (None, 5, "", "ab", "x" * 64, digest(b"new").upper()):
            assert "expected sha256" in await sent("/x", b"new", sha256=total)
        assert "that is a folder" in await sent("/folder", b"new")
        assert "no folder /no" in await sent("/no/x", b"new")
        assert "no folder /x" in await sent("/x/y", b"new")
        assert bytes(board.flash.content) == before


async def test_a_wrong_hash_leaves_the_old_file_and_no_part():
    with Board():
        put("/x", OLD)
        answer = await sent("/x", b"new", sha256=digest(b"other"))
        assert answer == "put /x: expected another sha256, got " + digest(b"new")
        assert (get("/x"), get("/x.part")) == (OLD, None)


async def test_what_was_cut_off_goes_on_where_it_is():
    data = content(10_000)
    with Board():
        put("/x", OLD)
        for chunks in range(10):
            try:
                await sent("/x", data, pieces(data)[:chunks])
                raise AssertionError("not cut off")
            except asyncio.CancelledError:
                pass
            there = (await ask("stat", "files", name="/x.part"))["size"]
            assert there == chunks * 1024
            assert await ask("hash", "digest", name="/x.part") == digest(data[:there])
            assert get("/x") == OLD
            assert await sent("/x", data, pieces(data, start=there)) is True
            assert (get("/x"), get("/x.part")) == (data, None)
            put("/x", OLD)


async def test_a_part_that_was_all_there_only_gets_its_name():
    with Board():
        put("/x.part", b"new")
        assert await sent("/x", b"new", []) is True
        assert (get("/x"), get("/x.part")) == (b"new", None)


async def test_a_part_of_another_file_goes():
    data = content(3000)
    with Board():
        put("/x", OLD)
        put("/x.part", b"longer than what comes")
        assert await sent("/x", b"new") is True
        assert (get("/x"), get("/x.part")) == (b"new", None)
        put("/x", OLD)
        put("/x.part", b"of another")
        assert "another sha256" in await sent("/x", data, pieces(data, start=10))
        assert (get("/x"), get("/x.part")) == (OLD, None)


async def test_who_knows_nothing_of_a_part_begins_anew():
    data = content(3000)
    with Board():
        put("/x", OLD)
        put("/x.part", b"of another")
        assert await sent("/x", data) is True
        assert (get("/x"), get("/x.part")) == (data, None)
        put("/x.part", b"of another")
        assert "at 0, got 5" in await sent("/x", data, [(5, data[:1024])])
        assert (get("/x"), get("/x.part")) == (data, None)


async def test_a_wrong_place_in_the_middle_keeps_what_has_come():
    data = content(3000)
    with Board():
        assert "got 5" in await sent("/x", data, [(0, data[:1024]), (5, data[1024:2048])])
        assert get("/x.part") == data[:1024]
        assert "got 5" in await sent("/y", data, [(5, data[:1024])])
        assert get("/y.part") is None


async def test_only_one_can_put_a_file_at_a_time():
    data, node = content(5000), FakeNode(auth="off")
    about = {"op": "put", "name": "/x", "size": 5000, "sha256": digest(data)}
    with Board():
        put("/x", OLD)
        async with Peer(node) as first, Peer(node) as other:
            first.say(id=1, **about)
            first.say(data[:1024], id=1, at=0, size=1024)
            await turns()
            refused = []
            for given in (
                about,
                dict(about, name="/x.part"),
                {"op": "remove", "name": "/x"},
                {"op": "remove", "name": "/x.part"},
                {"op": "rename", "name": "/x", "to": "/y"},
                {"op": "rename", "name": "/z", "to": "/x"},
            ):
                for peer in (first, other):
                    refused.append((await peer.ask(id=7, **given))["text"])
            assert len([text for text in refused if text.endswith("is just being put")]) == 12
            for at, piece in pieces(data)[1:]:
                first.say(piece, id=1, at=at, size=len(piece))
            assert await first.answer(1) == {"id": 1, "ok": True}
            assert get("/x") == data
            assert await other.ask(id=8, op="remove", name="/x") == {"id": 8, "ok": True}


async def turns(count=50):
    for _ in range(count):
        await asyncio.sleep_ms(0)


async def test_no_room_is_said_before_anything_comes():
    with Board(blocks=32):
        put("/x", OLD)
        free = os.statvfs("/")[3]
        link = FakeLink(FakeNode(), [])
        data = content(free * 4096)
        answer = await ask("put", "put", link=link, name="/x", size=len(data), sha256=digest(data))
        assert answer.startswith("put /x: no room on the flash: expected " + str(free + 4))
        assert (os.statvfs("/")[3], get("/x"), get("/x.part")) == (free, OLD, None)


async def test_room_that_somebody_else_takes_meanwhile_leaves_the_old_file():
    with Board(blocks=32):
        put("/x", OLD)

        class Link(FakeLink):
            async def part(self, request):
                if len(self.parts) == 38:
                    put("/greedy", content((os.statvfs("/")[3] - 4) * 4096))
                return await FakeLink.part(self, request)

        data = content(40_000)
        link = Link(FakeNode(), pieces(data))
        answer = await ask("put", "put", link=link, name="/x", size=len(data), sha256=digest(data))
        assert answer == "put /x: no room on the flash"
        assert (get("/x"), get("/x.part")) == (OLD, None)


async def test_a_file_that_changes_while_it_leaves_ends_in_a_refusal():
    data = content(5000)
    for change in (lambda: put("/x", content(5000, 2)), lambda: os.remove("/x")):
        with Board():
            put("/x", data)

            class Link(FakeLink):
                async def chunk(self, request, data, change=change):
                    await FakeLink.chunk(self, request, data)
                    if self.chunks == 2:
                        change()

            answer = await ask("get", "get", link=Link(FakeNode()), name="/x")
            assert "get /x: " in answer, answer
        with Board():
            put("/folder/x", data)
            assert "that is a folder" in await ask("get", "get", name="/folder")
            assert "there is none" in await ask("get", "get", name="/no")


async def test_a_long_hash_lets_others_in_all_the_time():
    turns = [0]

    async def others():
        while True:
            turns[0] += 1
            await asyncio.sleep_ms(0)

    with Board():
        put("/x", content(150_000))
        watching = asyncio.create_task(others())
        await ask("hash", "digest", name="/x")
        watching.cancel()
        print(turns[0], "turns of others")
        assert turns[0] > 290


async def test_over_a_whole_link_a_file_comes_and_goes():
    data = content(5000)
    with Board():
        async with Peer() as peer:
            about = {"op": "put", "name": "/x", "size": 5000, "sha256": digest(data)}
            peer.say(id=1, **about)
            for at, piece in pieces(data):
                peer.say(piece, id=1, at=at, size=len(piece))
            assert await peer.answer(1) == {"id": 1, "ok": True}
            assert get("/x") == data
            assert await peer.ask(id=2, op="stat", name="/x") == {"id": 2, "ok": {"size": 5000}}
            assert await peer.ask(id=3, op="mkdir", name="/x.part") == {
                "id": 3,
                "error": "refused",
                "text": "/x.part: .part is for what is on its way",
            }
            put("/empty", b"")
            peer.say(id=4, op="get", name="/empty")
            trailer, _ = await peer.line()
            assert trailer == {"id": 4, "ok": None, "size": 0, "sha256": digest(b"")}


async def test_a_connection_that_dies_in_the_middle_of_a_file_does_not_hold_it_for_good():
    data = content(5000)
    with Board():
        peer = Peer()
        async with peer:
            about = {"op": "put", "name": "/x", "size": 5000, "sha256": digest(data)}
            peer.say(id=1, **about)
            peer.say(data[:1024], id=1, at=0, size=1024)
            await turns()
            for _ in range(10):
                peer.node.server.tick()
            assert peer.node.server.sessions == [peer.session]
            peer.node.server.tick()
            assert peer.node.server.sessions == []
            await turns()
            assert get("/x.part") == data[:1024]

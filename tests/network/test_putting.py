"""A file that is put over links that are cut goes on where it was, in chunks that find memory."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.network.test_real_link import link_to
from tests.network.test_real_node import Installed, installed, real
from tests.support.reference import PASSWORD, UID, HangUp, ReferenceNode, Request, Visit, refuse
from toolkit.model.errors import HungUp, NodeError, RefusedError
from toolkit.model.vault import secret_of
from toolkit.transport import link as link_file
from toolkit.transport import steady
from toolkit.transport.link import Link
from toolkit.transport.putting import LITTLE
from toolkit.transport.steady import Steady

__all__ = ["installed", "real"]  # fixtures

SECRET = secret_of(UID, PASSWORD)
DATA = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(320))  # ten chunks
PART = "/x.part"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_file, "TRIES", ())
    monkeypatch.setattr(steady, "PAUSES", (0.01,))


class Files:
    """A node that takes files; `cuts`: the bytes of each try after which its connection ends."""

    def __init__(self, *cuts: int, part: bytes = b"", memory: int = 1024) -> None:
        self.files: dict[str, bytes] = {PART: part} if part else {}
        self.cuts = list(cuts)
        self.memory = memory  # bytes of a chunk that find some
        self.came: list[tuple[int, int]] = []  # where each try began, how much of it came
        self.chunks: list[int] = []
        self.refusals: list[str] = []
        self.node = ReferenceNode(
            answers={"put": self.put, "stat": self.stat, "hash": self.hash, "remove": self.remove}
        )

    def there(self, request: Request) -> bytes:
        name = request.given["name"]
        return self.files[name] if name in self.files else refuse("refused", "there is none")

    def stat(self, visit: Visit, request: Request) -> Any:
        return {"size": len(self.there(request))}

    def hash(self, visit: Visit, request: Request) -> Any:
        return hashlib.sha256(self.there(request)).hexdigest()

    def remove(self, visit: Visit, request: Request) -> Any:
        return bool(self.there(request)) and self.files.pop(request.given["name"]) != b""

    async def put(self, visit: Visit, request: Request) -> Any:
        if self.refusals:
            refuse("refused", self.refusals.pop(0))
        part = request.given["name"] + ".part"
        came, size = self.files.get(part, b""), request.given["size"]
        came = came if len(came) <= size else b""  # as the node does
        cut = self.cuts.pop(0) if self.cuts else size + 1
        began = got = 0
        while len(came) < size:
            if got >= cut:
                raise HangUp
            message = await request.chunks.get()
            if not got:
                began = message.value["at"]
                came = came if began == len(came) else b""
            assert message.value["at"] == len(came)
            self.chunks.append(len(message.payload))
            if len(message.payload) > self.memory:
                refuse("refused", "not enough memory, free now: 900 bytes")
            came += message.payload
            got += len(message.payload)
            self.files[part] = came
            if not self.came or self.came[-1][0] != began:
                self.came.append((began, 0))
            self.came[-1] = (began, got)
        del self.files[part]
        if hashlib.sha256(came).hexdigest() != request.given["sha256"]:
            refuse("refused", "expected another sha256")
        self.files[request.given["name"]] = came
        return True


def talk(files: Files, what: Callable[[Steady], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with files.node as node:
            talker = Steady(lambda: Link(node.address, node.port, uid=UID, secret=SECRET), 5)
            try:
                return await what(talker)
            finally:
                await talker.close()

    outcome = asyncio.run(run())
    assert files.node.errors == []
    return outcome


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("where", ["memory", "file"])
def test_after_each_cut_only_what_is_missing_goes_again(where: str, tmp_path: Path) -> None:
    files, source = Files(3000, 1, 4000), tmp_path / "source"
    source.write_bytes(DATA)
    talk(files, lambda node: node.put("/x", DATA if where == "memory" else source))
    assert files.files == {"/x": DATA}
    assert files.came == [(0, 3072), (3072, 1024), (4096, 4096), (8192, 2048)]


@pytest.mark.usefixtures("impatient")
def test_a_node_that_says_it_has_little_memory_gets_small_chunks_from_the_first() -> None:
    files = Files(memory=LITTLE)
    files.node.leaf = True
    talk(files, lambda node: node.put("/x", DATA))
    assert files.files == {"/x": DATA}
    assert set(files.chunks) <= {LITTLE, len(DATA) % LITTLE}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("size", [500, len(DATA), len(DATA) + 1])
def test_what_is_no_beginning_of_the_file_is_not_kept(size: int) -> None:
    files = Files(part=b"another" * 2000)
    files.files[PART] = files.files[PART][:size]
    talk(files, lambda node: node.put("/x", DATA))
    assert files.files["/x"] == DATA
    assert files.came == [(0, len(DATA))]


@pytest.mark.usefixtures("impatient")
def test_a_file_that_has_all_come_needs_no_more_bytes() -> None:
    files = Files(part=DATA)
    talk(files, lambda node: node.put("/x", DATA))
    assert files.files == {"/x": DATA}
    assert files.chunks == []


@pytest.mark.usefixtures("impatient")
def test_a_node_without_memory_is_sent_small_chunks() -> None:
    files = Files(memory=LITTLE)

    async def both(node: Steady) -> None:
        await node.put("/x", DATA)
        await (await node.open()).put("/y", DATA)

    talk(files, both)
    assert files.files == {"/x": DATA, "/y": DATA}
    assert {size for size in files.chunks if size != 1024} == {LITTLE, len(DATA) % LITTLE}


@pytest.mark.usefixtures("impatient")
def test_what_is_over_in_a_moment_is_waited_out() -> None:
    files = Files()
    files.refusals = ["not enough memory", "put /x: it is being put", "expected a chunk at 7"]
    talk(files, lambda node: node.put("/x", DATA))
    assert files.files == {"/x": DATA}
    assert files.refusals == []


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("count", "text", "left"), [(2, "no room on the flash", 1), (40, "not enough memory", 27)]
)
def test_what_is_refused_for_good_is_told(count: int, text: str, left: int) -> None:
    files = Files()
    files.refusals = [text] * count
    with pytest.raises(RefusedError, match=text):
        talk(files, lambda node: node.put("/x", DATA))
    assert len(files.refusals) == left


@pytest.mark.usefixtures("impatient")
def test_a_node_that_cuts_for_good_is_left() -> None:
    files = Files(*[0] * 40)
    with pytest.raises(HungUp):
        talk(files, lambda node: node.put("/x", DATA))
    assert len(files.cuts) == 27


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("told", [None, 7, {}, {"size": True}, {"size": -5}, {"size": "7"}])
def test_nonsense_about_what_is_there_is_nothing(told: Any) -> None:
    files = Files()
    files.node.answers["stat"] = told
    talk(files, lambda node: node.put("/x", DATA))
    assert files.came == [(0, len(DATA))]


def test_a_node_that_is_not_there_is_told_at_once() -> None:
    async def run() -> None:
        talker = Steady(lambda: Link("127.77.3.1", 9, uid=UID, secret=SECRET))
        with pytest.raises(NodeError, match="nothing listens there"):
            await talker.put("/x", DATA)

    asyncio.run(run())


def test_a_real_node_goes_on_after_cuts(real: Installed) -> None:
    data = DATA * 20
    sent = cuts = 0

    class Cut(Link):
        """Ends after so many bytes of a payload."""

        async def open(self) -> None:
            await super().open()
            wire = self._requests._wire  # type: ignore[union-attr]
            write, left = wire.write, 50_000 + 10_000 * cuts

            def counted(line: bytes, payload: bytes = b"") -> None:
                nonlocal sent, cuts, left
                write(line, payload)
                sent += len(payload)
                left -= len(payload)
                if left < 0 and cuts < 3:
                    cuts += 1
                    wire.close()

            wire.write = counted  # type: ignore[method-assign]

    async def run() -> bytes:
        place = real.node.address, real.node.port
        secret = real.vault.get(real.node.uid)
        talker = Steady(lambda: Cut(*place, uid=real.node.uid, secret=secret))
        await talker.put("/long", data)
        await talker.close()
        async with link_to(real) as link:
            found = await link.get("/long")
            await link.request("remove", name="/long")
            return found

    assert asyncio.run(run()) == data
    print(f"{len(data)} bytes in {sent}, {cuts} cuts")
    assert cuts == 3
    assert sent < len(data) + 60_000  # each cut costs what had not come yet

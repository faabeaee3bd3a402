"""Firmware over the air for tests of real nodes: a workshop of boards with two partitions, a desk.

Apart from the product, like the rest of the reference: from the protocol's page alone.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from benchmarks.nodes import PASSWORD, Node, Trouble, Workshop
from tests.support.boards import engine_cache, eventually
from tests.support.reference import ReferenceDesk
from toolkit.virtual import image
from toolkit.virtual.engine import provide

BLOCK = 4096
ROOM = 0x180000
_MARK = 8
_STEP = 10  # ms of board time while somebody talks
_LONGEST = 900_000  # ms of board time that anything may take


@pytest.fixture(scope="module")
def ota_workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Nodes on boards that take firmware over the air."""
    where = tmp_path_factory.mktemp("ota") / "virtual"
    with Workshop(where, provide(engine_cache(), print), firmware=image.ota_firmware) as found:
        yield found


def firmware(size: int, chip: str = "esp32", seed: bytes = b"new") -> bytes:
    """An image that a boot loader starts, and behind it enough to have this size.

    What fills it is no pattern: a block is like no other one.
    """
    whole = image.firmware(chip, name=b"another one " + seed)
    fill = b"".join(
        hashlib.sha256(seed + bytes(str(n), "ascii")).digest() for n in range(size // 32 + 1)
    )
    return whole + fill[: size - len(whole)]


def marks(data: bytes) -> bytes:
    """What tells a node which blocks it has already."""
    blocks = [data[at : at + BLOCK].ljust(BLOCK, b"\xff") for at in range(0, len(data), BLOCK)]
    return b"".join(hashlib.sha256(block).digest()[:_MARK] for block in blocks)


class Air(ReferenceDesk):
    """A desk that brings firmware."""

    def __init__(self, node: Node, password: str = PASSWORD, **more: Any) -> None:
        super().__init__(node.address, password=password, **more)

    @staticmethod
    def digest(data: bytes) -> str:
        """What names an image."""
        return hashlib.sha256(data).hexdigest()

    async def do(self, part: str, data: bytes = b"", **given: Any) -> Any:
        """One part without payload; `data` is the image it is about."""
        if data:
            given.setdefault("digest", self.digest(data))
        return await self.ok("update", step="firmware", do=part, **given)

    async def begin(self, data: bytes, **given: Any) -> Any:
        """Where to go on."""
        about = {
            "image": len(data),
            "digest": self.digest(data),
            "head": data[:24].hex(),
            **given,
        }
        return await self.send("update", marks(data), step="firmware", do="begin", **about)

    async def put(self, data: bytes, start: int = 0, end: int | None = None, **given: Any) -> Any:
        """Send a piece of the image."""
        about = {"do": "put", "digest": self.digest(data), "from": start}
        given = {"step": "firmware", **about, **given}
        return await self.send("update", data[start:end], **given)

    async def bring(self, data: bytes) -> None:
        """All up to the commit."""
        begun = await self.begin(data)
        if begun["from"] < len(data):
            await self.put(data, begun["from"])
        assert await self.do("verify", data) == {"digest": self.digest(data)}


def in_partition(node: Node, size: int, offset: int = 0x190000) -> bytes:
    """What the flash of a board holds there."""
    return (node.board.folder / "flash.bin").read_bytes()[offset : offset + size]


def returned(node: Node, before: int) -> None:
    """Wait until it has started again, and serves."""
    banner = "rst:0x"

    def serves() -> bool:
        return "ready at" in node.control.console().rpartition(banner)[2]

    eventually(lambda: node.starts > before and serves(), f"a start after {before}")


class Still:
    """A node whose clock stands but while somebody talks to it; each `on` is a connection."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.control = node.control
        starts = node.starts
        self.control.clock("frozen")  # a start of its own
        self.started(starts)

    @property
    def runs(self) -> str:
        """The partition whose firmware runs."""
        return str(self.control.state()["firmware"])

    def on(self, talk: Callable[[Air], Awaitable[Any]]) -> Any:
        """Talk to it; time passes meanwhile."""

        async def work() -> Any:
            async with Air(self.node) as desk:
                return await talk(desk)

        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(lambda: asyncio.run(work()))
            while not job.done():
                self.control.advance(_STEP)
            return job.result()

    def say(self, line: str) -> str:
        """The answer of the text shell."""
        return str(self.on(lambda desk: desk.ok("run", line=line)))

    def ask(self, part: str, **given: Any) -> Any:
        """One part of the step without a payload."""
        return self.on(lambda desk: desk.do(part, **given))

    def started(self, before: int) -> None:
        """Let time pass until it has started again, and serves."""

        def serves() -> bool:
            if self.node.starts <= before:
                return False
            return "ready at" in self.control.console().rpartition("rst:0x")[2]  # read afterwards

        self.until(serves)

    def until(self, condition: Callable[[], object], step: int = 100) -> int:
        """Let time pass until something is so; the seconds of board time that took."""
        passed = 0
        while not condition():
            if passed > _LONGEST:
                raise Trouble(f"waited in vain: {self.control.console()[-800:]}")
            self.control.advance(step)
            passed += step
        return passed // 1000

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(0, seconds, 5):
            self.control.advance(5_000)

    def commit(self, data: bytes) -> None:
        """Bring firmware, and let it start."""

        async def work(desk: Air) -> None:
            await desk.bring(data)
            assert await desk.do("commit", data) == "committed"

        before = self.node.starts
        self.on(work)
        self.started(before)

    def reset(self) -> None:
        """The button; until it serves again."""
        before = self.node.starts
        self.control.press_reset()
        self.started(before)

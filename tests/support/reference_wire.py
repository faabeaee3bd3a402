"""Login and link, lines on a connection: what desk and node have in common.

Every wait has an end: who waits in vain gets TimeoutError. The end of a connection is EOFError.
"""

import asyncio
import json
from dataclasses import dataclass, field

from tests.support.reference_sums import Direction, Json, text_of

PATIENCE = 20.0  # seconds after which a test gives up; never a measure


class BadLineError(Exception):
    """What came is no line of the link: its tag is wrong, or it is no JSON object."""


@dataclass
class Message:
    """One line that came, its payload, and its number."""

    value: Json
    payload: bytes = b""
    seq: int = 0


@dataclass
class Wire:
    """Lines both ways. Until `ours` and `theirs` are set they carry no tags."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ours: Direction | None = None
    theirs: Direction | None = None
    patience: float = PATIENCE
    sent: list[bytes] = field(default_factory=list)  # each write, as it left: to be replayed
    heard: bytes = b""  # all that came
    last: bytes = b""  # the last line that came, without its LF

    async def raw(self, data: bytes) -> None:
        """Send these bytes."""
        self.sent.append(data)
        self.writer.write(data)
        async with asyncio.timeout(self.patience):
            await self.writer.drain()

    async def send(
        self, value: Json, payload: bytes = b"", *, seq: int | None = None, tag: str | None = None
    ) -> None:
        """Send a line; with a wrong number or a tag of one's own where that is wanted."""
        await self.raw(self.dressed(text_of(value), payload, seq=seq, tag=tag))

    def dressed(
        self, text: bytes, payload: bytes = b"", *, seq: int | None = None, tag: str | None = None
    ) -> bytes:
        """A line as it leaves, with its tag; its number is used up."""
        if self.ours is None:
            return text + b"\n" + payload
        tag = tag or self.ours.tag(text, payload, seq)
        self.ours.seq += 1
        return text + b" " + tag.encode() + b"\n" + payload

    async def bare(self) -> bytes:
        """The next bytes up to an LF, without it."""
        self.last = (await self._until_lf()).removesuffix(b"\n")
        return self.last

    async def _until_lf(self) -> bytes:
        try:
            async with asyncio.timeout(self.patience):
                line = await self.reader.readuntil(b"\n")
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            self.heard += getattr(error, "partial", b"")
            raise EOFError from error
        except asyncio.LimitOverrunError as error:
            raise BadLineError("a line without an end") from error
        self.heard += line
        return line

    async def receive(self) -> Message:
        """The next line with its payload, its tag verified."""
        line = await self.bare()
        text, tag = line, ""
        if self.theirs is not None:
            text, _, last = line.rpartition(b" ")
            tag = last.decode(errors="replace")
        try:
            value = json.loads(text)
        except ValueError as error:
            raise BadLineError(f"{line[:200]!r}") from error
        if not isinstance(value, dict):
            raise BadLineError(f"{line[:200]!r}")
        payload = await self._payload(value) if "at" in value else b""
        seq = 0
        if self.theirs is not None:
            seq = self.theirs.seq
            if tag != self.theirs.tag(text, payload):
                raise BadLineError(f"tag of line {seq}: {line[:200]!r}")
            self.theirs.seq += 1
        return Message(value, payload, seq)

    async def _payload(self, value: Json) -> bytes:
        size = value.get("size")
        if type(size) is not int or not 1 <= size <= 1024:
            raise BadLineError(f"a chunk of {size!r} bytes")
        try:
            async with asyncio.timeout(self.patience):
                data = await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise EOFError from error
        self.heard += data
        return data

    async def end(self) -> bytes:
        """What comes until the other side hangs up."""
        said = b""
        try:
            async with asyncio.timeout(self.patience):
                while piece := await self.reader.read(4096):
                    said += piece
        except ConnectionError:
            pass
        self.heard += said
        return said

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        try:
            async with asyncio.timeout(self.patience):
                await self.writer.wait_closed()
        except ConnectionError:
            pass

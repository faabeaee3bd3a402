"""A relay between desk and node that cuts its connections at random moments, drawn from a seed."""

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random

from tests.support.listener import Listener

LINES = 32  # of the desk, after which a connection has been cut at the latest; 4 are the login


class Scissors(Listener):
    """Listens on loopback and hands on to a node; with `whole` connections live.

    Each connection ends at one line of the desk: before it, within it, behind it, or within its
    answer. `cuts` counts them.
    """

    def __init__(self, address: str, seed: int, port: int = 9008) -> None:
        super().__init__()
        self._node = address, port
        self._random = Random(seed)
        self.cuts: Counter[str] = Counter()
        self.whole = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on what comes, up to the cut."""
        desk, down = reader, writer
        try:
            node, up = await asyncio.open_connection(*self._node)
        except OSError:
            return
        last = 0 if self.whole else self._random.randint(1, LINES)
        back = asyncio.create_task(_pass(node, down))
        try:
            await _lines(desk, up, last)
            if last:
                await self._cut(await desk.readline(), (node, down), up, back)
        except OSError:
            pass
        finally:
            back.cancel()
            for end in (up, down):
                # With a goodbye, or without one.
                (end.transport.abort if self._random.random() < 0.5 else end.close)()

    async def _cut(
        self,
        line: bytes,
        answer: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        up: asyncio.StreamWriter,
        back: asyncio.Task[None],
    ) -> None:
        if not line:
            return  # the desk has hung up before
        how = self._random.choice(("before", "within", "behind", "in the answer"))
        self.cuts[how] += 1
        if how == "before":
            return
        back.cancel()
        await asyncio.wait((back,))
        up.write(line[: self._random.randrange(1, len(line))] if how == "within" else line)
        await up.drain()
        if how == "in the answer":
            node, down = answer
            with suppress(TimeoutError):
                said = await asyncio.wait_for(node.read(65536), 1)
                down.write(said[: self._random.randrange(len(said) + 1)])
                await down.drain()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _lines(desk: asyncio.StreamReader, up: asyncio.StreamWriter, last: int) -> None:
    """Hand on what the desk says, up to the line that is drawn."""
    count = 1
    while count != last and (line := await desk.readline()):
        up.write(line)
        await up.drain()
        count += 1

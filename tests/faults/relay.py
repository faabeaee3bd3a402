"""A relay between desk and node that reads, changes and adds what it likes."""

import asyncio
from collections.abc import Callable

from tests.support.listener import Listener

Change = Callable[[bytes], bytes]


def _as_it_is(data: bytes) -> bytes:
    return data


class Relay(Listener):
    """Listens on loopback; what is written to it goes on to the node, and back.

    `to_node` and `to_desk` change what passes; `inject` and `answer` add to it.
    """

    def __init__(self, address: str, port: int = 9008, source: str = "127.67.99.1") -> None:
        super().__init__()
        self._node = address, port
        self._source = source
        self.to_node: Change = _as_it_is
        self.to_desk: Change = _as_it_is
        self.said = b""  # by the desk
        self.answered = b""  # by the node

    async def inject(self, data: bytes) -> None:
        """Say this to the node, as if the desk had."""
        self._up.write(data)
        await self._up.drain()

    async def answer(self, data: bytes) -> None:
        """Say this to the desk, as if the node had."""
        self._down.write(data)
        await self._down.drain()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hand on both ways."""
        node, up = await asyncio.open_connection(*self._node, local_addr=(self._source, 0))
        self._up, self._down = up, writer
        await asyncio.gather(
            self._pass(reader, up, upwards=True), self._pass(node, writer, upwards=False)
        )

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, upwards: bool
    ) -> None:
        try:
            while data := await reader.read(65536):
                if upwards:
                    self.said += data
                    data = self.to_node(data)
                else:
                    self.answered += data
                    data = self.to_desk(data)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

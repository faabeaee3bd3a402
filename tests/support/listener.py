"""A server on loopback that ends whatever it serves when it ends itself."""

import asyncio
from asyncio.streams import start_server  # tests of the board put their own into asyncio
from typing import Self


class Listener:
    """Listens in an `async with`; who inherits it says in `serve` what becomes of a connection."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.address, self.port = host, port  # 0: a free one, known once it listens

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen."""
        self._loop = asyncio.get_running_loop()
        self._visitors: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server = await start_server(self._visited, self.address, self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no longer; every connection ends."""
        self._server.close()
        for task in list(self._visitors):
            task.cancel()
        await asyncio.gather(*self._visitors, return_exceptions=True)

    def hang_up(self) -> None:
        """End the connections there are, from another thread; whoever comes then is served."""

        def end() -> None:
            for writer in self._visitors.values():
                writer.close()

        self._loop.call_soon_threadsafe(end)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection; it is hung up behind this."""
        raise NotImplementedError

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visitors[task] = writer
        try:
            await self.serve(reader, writer)
        finally:
            del self._visitors[task]
            writer.close()

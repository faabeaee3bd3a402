"""A network that cuts: relays to nodes, which end a connection now and then, by a seed."""

import asyncio
import random
import threading
from collections.abc import Sequence
from typing import Self

from toolkit.model.node import Node

_PIECE = 4096  # bytes


class CuttingNetwork:
    """One relay for each node, on a port of its own on loopback.

    Of all pieces that pass, `share` end their connection, in whichever direction they go.
    """

    def __init__(self, nodes: Sequence[Node], share: float, seed: int = 1) -> None:
        self._nodes = nodes
        self._share = share
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._servers: list[asyncio.Server] = []
        self.cuts = 0
        self.nodes: list[Node] = []  # as they are seen through it

    def __enter__(self) -> Self:
        self._thread.start()
        opening = asyncio.run_coroutine_threadsafe(self._open(), self._loop)
        self.nodes = opening.result(30)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _open(self) -> list[Node]:
        return [await self._relay(node) for node in self._nodes]

    async def _relay(self, node: Node) -> Node:
        async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                far_reader, far_writer = await asyncio.open_connection(node.address, node.port)
            except OSError:
                writer.close()
                return
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pass(reader, far_writer))
                    both.create_task(self._pass(far_reader, writer))
            except* OSError:  # one side has ended, or was cut
                pass
            finally:
                far_writer.close()
                writer.close()

        server = await asyncio.streams.start_server(visit, "127.0.0.1", 0)
        self._servers.append(server)
        return Node(node.uid, node.name, "127.0.0.1", server.sockets[0].getsockname()[1])

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            if self._chance.random() < self._share:
                self.cuts += 1
                writer.write(piece[: len(piece) // 2])
                raise ConnectionResetError("cut")
            writer.write(piece)
            await writer.drain()
        raise ConnectionResetError("ended")

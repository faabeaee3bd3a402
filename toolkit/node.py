"""A node as a Python object, for scripts.

    from toolkit.node import Node

    with Node("node01") as node:
        node.light.rgb(255, 0, 0)
        print(node.run("status"))

A node is found by name, uid or address among those that the toolkit knows, or around as
`node01.local`, and its password in the toolkit's vault. Commands run at most once, over as many
connections as it takes. `AsyncNode` is the same for programs with an event loop of their own.
"""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any, Self

from toolkit.library import Modules
from toolkit.model import paths, vault
from toolkit.model.cache import FILE, Cache
from toolkit.model.errors import HungUp, LoginError
from toolkit.operations.connect import resolve
from toolkit.operations.names import located
from toolkit.transport.jsonline import calling
from toolkit.transport.link import PATIENCE, Link
from toolkit.transport.payload import FILE_LIMIT, Source
from toolkit.transport.steady import Steady
from toolkit.transport.waiting import Waiting

__all__ = ["AsyncNode", "Node"]


class AsyncNode(Modules):
    """A node for programs with asyncio: `await node.light.rgb(255, 0, 0)`."""

    def __init__(self, wanted: str | None = None, *, timeout: float = PATIENCE) -> None:
        self._nodes = Cache(paths.user_data() / FILE).nodes()
        self._wanted = self._target = resolve(wanted, self._nodes)
        self._vault = vault.opened()
        self._timeout = timeout
        self._steady = Steady(self._link)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} at {self._target.where}>"

    @property
    def name(self) -> str:
        """The node's name; where it is, before it has told it."""
        return self._steady.link.name

    @property
    def uid(self) -> str:
        """The node's uid; empty before the first connection to a mere address."""
        return self._steady.link.uid or self._target.uid or ""

    async def open(self) -> None:
        """Connect and log in; whatever needs a connection does so by itself."""
        await self._ready()

    async def close(self) -> None:
        """Hang up."""
        await self._steady.close()

    async def run(self, line: str) -> str:
        """The answer to a line of the text shell."""
        await self._ready()
        return await self._steady.run(line, self._timeout)

    async def call(self, module: str, function: str, /, *args: object, **named: object) -> Any:
        """The value of a function of a load module."""
        await self._ready()
        return await self._steady.once(
            "call", calling(module, function, args, named), self._timeout
        )

    async def request(self, op: str, /, **fields: object) -> Any:
        """The value of any other request, such as `ls` or `stat`."""
        return (await (await self._ready()).ask(op, fields)).end.result()

    async def put(self, name: str, source: Source) -> None:
        """Write a file on the node, from bytes or from a file here."""
        await self._ready()
        await self._steady.put(name, source)

    async def get(self, name: str, into: Path | None = None, *, limit: int = FILE_LIMIT) -> bytes:
        """A file of the node; with `into` it is written there, of `limit` bytes at most."""
        return await (await self._ready()).get(name, into, limit=limit)

    async def watch(self, topic: str, name: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        """What happens on the node, until the loop is left: `log`, `tasks`, `values`."""
        events = (await self._ready()).watch(topic, name)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()

    async def _call(self, module: str, function: str, /, *args: object, **named: object) -> Any:
        return await self.call(module, function, *args, **named)

    async def _ready(self) -> Link:
        if self._steady.link.closed:  # a node may come back at another address
            self._target = await located(self._wanted, self._nodes)
        link = await self._steady.open()
        if link.locked:
            raise LoginError(
                f"{link.name} wants a password and none is kept for {link.uid}: "
                f"open its shell (-c) to type it once"
            )
        return link

    def _link(self) -> Link:
        place = self._target
        return Link(place.address, place.port, uid=place.uid, secret=self._vault.secrets)


class Node(Modules):
    """A node for programs that simply wait: `node.light.rgb(255, 0, 0)`."""

    def __init__(self, wanted: str | None = None, *, timeout: float = PATIENCE) -> None:
        self._node = AsyncNode(wanted, timeout=timeout)
        self._waiting = Waiting()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._node).replace("AsyncNode", "Node", 1)

    @property
    def name(self) -> str:
        """The node's name; where it is, before it has told it."""
        return self._node.name

    @property
    def uid(self) -> str:
        """The node's uid; empty before the first connection to a mere address."""
        return self._node.uid

    def open(self) -> None:
        """Connect and log in; whatever needs a connection does so by itself."""
        self._run(self._node.open())

    def close(self) -> None:
        """Hang up, for good."""
        if not self._waiting.closed:
            self._run(self._node.close())
            self._waiting.close()

    def run(self, line: str) -> str:
        """The answer to a line of the text shell."""
        return self._run(self._node.run(line))

    def call(self, module: str, function: str, /, *args: object, **named: object) -> Any:
        """The value of a function of a load module."""
        return self._run(self._node.call(module, function, *args, **named))

    def request(self, op: str, /, **fields: object) -> Any:
        """The value of any other request, such as `ls` or `stat`."""
        return self._run(self._node.request(op, **fields))

    def put(self, name: str, source: Source) -> None:
        """Write a file on the node, from bytes or from a file here."""
        self._run(self._node.put(name, source))

    def get(self, name: str, into: Path | None = None, *, limit: int = FILE_LIMIT) -> bytes:
        """A file of the node; with `into` it is written there, of `limit` bytes at most."""
        return self._run(self._node.get(name, into, limit=limit))

    def watch(self, topic: str, name: str | None = None) -> Generator[dict[str, Any]]:
        """What happens on the node, until the loop is left: `log`, `tasks`, `values`."""
        events = self._node.watch(topic, name)

        async def following() -> dict[str, Any] | None:
            return await anext(events, None)

        async def end() -> None:
            await events.aclose()

        try:
            while (event := self._run(following())) is not None:
                yield event
        finally:
            if not self._waiting.closed:
                self._run(end())

    def _call(self, module: str, function: str, /, *args: object, **named: object) -> Any:
        return self.call(module, function, *args, **named)

    def _run(self, work: Any) -> Any:
        if self._waiting.closed:
            work.close()
            raise HungUp(f"{self.name} has been hung up on by this program")
        return self._waiting.run(work)

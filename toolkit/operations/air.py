"""Nodes over the link: what is needed of a connection, and long work on it that yields progress."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from toolkit.model.errors import LoginError, NodeError, RefusedError
from toolkit.model.found import system
from toolkit.model.node import Node
from toolkit.model.patience import patient
from toolkit.model.progress import Progress
from toolkit.model.vault import Vault
from toolkit.transport import link

ANSWER = patient(30.0)  # seconds a node may take for a short answer
Result = TypeVar("Result")
Event = TypeVar("Event")
Tell = Callable[[Progress], None]


class Link(Protocol):
    """A connection to a node, logged in; `boot` differs after each of its starts."""

    @property
    def boot(self) -> str:
        """Which start of the node this is."""
        ...

    async def run(self, line: str) -> str:
        """The answer to a line of the shell."""
        ...

    async def request(self, op: str, /, **given: Any) -> Any:
        """The answer to a request."""
        ...

    async def send(self, op: str, source: bytes, /, **given: Any) -> Any:
        """The answer to a request with a payload."""
        ...

    async def put(self, name: str, source: bytes, /) -> None:
        """Write a file."""
        ...

    async def get(self, name: str, into: Path, /) -> bytes:
        """Write a file of the node to `into`."""
        ...


Dial = Callable[[Node], AbstractAsyncContextManager[Link]]


def dialer(vault: Vault) -> Dial:
    """Connects to nodes with the keys that are kept for them; LoginError where there is none."""
    vault.get("")  # secrets that cannot be read are our fault, and no node's

    def dial(node: Node) -> AbstractAsyncContextManager[Link]:
        if system(node.uid) != "ours":
            raise RefusedError(
                f"{node.name} is a micrOS node, which takes nothing of ours over the air: --make "
                "with its board on a cable (docs/migration.md)"
            )
        if vault.get(node.uid) is None:
            raise LoginError(
                f"no password is kept for {node.name} ({node.uid}): open its shell (-c) to type it "
                "once"
            )
        return link.Link(node.address, node.port, uid=node.uid, secret=vault.secrets)

    return dial


async def within(seconds: float, what: str, answer: Awaitable[Result]) -> Result:
    """Wait for a node, so long and no longer; NodeError says what for."""
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError as error:
        raise NodeError(f"no answer to {what} within {seconds:.0f} s") from error


def driven(
    work: Callable[[Callable[[Event], None]], Awaitable[Result]],
) -> Generator[Event, None, Result]:
    """Do the work in an event loop of its own; yields what it tells, returns its result.

    Left early, as by Ctrl-C, whatever still runs is ended.
    """
    with asyncio.Runner() as runner:
        told: asyncio.Queue[tuple[Event, ...]] = asyncio.Queue()
        task = runner.run(_begin(work, told))
        while said := runner.run(told.get()):
            yield said[0]
        return task.result()


async def _begin(
    work: Callable[[Callable[[Event], None]], Awaitable[Result]],
    told: asyncio.Queue[tuple[Event, ...]],
) -> asyncio.Task[Result]:
    async def run() -> Result:
        return await work(lambda event: told.put_nowait((event,)))

    task = asyncio.create_task(run())
    task.add_done_callback(lambda _: told.put_nowait(()))  # the end
    return task

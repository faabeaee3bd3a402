"""`.local` names: multicast DNS tells where such a node is now, the list of nodes who it must be.

Anybody can claim a name. So it decides nothing but where we ask: the login there tells who it is.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from toolkit.model.errors import InputError, NodeError
from toolkit.model.node import LOCAL, Node, is_local
from toolkit.model.patience import patient
from toolkit.model.select import Term
from toolkit.operations import around
from toolkit.operations.connect import resolve
from toolkit.operations.enter import Target

SYSTEM = patient(1.5)  # seconds for the system's own resolver, after multicast DNS

System = Callable[..., Sequence[Any]]  # as socket.getaddrinfo


def place(wanted: str | None, nodes: Sequence[Node], system: System = socket.getaddrinfo) -> Target:
    """Find a node by uid, name or address, and a `.local` name by asking around."""
    target = resolve(wanted, nodes)
    return asyncio.run(located(target, nodes, system)) if is_local(target.address) else target


async def located(
    target: Target, nodes: Sequence[Node], system: System = socket.getaddrinfo
) -> Target:
    """The target, at the address that its `.local` name stands for; others stay as they are."""
    name = target.address
    if not is_local(name):
        return target
    from toolkit.transport.mdns import addresses  # what it needs is not loaded for other targets

    own, inside = around.for_names()
    found = await addresses(name, own, inside.has) or await _by_system(name, system)
    if not found:
        raise NodeError(
            f"nobody answers to {name}: is it on, and in this network? An ESP8266 has no such "
            f"name, and a network may drop the question: a search (-s) finds both"
        )
    if len(found) > 1:
        raise InputError(
            f"several hosts answer to {name}: {', '.join(found[:8])}; say which by its uid "
            f"or address"
        )
    here = [node.uid for node in nodes if (node.address, node.port) == (found[0], target.port)]
    return replace(target, address=found[0], uid=target.uid or (here[-1] if here else None))


def moved(
    nodes: Sequence[Node], terms: Iterable[Term], system: System = socket.getaddrinfo
) -> list[Node]:
    """Nodes that terms name with `.local` where they are now, if they answer; others as known."""
    asked = [
        one
        for term in terms
        if (term.fact, term.sign) == ("name", "=")
        for one in term.values
        if one.endswith(LOCAL)
    ]

    async def now(node: Node) -> Node:
        name = node.name + LOCAL
        if not any(fnmatchcase(name, one) for one in asked):
            return node
        with suppress(NodeError):
            there = await located(Target(name, node.port, node.uid), nodes, system)
            return replace(node, address=there.address)
        return node

    async def everybody() -> list[Node]:
        return list(await asyncio.gather(*map(now, nodes)))

    return asyncio.run(everybody()) if asked else list(nodes)


async def _by_system(name: str, system: System) -> list[str]:
    """What the system's resolver says, within its time: it may have ways that we have not."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def told(found: list[str]) -> None:
        if not answer.done():
            answer.set_result(found)

    def look() -> None:
        found: list[str] = []
        with suppress(OSError, UnicodeError):
            found = [row[4][0] for row in system(name, None, family=socket.AF_INET)]
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(told, found[:1])

    # A thread that may be left alone: an executor would be waited for at the end.
    threading.Thread(target=look, daemon=True).start()
    with suppress(TimeoutError):
        async with asyncio.timeout(SYSTEM):
            return await answer
    return []

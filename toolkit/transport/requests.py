"""Requests under way over one wire: which answer belongs to which, who is silent, what is left."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any, cast

from toolkit.model.errors import (
    HungUp,
    InputError,
    NodeError,
    ToolkitError,
)
from toolkit.transport.answers import MEMORY, Asked, Memory, Sink, error
from toolkit.transport.jsonline import Fields, dump
from toolkit.transport.payload import Pieces
from toolkit.transport.wire import Wire

AT_ONCE = 8  # requests that a node takes at a time
KEEPALIVE = 20.0  # seconds between two signs of life, where a node has not told its patience
PATIENT = range(1, 86_401)  # seconds that a node may keep a silent session
_STRANGE = 100  # lines for requests that nobody has made, before we hang up
_TELL = ("update",)  # operations that tell how far they are, whether anybody listens or not


class Requests:
    """All requests of a connection, from the end of its login on; `close` it.

    While something is asked and nothing comes for `timeout` seconds, the node is asked whether it
    is there; when it stays silent as long again, the connection has ended.
    """

    def __init__(self, wire: Wire, name: str, timeout: float, first: int = 1) -> None:
        self.name = name
        self._wire = wire
        self._timeout = timeout
        self._next = first
        self._asked: dict[int, Asked] = {}
        self._left: set[int] = set()  # what was given up, and may still be answered
        self._strange = 0
        self._room = asyncio.Semaphore(AT_ONCE)
        self._heard = self._sent = self._now()
        self._probing = False
        self._alive = KEEPALIVE
        self._sooner = asyncio.Event()
        self._why: Callable[[], ToolkitError] | None = None
        self._tasks = [asyncio.create_task(one) for one in (self._listen(), self._pulse())]

    @property
    def closed(self) -> bool:
        """Whether the connection has ended."""
        return self._why is not None

    async def close(self) -> None:
        """Hang up; whatever is still asked ends with HungUp."""
        self._end(lambda: HungUp(f"{self.name} was hung up on"))
        await self._rest()

    async def _rest(self) -> None:
        """End what listens."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def release(self) -> Wire:
        """End here and leave the connection open: what comes on it now is no link any more."""
        if self._why:
            raise self._why()
        self._why = lambda: HungUp(f"{self.name} goes on as text")
        await self._rest()
        return self._wire

    async def ask(
        self,
        fields: Fields,
        pieces: Pieces | None = None,
        *,
        at: int = 0,
        sink: Sink | None = None,
        timeout: float,
    ) -> Asked:
        """A request from its line to its end; its payload lies at `at` of the whole.

        `timeout` is for each part of its answer.
        """
        async with self._room:
            asked = Asked(self._next, raw=sink is not None, sink=Memory() if sink is None else sink)
            if fields.get("op") in _TELL:
                asked.events = deque()
            try:
                self._begin(asked, fields)
                if pieces:
                    await self._pour(asked, pieces, at)
                await self._end_of(asked, timeout)
            finally:
                self._leave(asked)
        return asked

    async def watch(self, fields: Fields) -> AsyncGenerator[dict[str, Any]]:
        """The events of a request that has no end of its own."""
        async with self._room:
            asked = Asked(self._next, events=deque())
            learning = None
            try:
                self._begin(asked, fields)
                learning = asyncio.create_task(self._stay_alive())
                while True:
                    await asked.news.wait()
                    for event in asked.happened():
                        yield event
                    if asked.end.done():
                        asked.end.result()
                        return
            finally:
                if learning:
                    learning.cancel()
                self._leave(asked)

    async def _stay_alive(self) -> None:
        """From now on give signs of life twice in the time that the node is patient."""
        try:
            told = (await self.ask({"op": "conf"}, timeout=self._timeout)).end.result()
        except ToolkitError:  # it has no memory for that, or is gone, as the watch will hear
            return
        patience = cast(dict[str, object], told).get("soctout") if isinstance(told, dict) else None
        if isinstance(patience, int) and patience in PATIENT:
            self._alive = patience / 2
            self._sooner.set()

    def _begin(self, asked: Asked, fields: Fields) -> None:
        if self._why:
            raise self._why()
        self._write({"id": asked.number, **fields})
        self._asked[asked.number] = asked
        self._next += 1

    def _leave(self, asked: Asked) -> None:
        """Forget a request; what has not ended is cancelled on the node."""
        if not self._asked.pop(asked.number, None) or asked.end.done() or self._why:
            return
        self._left.add(asked.number)
        with suppress(InputError):
            self._write({"id": self._fresh(), "op": "cancel", "of": asked.number})

    def _fresh(self) -> int:
        """The id of a request whose answer nobody waits for."""
        number = self._next
        self._next += 1
        self._left.add(number)
        return number

    async def _end_of(self, asked: Asked, timeout: float) -> None:
        while not asked.end.done():
            quiet = self._now() - asked.moved
            if quiet >= timeout:
                raise NodeError(f"{self.name} has not answered within {timeout:g} s")
            await asyncio.wait((asked.end,), timeout=timeout - quiet)

    async def _pour(self, asked: Asked, pieces: Pieces, at: int) -> None:
        """Send the payload, as fast as the node takes it; an early answer ends that."""
        while not asked.end.done() and (piece := pieces()):
            self._write({"id": asked.number, "at": at, "size": len(piece)}, piece)
            at += len(piece)
            drained = asyncio.ensure_future(self._wire.drain())
            try:
                await asyncio.wait((drained, asked.end), return_when=asyncio.FIRST_COMPLETED)
            finally:
                drained.cancel()
            asked.moved = self._now()

    def _write(self, fields: Fields, payload: bytes = b"") -> None:
        self._wire.write(dump(fields, self._wire.hide), payload)
        self._sent = self._now()

    async def _listen(self) -> None:
        """Give every line to the request it belongs to, until the connection ends."""
        try:
            while True:
                fields, payload = await self._wire.read()
                self._heard, self._probing = self._now(), False
                self._take(fields, payload)
        except NodeError as ended:
            kind, text = type(ended), str(ended)
            self._end(lambda: kind(text))

    def _take(self, fields: Fields, payload: bytes) -> None:
        number = fields.get("id")
        if type(number) is not int:
            raise self._broken("a line without an id")
        asked = self._asked.get(number)
        if asked:
            asked.moved = self._now()
            try:
                asked.take(self.name, fields, payload)
            except ValueError as wrong:
                raise self._broken(str(wrong)) from None
        elif number in self._left:
            if "ok" in fields or "error" in fields:
                self._left.discard(number)
        else:
            self._unasked(number, fields)

    def _unasked(self, number: int, fields: Fields) -> None:
        """A line that belongs to no request: the node's complaint, or nonsense."""
        if number == 0 and "error" in fields:
            why = f"{self.name} ended the link: {error(self.name, fields)}"
            raise HungUp(why) if MEMORY in why else NodeError(why)
        self._strange += 1
        if self._strange > _STRANGE:
            raise self._broken("answers to what nobody asked")

    def _broken(self, what: str) -> NodeError:
        return NodeError(f"{self.name} was hung up on: it sent {what}")

    def _end(self, why: Callable[[], ToolkitError]) -> None:
        if self._why is None:
            self._why = why
        self._wire.close()
        for asked in self._asked.values():
            asked.fail(self._why())

    async def _pulse(self) -> None:
        """Look whether the node is there while something is asked, and keep a watch alive."""
        while self._why is None:
            self._sooner.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(self._timeout, self._alive) / 4):
                    await self._sooner.wait()
            quiet, idle = self._now() - self._heard, self._now() - self._sent
            if not self._asked:
                self._heard = self._now()  # nobody has waited for anything
            elif self._probing and quiet > 2 * self._timeout:
                self._end(lambda: HungUp(f"{self.name} has fallen silent"))
            elif not self._probing and (quiet > self._timeout or idle > self._alive):
                self._probing = True
                self._write({"id": self._fresh(), "op": "hello"})

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

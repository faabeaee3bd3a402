"""Commands to one node over as many links as it takes; none of them runs twice.

A command carries a number of its own. After a cut it is asked for again with that number and its
age, and the node tells what came of it, runs it when it never came, or does not know.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from toolkit.model.errors import (
    Busy,
    HungUp,
    NodeError,
    RefusedError,
    UnknownOutcome,
    ValueLost,
)
from toolkit.model.patience import patient
from toolkit.model.text import clean
from toolkit.transport.answers import MEMORY, Asked
from toolkit.transport.jsonline import calling
from toolkit.transport.link import PATIENCE, Link
from toolkit.transport.payload import Source
from toolkit.transport.putting import Putting

OLDEST = 600_000  # ms after which a node is not asked any more
BACK = patient(30.0)  # seconds to wait for a node that went away in the middle of a command
PAUSES = (0.1, 0.3, 0.6, 1.0, 2.0)  # seconds between two tries; the last again and again
TRIES = 4  # of what is refused for want of memory
UNBEGUN = "unbegun"  # the kind of a refusal of what certainly has not run


class Steady:
    """A node that is talked to; `link` is the connection at hand, made anew when it has ended."""

    def __init__(self, make: Callable[[], Link], back: float = BACK) -> None:
        self._make = make
        self._back = back
        self.link = make()
        self._opening = asyncio.Lock()

    async def open(self) -> Link:
        """The open link; a new one when that has ended."""
        async with self._opening:
            if self.link.closed:
                fresh = self._make()
                await fresh.open()
                self.link = fresh
            return self.link

    async def close(self) -> None:
        """Hang up."""
        await self.link.close()

    async def run(self, line: str, timeout: float = PATIENCE, tries: int = TRIES) -> str:
        """The answer to a line of the text shell, which runs at most once."""
        return clean(str(await self.once("run", {"line": line}, timeout, tries)))

    async def tell(self, line: str, tries: int = TRIES) -> str:
        """The answer to a line that only tells: no harm when it runs twice."""
        return clean(str(await self.again("run", {"line": line}, tries)))

    async def call(self, module: str, function: str, /, *args: object, **named: object) -> Any:
        """The value of a function of a load module, which runs at most once."""
        return await self.once("call", calling(module, function, args, named))

    async def once(
        self,
        op: str,
        fields: Mapping[str, object],
        timeout: float = PATIENCE,
        tries: int = TRIES,
    ) -> Any:
        """The value of a `run` or a `call`; `tries` is how often memory may lack for its begin."""
        attempt = _Attempt(timeout)
        while True:
            link = await (self._known_again() if attempt.tries else self.open())
            attempt.check(link)
            try:
                return _value(
                    link.name, await link.ask(op, {**fields, **attempt.number()}, timeout)
                )
            except (HungUp, Busy) as error:
                await attempt.pause(error, link.name)
            except RefusedError as refusal:
                if refusal.kind == UNBEGUN and attempt.tries >= tries:
                    raise
                if attempt.is_final(refusal):
                    raise attempt.first or refusal from None
                await attempt.pause(refusal, link.name)

    async def again(self, op: str, fields: Mapping[str, object], tries: int = TRIES) -> Any:
        """The value of a request that does no harm when it is done twice."""
        for number in range(TRIES):
            try:
                return (await (await self.open()).ask(op, fields)).end.result()
            except (HungUp, Busy):
                pass
            except RefusedError as refusal:
                if MEMORY not in str(refusal) or number + 1 >= tries:
                    raise
            await _pause(number)
        return (await (await self.open()).ask(op, fields)).end.result()

    async def put(self, name: str, source: Source) -> None:
        """Write a file on the node; after a cut only what is missing goes again."""
        putting = Putting(name, source)
        while True:
            link = await (self._back_again() if putting.begun else self.open())
            try:
                return await putting.over(link)
            except (HungUp, Busy, RefusedError) as error:
                if not putting.again(error):
                    raise
            await _pause(putting.idle)

    async def _known_again(self) -> Link:
        """A new link to a node that has got a command; UnknownOutcome when it stays away."""
        try:
            return await self._back_again()
        except NodeError as error:
            raise UnknownOutcome(f"{error}; whether the command has run is not known") from error

    async def _back_again(self) -> Link:
        """A new link to a node that went away; NodeError when it stays away."""
        end = time.monotonic() + self._back
        for number in range(1000):
            try:
                return await self.open()
            except NodeError:
                if time.monotonic() > end:
                    raise
            await _pause(number)
        raise AssertionError


class _Attempt:
    """One command: its number, since when it is under way, how often it was sent."""

    def __init__(self, timeout: float) -> None:
        self.tries = 0
        self.first: RefusedError | None = None
        self._boot = ""
        self._timeout = timeout
        self._rid = secrets.token_hex(8)
        self._began = 0.0

    def number(self) -> dict[str, object]:
        """What tells the node that this is the same command as before."""
        self.tries += 1
        if self.tries == 1:
            self._began = time.monotonic()
            return {"rid": self._rid}
        return {"rid": self._rid, "age": self._age()}

    def check(self, link: Link) -> None:
        """UnknownOutcome when nobody can tell any more what came of the first sending."""
        if not self.tries:
            self._boot = link.boot
        elif link.boot != self._boot:
            raise UnknownOutcome(
                f"{link.name} has started anew meanwhile: whether the command has run is not known"
            )
        elif self._age() > OLDEST:
            raise UnknownOutcome(
                f"{link.name} was away for too long: whether the command has run is not known"
            )

    def is_final(self, refusal: RefusedError) -> bool:
        """Whether a refusal stands: all but a moment without memory, before anything was begun.

        A node that had begun keeps what came of it, and repeats that in few words.
        """
        again = MEMORY in str(refusal) and self.tries < TRIES
        if again and self.first is None:
            self.first = refusal
        elif not again and MEMORY not in str(refusal) and "see log" not in str(refusal):
            self.first = None
        return not again

    async def pause(self, error: NodeError | RefusedError, name: str) -> None:
        """Wait before the next try; give up when the time for an answer is over."""
        if time.monotonic() - self._began > self._timeout:
            raise UnknownOutcome(
                f"{name} has told no end within {self._timeout:g} s: {error}"
            ) from error
        await _pause(self.tries)

    def _age(self) -> int:
        return int((time.monotonic() - self._began) * 1000)


async def _pause(number: int) -> None:
    await asyncio.sleep(PAUSES[min(number, len(PAUSES) - 1)])


def _value(name: str, asked: Asked) -> Any:
    value = asked.end.result()
    if asked.cut:
        raise ValueLost(f"{name} has run the command; its answer was lost with the connection")
    return value

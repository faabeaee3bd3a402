"""Lines of a session that a link has proven and that goes on as text: nodes short of memory.

Nothing has a tag any more, so no secret is sent here. The peer is bounded as on the text shell.
"""

import asyncio

from toolkit.model.errors import HungUp, NodeError, UnknownOutcome
from toolkit.transport.framing import QUIET, Framing, Reply
from toolkit.transport.textshell import ENDING
from toolkit.transport.wire import Wire

_TRICKLE = 4  # an answer may take this many timeouts in all, however steadily it comes


class TextLines:
    """The connection of a link after its `text`; `name` is the node's, as its prompt tells it."""

    def __init__(self, wire: Wire, name: str) -> None:
        self.name = name
        self._wire = wire
        self._framing = Framing()
        self._configuring = False
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether there is no connection."""
        return self._closed or self._wire.ended

    def close(self) -> None:
        """Hang up."""
        self._closed = True
        self._wire.close()

    async def greeted(self, timeout: float) -> None:
        """Wait for the first prompt; HungUp when none comes."""
        try:
            self._see(await self._reply(timeout))
        except NodeError as error:
            self.close()
            raise HungUp(str(error)) from None

    async def command(self, line: str, timeout: float, *, configuring: bool) -> str:
        """The answer to a line, said in config mode or out of it. Never sent twice."""
        if configuring != self._configuring:
            await self._ask("conf" if configuring else "noconf", timeout)
        return await self._ask(line, timeout)

    async def _ask(self, line: str, timeout: float) -> str:
        self._framing.clear()
        self._wire.say(line.encode() + b"\n")
        try:
            return self._see(await self._reply(timeout))
        except HungUp as ended:
            self.close()
            if line.split(maxsplit=1)[0] in ENDING:
                return self._framing.rest()
            raise UnknownOutcome(f"{ended} before it had answered {line!r:.60}") from None

    def _see(self, reply: Reply) -> str:
        if reply.locked:
            self.close()
            raise HungUp(f"{self.name} wants its login anew")
        self.name, self._configuring = reply.name, reply.configuring
        return reply.text

    async def _reply(self, timeout: float) -> Reply:
        end = asyncio.get_running_loop().time() + timeout * _TRICKLE
        while True:
            patience = QUIET if self._framing.plausible else timeout
            try:
                async with asyncio.timeout(patience):
                    data = await self._wire.heard()
            except TimeoutError:
                reply, late = self._framing.reply(quiet=True), True
            else:
                if not data:
                    raise HungUp(f"{self.name} hung up")
                self._framing.feed(data)
                reply, late = (
                    self._framing.reply(),
                    asyncio.get_running_loop().time() > end,
                )
            if reply:
                return reply
            if late:
                self.close()
                raise NodeError(f"{self.name} has not answered within {timeout:g} s")

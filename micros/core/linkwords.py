"""A word of the shell over the link: what it says becomes one text. Loaded for one."""

import json

from core.once import once
from core.session import TABLE
from micropython import const

_PIECE = const(512)  # characters of an answer that leave together


async def speak(link, request):
    """Let a word of the shell answer."""
    word, _, rest = request.given["line"].partition(" ")
    session = speaker(link, request)
    work = getattr(once(TABLE[word]), word)
    link.node.executor.running = None  # what is refused from here on may have begun
    reply = work(link.node, session, rest.strip())
    return await session.told(await reply if hasattr(reply, "send") else reply)


def speaker(link, request):
    """Return what stands for the session of a text shell."""
    made = Speaker()
    made.link, made.request, made.node = link, request, link.node
    made.session = link.session  # whose connection outlives a change of the key
    made.early, made.stream = link.session.early, made
    return made


class Speaker:
    """What a word of the shell takes for its session: lines it says become one text."""

    configuring = half_open = False
    open = True
    out = None

    async def say(self, text):
        """Add lines; they leave in pieces, as the text of a JSON string."""
        self.out = text if self.out is None else self.out + "\n" + text
        while len(self.out) >= _PIECE:
            piece = json.dumps(self.out[:_PIECE])[1:-1].encode()
            self.out = self.out[_PIECE:]
            await self.leave(piece if self.request.sent else b'"' + piece)

    async def leave(self, data):
        """Send a piece."""
        for at in range(0, len(data), 1024):
            await self.link.chunk(self.request, data[at : at + 1024])

    async def told(self, reply):
        """Return the whole text; what has left in part, leaves."""
        if reply is not None:
            await self.say(reply)
        if not self.request.sent:
            return self.out or ""
        await self.leave(json.dumps(self.out)[1:].encode())
        return None

    async def end(self, text):
        """Answer at once: what follows ends the connection."""
        link, request = self.link, self.request
        request.stays = True
        await link.load("linkout").answer(link, request, None, await self.told(text))

    async def wait_closed(self):
        """End the connection."""
        self.link.open = False
        self.session.task.cancel()

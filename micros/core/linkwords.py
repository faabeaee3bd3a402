"""A word of the shell over the link: what it says becomes one text. Loaded for one."""

import json

from core.once import once
from core.session import TABLE
from micropython import const

_PIECE = const(700)  # characters of an answer that leave together


async def speak(link, request):
    """Let a word of the shell answer."""
    word, _, rest = request.given["line"].partition(" ")
    speaker = Speaker(link, request)
    reply = getattr(once(TABLE[word]), word)(link.node, speaker, rest.strip())
    if hasattr(reply, "send"):
        reply = await reply
    return await speaker.told(reply)


class Speaker:
    """What a word of the shell takes for its session: lines it says become one text."""

    configuring = half_open = False
    open = True
    out = ""
    said = False  # something, which a line break is to follow
    early = False

    def __init__(self, link, request):
        self.link = link
        self.request = request
        self.node = link.node
        self.session = link.session  # whose connection outlives a change of the key
        self.address = link.session.address
        self.early = getattr(link.session, "early", False)
        self.stream = self

    async def say(self, text):
        """Add lines."""
        self.out += "\n" + text if self.said else text
        self.said = True
        while len(self.out) >= _PIECE:
            piece, self.out = self.out[:_PIECE], self.out[_PIECE:]
            await self._leave(piece, b"" if self.request.sent else b'"')

    async def _leave(self, text, before=b"", after=b""):
        data = before + json.dumps(text)[1:-1].encode() + after
        for at in range(0, len(data), 1024):
            await self.link.chunk(self.request, data[at : at + 1024])

    async def told(self, reply):
        """The whole text; what has left in part, leaves."""
        if reply is not None:
            await self.say(reply)
        if not self.request.sent:
            return self.out
        await self._leave(self.out, after=b'"')
        return None

    async def end(self, text):
        """Answer at once: what follows ends the connection."""
        self.request.stays = True
        self.request.over = True
        await self.link.answer(self.request, None, await self.told(text))

    async def wait_closed(self):
        """End the connection."""
        self.link.open = False

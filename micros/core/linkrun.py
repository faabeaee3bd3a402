"""Commands over the link: a line of the shell, or a call with values. Loaded for one."""

import json

from core.errors import CommandError
from core.executor import Command
from core.once import once
from core.session import TABLE
from micropython import const

_PIECE = const(700)  # characters of an answer that leave together
_PEOPLE = const(" conf configure config noconf noconfigure exit webrepl ")


async def run(link, request):
    """The op: any line of the text shell but what changes the conversation itself."""
    line = request.given.get("line")
    if not isinstance(line, str):
        raise CommandError("expected a line of text")
    if "rid" in request.given and link.load("linkrid").known(link, request):
        return None
    line = line.strip()
    word, _, rest = line.partition(" ")
    if " %s " % word in _PEOPLE:
        raise CommandError("'%s' is for people at the text shell" % word)
    if line == "hello":
        return link.session.answer(line)
    if word in TABLE:
        speaker = Speaker(link, request)
        reply = getattr(once(TABLE[word]), word)(link.node, speaker, rest.strip())
        if hasattr(reply, "send"):
            reply = await reply
        return await speaker.told(reply)
    if not line:
        return ""
    reply = link.node.executor.answer(line)
    return await reply if hasattr(reply, "send") else reply


async def call(link, request):
    """The op: call a function with values; its value as it is."""
    given = request.given
    module, function, args = [given.get(name) for name in ("module", "function", "args")]
    named = given.get("named") or {}
    texts = isinstance(module, str) and isinstance(function, str)
    if not (texts and isinstance(args or [], list) and isinstance(named, dict)):
        raise CommandError("expected module, function, a list of args, an object of named ones")
    if "rid" in given and link.load("linkrid").known(link, request):
        return None
    command = Command((module, function), list(args or []))
    for name in named:
        command.named[name] = (len(command.args), named[name])
        command.args.append("%s=%s" % (name, named[name]))
    value = link.node.executor.perform(command)
    return await value if hasattr(value, "send") else value


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
        self.link.end()

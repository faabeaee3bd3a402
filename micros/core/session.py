"""One conversation on the text shell: bytes to lines, lines to answers."""

import asyncio

from core.once import once
from micropython import const

_CHUNK = const(512)  # bytes taken from the socket at a time
_LONGEST = const(1024)  # bytes of a line
_PIECE = const(1024)  # bytes of an answer that leave in one write
_SHORT = const(250)  # characters of an answer that certainly are no more than that
_GLANCE = const(20)  # ms between two looks for bytes while silence is waited for
_SILENCE = const(10)  # such looks end the line of a client that never sends a newline
_IAC = const(255)  # telnet's own commands begin with it


class Lines:
    """Bytes in, whole lines out; what is too long comes out as None, once."""

    def __init__(self):
        self.newline = False  # has this client ever ended a line by itself?
        self.waiting = False  # has a line begun?
        self._rest = b""
        self._skipping = False
        self._telnet = None

    def feed(self, data):
        """The lines that these bytes complete; None instead of bytes: silence ends the line."""
        if data is None:
            data = b"\n"
        else:
            if self._telnet or _IAC in data:
                self._telnet = self._telnet or once("core.telnet").Telnet()
                data = self._telnet.swallow(data)
            self.newline = self.newline or b"\n" in data
        pieces = data.split(b"\n")
        pieces[0] = self._rest + pieces[0]
        rest = pieces.pop()
        if pieces:
            if self._skipping or len(pieces[0].rstrip(b"\r")) > _LONGEST:
                pieces[0] = None
            self._skipping = False
        if self._skipping or len(rest) > _LONGEST + 1:  # one more: a CR may stand before the LF
            self._skipping = True
            rest = b""
        self._rest = rest
        self.waiting = self._skipping or rest != b""
        return pieces


class Session:
    """Prompt, modes and answers of one connection; its server counts its seconds."""

    def __init__(self, stream, address, words, sleep_ms=asyncio.sleep_ms):
        self.stream = stream
        self.address = address
        self.mode = words.node.config.get("auth")  # who must log in: on, link (no text) or off
        self.owed = self.mode == "on"  # this text client still owes its password
        self.half_open = True  # until it has logged in, or sent a line where nobody must
        self.configuring = False
        self.open = True
        self.age = 0  # s
        self.idle = 0  # s since the last byte came
        self.stalled = -1  # s for which the other side takes nothing, -1: it takes
        self.task = None
        self.words = words
        self.sleep_ms = sleep_ms
        self._lines = Lines()
        self._mark = words.name + " $"
        self._out = b""

    async def run(self):
        """Talk until either side has enough; only the closing is left to the server."""
        try:
            self.stream.write(self.prompt().encode())
            data = await self._receive()
            if data[:1] == b"{":
                self.stream.write(once("core.words").LINK)
                return
            while data != b"":
                await self.take(self._lines.feed(data))
                if not self.open:
                    return
                data = await self._receive()
            if self._lines.waiting and not self._lines.newline:
                await self.take(self._lines.feed(None))  # nothing more will come
        except OSError:
            return  # the other side is gone

    async def _receive(self):
        """The next bytes, b"" at the end, None when silence has ended a line."""
        data = None
        if self._lines.newline or not self._lines.waiting:
            data = await self.stream.read(_CHUNK)
        else:
            looks = _SILENCE
            while data is None and looks:
                await self.sleep_ms(_GLANCE)
                data = self.stream.s.read(_CHUNK)
                looks -= 1
        if data is not None:
            self.idle = 0
        return data

    async def take(self, lines):
        """Answer these lines in order."""
        for index, line in enumerate(lines):
            if index:
                await self.sleep_ms(0)  # a packet full of commands is not alone here
            reply = self._reply(line)
            if hasattr(reply, "send"):
                reply = await reply
            if self.half_open and self.mode == "off":
                self.half_open = False
            await self.end(reply)
            if not self.open:
                return

    def _reply(self, line):
        """The answer to a line: text, None, or a coroutine of them."""
        try:
            text = line.decode().strip()
        except (AttributeError, UnicodeError):  # a line that was too long is None
            return "refused: expected a line of UTF-8 text, at most %d bytes" % _LONGEST
        return self.words.answer(self, text) if text else None

    def prompt(self):
        """[password] node01 $"""
        if self.configuring or self.owed:
            mode = "[configure] " if self.configuring else ""
            return ("[password] " if self.owed else "") + mode + self._mark + " "
        return self._mark + " "

    async def say(self, text):
        """Add lines to the answer; they leave in pieces, the last together with the prompt."""
        if self._mark in text:  # to the other side that would be the prompt
            text = text.replace(self._mark, self._mark[:-1] + "\\$")
        for at in range(0, len(text), _PIECE):  # the whole of a long text is not copied at once
            self._out += text[at : at + _PIECE].encode()
            while len(self._out) >= _PIECE:
                await self._write(self._out[:_PIECE])
                self._out = self._out[_PIECE:]
        self._out += b"\n"

    async def end(self, text=None):
        """End the answer: its last lines and the prompt, in one write."""
        prompt = self.prompt() if self.open else ""
        if text is None:
            tail = self._out + prompt.encode()
        elif self._out or len(text) > _SHORT or self._mark in text:
            await self.say(text)
            tail = self._out + prompt.encode()
        else:
            tail = (text + "\n" + prompt).encode()
        self._out = b""
        await self._write(tail)

    async def _write(self, data):
        self.stream.write(data)
        if self.stream.out_buf:
            self.stalled = 0
            await self.stream.drain()
            self.stalled = -1

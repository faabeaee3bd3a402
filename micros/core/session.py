"""One conversation on the text shell: bytes to lines, lines to answers."""

import asyncio

from core.once import Rare, once
from micropython import const

_CHUNK = const(512)  # bytes taken from the socket at a time
_LITTLE = const(32)  # where there is no memory for that
_SPARING = const(96)  # of a link on a leaf: what waits there is copied again and again
_LONGEST = const(1024)  # bytes of a line
_SHORT = const(250)  # characters of an answer that certainly are no more than that
_GLANCE = const(20)  # ms between two looks for bytes while silence is waited for
_SILENCE = const(10)  # such looks end the line of a client that never sends a newline
_IAC = const(255)  # telnet's own commands begin with it
# The shell's own words, each with the file whose function of that name answers it. The function
# takes (node, session, rest of the line); the file is loaded for the answer and dropped.
TABLE = {
    "help": "help",
    "version": "words",
    "modules": "words",
    "status": "status",
    "log": "words",
    "task": "task",
    "cron": "cronword",
    "conf": "words",
    "configure": "words",
    "config": "words",
    "noconf": "words",
    "noconfigure": "words",
    "keep": "trial",
    "update": "upword",
    "reboot": "words",
    "webrepl": "words",
    "exit": "words",
}


class Session(Rare):
    """Lines, modes and answers of one connection; its server counts its seconds.

    say(text), awaited, adds lines to an answer; ask() makes the prompt anew, after a change of what
    it shows. Both are in the file below.
    """

    file = "reply"
    half_open = True  # until it has logged in, or sent a line where nobody must
    configuring = early = False  # in config mode; here since before settings went on trial
    open = True
    link = None  # this side of it, once the first byte has shown that a program talks
    age = 0  # s
    idle = 0  # s since the last byte came
    stalled = -1  # s for which the other side takes nothing, -1: it takes
    out = b""  # lines of an answer that have not left yet
    _newline = False  # has this client ever ended a line by itself?
    _rest = b""  # of a line that has begun
    _skipping = False  # it is too long
    _telnet = None

    def __init__(self, stream, address, node, sleep_ms=asyncio.sleep_ms):
        self.stream = stream
        self.address = address
        self.node = node
        self.sleep_ms = sleep_ms
        self.mode = node.config.get("auth")  # who must log in: on, link (no text) or off
        self.owed = self.mode == "on"  # this text client still owes its password
        self.ask()

    async def run(self):
        """Talk until either side has enough; only the closing is left to the server."""
        try:
            await self.write(self.prompt.encode())
            data = await self.incoming()
            if data[:1] == b"{" and self.owed is not None:  # not after a link
                self.link = data  # the server goes on
                return
            while data != b"":
                try:
                    lines = self.feed(data)
                except MemoryError:  # what has come is lost: each of its lines is refused
                    lines = [None] * (data or b"\n").count(b"\n")
                    self._rest = b""
                    self._skipping = data is not None and data[-1:] != b"\n"
                await self.take(lines)
                if not self.open:
                    return
                data = await self.incoming()
            if self._begun() and not self._newline:
                await self.take(self.feed(None))  # nothing more will come
        except OSError:
            return  # the other side is gone

    def _begun(self):
        return self._skipping or self._rest != b""

    async def incoming(self):
        """The next bytes, b"" at the end, None when silence has ended a line."""
        data = None
        if self._newline or not self._begun():
            try:
                # A link takes few requests at a time where there is little memory.
                size = _SPARING if self.link and self.link.most < 8 else _CHUNK
                data = await self.stream.read(size)
            except MemoryError:
                self.node.executor.held.clear()
                data = await self.stream.read(_LITTLE)
        else:
            looks = _SILENCE
            while data is None and looks:
                await self.sleep_ms(_GLANCE)
                data = self.stream.s.read(_CHUNK)
                looks -= 1
        if data is not None:
            self.idle = 0
        return data

    def feed(self, data):
        """The lines that these bytes complete; None instead of bytes: silence ends the line.

        What is too long comes out as None, once.
        """
        if data is None:
            data = b"\n"
        else:
            if self._telnet or _IAC in data:
                self._telnet = self._telnet or once("telnet").Telnet()
                data = self._telnet.swallow(data)
            self._newline = self._newline or b"\n" in data
        lines = data.split(b"\n")
        lines[0] = self._rest + lines[0]
        rest = lines.pop()
        if lines:
            if self._skipping or len(lines[0].rstrip(b"\r")) > _LONGEST:
                lines[0] = None
            self._skipping = False
        if self._skipping or len(rest) > _LONGEST + 1:  # one more: a CR may stand before the LF
            self._skipping = True
            rest = b""
        self._rest = rest
        return lines

    async def take(self, lines):
        """Answer these lines in order."""
        for index, line in enumerate(lines):
            if index:
                await self.sleep_ms(0)  # a packet full of commands is not alone here
            if self.half_open and self.mode == "off":
                self.half_open = False
            try:
                reply = self._reply(line)
                if hasattr(reply, "send"):
                    reply = await reply
                await self.end(reply)
            except MemoryError:
                self.node.executor.held.clear()
                if line and line[:9].strip()[:6] == b"reboot" and not self.half_open:
                    self.node.reset()
                self.out = b""
                await self.end("refused: not enough memory")
            if not self.open:
                return

    def _reply(self, line):
        """The answer to a line: text, None, or a coroutine of them."""
        try:
            text = line.decode().strip()
        except (AttributeError, UnicodeError):  # a line that was too long is None
            return once("reply").NO_LINE % _LONGEST
        return self.answer(text) if text else None

    def answer(self, line):
        """The answer to a line of text: text, None, or a coroutine of one of them."""
        node = self.node
        if line == "hello":  # open to everyone; its form never grows
            return "hello:%s:%s:%s" % (node.config.get("devfid"), node.uid, node.kind)
        word, _, rest = line.partition(" ")
        if self.half_open and self.mode != "off" and line != "exit":
            return once("login").stranger(node, self, line)
        if word in TABLE:
            return self._load(TABLE[word], word, rest.strip())
        if self.configuring:
            return self._load("conf", "setting", line)
        return node.executor.run(line)

    async def _load(self, file, word, rest):
        answer = getattr(once(file), word)
        kind, reply = await self.node.executor.guard(word, answer, self.node, self, rest)
        if kind and self.out and self.out[-1:] != b"\n":
            self.out += b"\n"  # what has been said breaks off here
        return "%s: %s" % (kind, reply) if kind else reply

    async def end(self, text=None):
        """End the answer: its last lines and the prompt, in one write."""
        prompt = self.prompt if self.open else ""
        if text is None:
            tail = self.out + prompt.encode()
        elif self.out or len(text) > _SHORT or self.node.mark in text:
            await self.say(text)
            tail = self.out + prompt.encode()
        else:
            tail = (text + "\n" + prompt).encode()
        self.out = b""
        await self.write(tail)

    async def write(self, data):
        """Send bytes; for a client that takes nothing the seconds are counted."""
        self.stream.write(data)
        if self.stream.out_buf:
            self.stalled = 0
            await self.stream.drain()
            self.stalled = -1

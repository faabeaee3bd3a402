"""The node's shell over the cable: whoever holds that talks as over the network.

In memory only when a toolkit has started the node for it. It sends pieces of at most 96 bytes,
escapes not counted, the next one when it is told that one was read. Escaped by 27: a 3, which would
end the node, and the signs of the line itself. What the node says stands between 2 and 3: a sign,
then bytes; the rest of what comes over the line is what load modules print.
"""

import asyncio
import select
import sys

from micropython import const

_START = const(2)
_STOP = const(3)
_ESCAPE = const(27)
_FLIP = const(64)
_READ = const(46)  # behind an escape: "." ends a piece, "B" begins a conversation, "E" ends it
_BEGIN = const(66)
_END = const(69)
_PIECE = const(96)  # bytes
_PAUSE = const(10)  # ms between two looks for bytes
_ROOM = const(256)  # bytes that may wait for the session; then the next piece has to
_SILENT = const(2000)  # such looks without a byte end a conversation: a toolkit asks every 3 s


def begin(node):
    """Talk to whoever begins, one after the other, as long as the node runs."""
    line = Transport(sys.stdin, sys.stdout.buffer)
    globals_of_main = node.slots.__globals__
    reset = globals_of_main["reset"]

    def last():
        line.say(b"X")  # or who talks waits for an answer
        reset()

    globals_of_main["reset"] = last
    node.tasks.spawn(serve(node, line))


async def serve(node, line):
    """Look after the line, and hand each conversation to the server."""
    talk = None
    line.say(b"R")
    while True:
        try:
            line.look()
        except MemoryError:  # bytes were lost
            line.open = False
        if talk and talk.done():
            talk = None
            if line.open:  # it is we who have enough
                line.open = False
                line.say(b"E")
        if line.wanted and not talk:
            line.wanted, line.open, line.rest = False, True, b""
            line.say(b"B")
            talk = node.tasks.spawn(node.server.connected(Stream(line), None))
        await asyncio.sleep_ms(_PAUSE)


class Transport:
    """The serial line, as much like a socket as the server needs."""

    open = wanted = False  # somebody talks, somebody wants to
    escape = False
    owed = False  # the piece is read when the session has taken more
    rest = b""  # that came for the session
    idle = 0  # looks since the last byte

    def __init__(self, keys, out):
        self.keys = keys.buffer if hasattr(keys, "buffer") else keys
        self.out = out
        self.byte = bytearray(1)
        self.poll = select.poll()
        self.poll.register(keys, select.POLLIN)

    def look(self):
        """Take the bytes that are there."""
        byte, data = self.byte, bytearray()
        self.idle += 1
        while len(data) < _PIECE and self.poll.poll(0):
            self.idle = 0
            self.keys.readinto(byte)
            if self.escape:
                self.escape = False
                self.obey(byte[0], data)
            elif byte[0] == _ESCAPE:
                self.escape = True
            else:
                data += byte
        if self.open:
            self.rest += data
        if self.owed and len(self.rest) < _ROOM:
            self.owed = False
            self.say(b"A")
        if self.idle > _SILENT:
            self.open = False

    def obey(self, sign, data):
        if sign == _READ:
            self.owed = True
        elif sign in (_BEGIN, _END):
            self.wanted = sign == _BEGIN
            self.open = False
            data[:] = b""
        else:
            data.append(sign ^ _FLIP)

    def setsockopt(self, *_):
        """Do nothing: what is said leaves at once."""

    def read(self, size):
        """Bytes that are there: None for none, b"" when the other side has ended."""
        if not self.open:
            return b""
        data, self.rest = self.rest[:size], self.rest[size:]
        return data or None

    def write(self, data):
        """Send bytes."""
        self.say(b"D" + data)

    def say(self, data):
        """Send a sign, and bytes behind it."""
        text = bytearray((_START,))
        for byte in data:
            if byte in (_START, _STOP, _ESCAPE):
                text.append(_ESCAPE)
                byte ^= _FLIP
            text.append(byte)
        text.append(_STOP)
        self.out.write(text)


class Stream:
    """A conversation on the line, as a stream of asyncio."""

    def __init__(self, line):
        self.s = line
        self.out_buf = b""

    def get_extra_info(self, _):
        """Where it comes from, as an address."""
        return ("cable",)

    async def read(self, size):
        """The next bytes, b"" at the end."""
        data = self.s.read(size)
        while data is None:
            await asyncio.sleep_ms(_PAUSE)
            data = self.s.read(size)
        return data

    def write(self, data):
        """Take bytes, which `drain` sends."""
        self.out_buf += data

    async def drain(self):
        """Send them, so few at a time that others get on."""
        while self.out_buf and self.s.open:
            piece, self.out_buf = self.out_buf[:_PIECE], self.out_buf[_PIECE:]
            self.s.write(piece)
            await asyncio.sleep_ms(0)
        self.out_buf = b""

    def close(self):
        """Nothing is left to do: `serve` tells the other side."""

    async def wait_closed(self):
        """Nor here."""

"""One conversation on the link: lines of JSON with an id. In memory while a link lives.

All that is not needed while a link merely waits lies in files that are loaded for a step: each
function here takes memory that an ESP8266 does not have twice.
"""

import asyncio
import gc
from binascii import b2a_base64
from hashlib import sha256

from core.once import once
from micropython import const

_LONGEST = const(1024)  # bytes of a line with its tag
_UNFINISHED = const(10)  # s a line or a payload may take from its first byte
_STRANGER = const(5)  # s a link may take to log in
_TRIES = const(10)  # to read a line for which there is no memory
_TURN = const(5)  # ms between two looks whether somebody else still writes
_AMPLE = const(20000)  # bytes free with which the files of the steps are held
_LACK = const(b'{"id":%d,"error":"refused","text":"not enough memory"%s}')
_UNBEGUN = const(b',"type":"unbegun"')
held = {}  # files of the steps, where there is memory for it; they go with this one


class Link:
    """Reader, requests and keys of one connection, put together by core/linkstart.py.

    session, node, requests (that run), most (of them), rest (what came and is not read yet).
    part(request), coming(request), chunk(request, data), event(request, value, dropped=0) and
    opened(request, name, sealed), which are for the ops, and shut(text) lie in files of their own.
    """

    open = True  # False: nothing more can be said, and it is ended
    keys = None  # of both directions, once somebody has logged in
    got = sent = 0  # lines with a tag
    proven = None  # what a login must prove
    head, size = None, 0  # a line that came, and of how many bytes its payload is
    begun = -1  # s since a line or a payload has begun, -1: nothing has
    writing = None  # the task that does, one at a time; its request when it is to end then
    first = b"\n"  # goes before the first line

    def __getattr__(self, name):
        file = "linkpart" if name in ("coming", "part") else "linkmore"
        if name == "chunk":
            file = "linkchunk"
        work = getattr(self.load(file), name)
        return lambda *arguments: work(self, *arguments)

    def load(self, file):
        """Load a file as `once` does; where there is memory it is held while a link lives."""
        if file in held:
            return held[file]
        try:
            found = once(file)
        except MemoryError:
            self.node.executor.held.clear()
            held.clear()
            found = once(file)
        if gc.mem_free() > _AMPLE:
            held[file] = found
        return found

    def later(self, file, name, request):
        """Call the function of that name of a file: what one step hands on to the next with."""
        return getattr(self.load(file), name)(self, request)

    async def taken(self):
        """Say what is to be done about a line, as soon as there is memory to read it."""
        for tries in range(_TRIES):
            try:
                return self.load("linkin").take(self)
            except MemoryError:
                await self.session.sleep_ms(_TURN * tries)
        return self.load("linkin").take(self)

    async def serve(self):
        """Take lines until either side has enough."""
        step = None
        try:
            while self.open and self.session.open:
                if self.whole():
                    step = await self.taken()
                    while step:
                        step = step[0](*step[1:]) if isinstance(step, tuple) else await step
                    await self.session.sleep_ms(0)  # what has begun is to get on
                    continue
                data = await self.session.incoming()
                if not data:
                    break
                self.rest += data
        except OSError:
            pass  # the other side is gone
        except MemoryError:
            held.clear()
            number = isinstance(step, tuple) and getattr(step[3], "id", 0)
            await self.send(_LACK % (number, _UNBEGUN if number else b""))
        finally:
            self.open, self.session.link = False, None
            for request in self.requests:
                if request.over or not request.stays:
                    request.task.cancel()
            if not [session for session in self.node.server.sessions if session.link]:
                self.node.link = None  # what all links share goes with the last of them

    def whole(self):
        """Is there a whole line, with its payload? `head` is one, `size` how much belongs to it."""
        if self.head is None:
            head, end, rest = self.rest.partition(b"\n")
            if end or len(head) > _LONGEST:
                self.head, self.rest = head, rest
        if self.head is None or len(self.rest) < self.size:
            self.begun = max(self.begun, 0) if self.rest or self.size else -1
            return False
        self.begun = -1
        return True

    def tick(self):
        """One second has passed; return why this link must end, or None."""
        if self.session.half_open and self.session.age >= _STRANGER:
            return "did not log in"
        self.begun += self.begun >= 0
        silent = self.session.idle > _UNFINISHED and [it for it in self.requests if it.waits]
        if silent or self.begun > _UNFINISHED or not self.open:
            return "did not finish its line"
        return None

    async def send(self, text, payload=b""):
        """Send a line and its payload in one write, sealed in the order in which they leave."""
        while self.writing:
            await asyncio.sleep_ms(_TURN)
        if self.keys:
            tag = hmac(self.keys[1], self.sent.to_bytes(8, "big"), text, payload)
            text += b" " + base64(tag[:16])
        text = self.first + text + b"\n" + payload
        if self.open:
            self.writing = task = asyncio.current_task()
            self.sent += self.keys is not None
            self.first = b""
            try:
                await self.session.write(text)
            except (OSError, MemoryError):  # a line that is torn is the last one
                self.open = False
            finally:
                ends, self.writing = self.writing is not task, None
            if ends:  # it was cancelled meanwhile: half a line would be the end of all
                raise asyncio.CancelledError

    async def perform(self, request):
        """Do what was asked for, and answer; an op may hand on to a next step."""
        step = self.later, request.file, request.op, request
        try:
            try:
                while step:  # the file of one is let go before the next
                    request.step = None
                    kind, value = await self.node.executor.guard(request.op, *step)
                    step = request.step
            except asyncio.CancelledError:
                kind, value = "cancelled", ""
            request.over = True
            await self.load("linkout").answer(self, request, kind, value)
        except MemoryError:
            held.clear()
            try:
                await self.send(_LACK % (request.id, b""))
            except MemoryError:
                self.open = False
        finally:
            if request.rid:  # what came of it is not kept: it is unknown from here on
                self.node.done = False  # which takes no memory
            self.requests.remove(request)
            if request.turn:
                request.turn.set()


def hmac(key, *parts):
    """HMAC-SHA256 with a key of 32 bytes."""
    for letter in (b"6", b"\\"):  # of the inner pad, of the outer one
        pad = int.from_bytes(key + bytes(32), "big") ^ int.from_bytes(letter * 64, "big")
        digest = sha256(pad.to_bytes(64, "big"))
        for part in parts:
            digest.update(part)
        parts = (digest.digest(),)
    return parts[0]


def base64(data):
    """The letters of base64url, without padding."""
    return b2a_base64(data).rstrip(b"=\n").replace(b"+", b"-").replace(b"/", b"_")

"""One conversation on the link: lines of JSON with an id. In memory while a link lives.

All that is not needed while a link merely waits lies in files that are loaded for a step.
"""

import asyncio
import gc
from binascii import b2a_base64
from hashlib import sha256

from core.errors import LinkError
from core.once import once
from micropython import const

_LONGEST = const(1024)  # bytes of a line with its tag
_UNFINISHED = const(10)  # s a line or a payload may take from its first byte
_STRANGER = const(5)  # s a link may take to log in
_TURN = const(5)  # ms between two looks whether somebody else still writes
_AMPLE = const(20000)  # bytes free with which the files of the steps are held
# Each op with the file whose function of that name does it. It takes (link, request).
OPS = {
    "hello": "linkrun",
    "login": "linklogin",
    "proof": "linkproof",
    "run": "linkrun",
    "call": "linkrun",
    "cancel": "linkcancel",
    "ls": "ls",
    "stat": "files",
    "hash": "digest",
    "get": "get",
    "put": "put",
    "remove": "files",
    "mkdir": "files",
    "rename": "files",
    "conf": "linkconf",
    "watch": "watch",
}
held = {}  # files of the steps, where there is memory for it; they go with this one


async def talk(session, data):
    """Talk as a program does; what all links share goes with the last of them."""
    node = session.node
    session.link = Link(session)
    try:
        await session.link.serve(data)
    finally:
        session.link = None
        if not [it for it in node.server.sessions if it.link]:
            node.link = None


class Request:
    """What one line asked for: id, op, given (its JSON, checked for nothing but id and op)."""

    task = data = turn = rid = hash = raw = None
    taken = sent = 0  # bytes of its payload that came, of its answer that went
    started = over = False  # it runs; its work is done, it is being answered
    stays = False  # it runs on when the connection ends
    waits = False  # for the next piece of its payload


class Link:
    """Reader, requests and keys of one connection.

    part(request), coming(request), event(request, value, dropped=0), opened(request, name, sealed),
    which are for the ops, and shut(text) lie in files of their own.
    """

    open = True
    keys = None  # of both directions, once somebody has logged in
    got = sent = 0  # lines with a tag
    proven = None  # what a login must prove
    begun = -1  # s since a line or a payload has begun, -1: nothing has
    writing = False  # somebody does: one at a time
    _first = b"\n"  # goes before the first line

    def __init__(self, session):
        self.session = session
        self.node = session.node
        self.requests = []
        self.most = 2 if self.node.port.LEAF else 8  # requests in flight

    def __getattr__(self, name):
        work = getattr(self.load("linkpart" if name in ("coming", "part") else "linkmore"), name)
        return lambda *arguments: work(self, *arguments)

    def load(self, file):
        """Load a file as `once` does; where there is memory it is held while a link lives."""
        if file in held:
            return held[file]
        found = self.twice(once, file)
        if gc.mem_free() > _AMPLE:
            held[file] = found
        return found

    def twice(self, work, *arguments):
        """Do what may lack memory; once more with all that can be had."""
        try:
            return work(*arguments)
        except MemoryError:
            self.node.executor.held.clear()
            held.clear()
            gc.collect()
            return work(*arguments)

    async def serve(self, data):
        """Take lines until either side has enough; `data` has begun the first one."""
        self.rest = data
        self.task = asyncio.current_task()
        try:
            while self.session.open:
                line = await self.line()
                step = self.load("linkin").take(self, line)
                if isinstance(step, int):  # so many bytes belong to it
                    payload = await self.payload(step)
                    step = self.load("linkin").take(self, line, payload)
                    payload = None
                line = None
                if step:
                    await step
                    step = None  # what has ended holds its file
                await self.session.sleep_ms(0)  # what has begun is to get on
        except OSError:
            pass  # the other side is gone
        except MemoryError:
            await self.send(b'{"id":0,"error":"refused","text":"not enough memory"}')
        finally:
            self.open = False
            for request in self.requests:
                if request.over or not request.stays:
                    request.task.cancel()

    async def line(self):
        """The next line without its LF, None for one that is too long."""
        self.begun = 0 if self.rest else -1
        while True:
            line, end, rest = self.rest.partition(b"\n")
            if len(line) > _LONGEST:
                return None
            if end:
                self.rest = rest
                self.begun = -1
                return line
            await self.more()

    async def payload(self, size):
        """The bytes that follow a line."""
        self.begun = 0
        while len(self.rest) < size:
            await self.more()
        data, self.rest = self.rest[:size], self.rest[size:]
        self.begun = -1
        return data

    async def more(self):
        """Wait for more bytes."""
        data = await self.session.receive()
        if not data:
            raise OSError  # the end
        self.begun = max(self.begun, 0)
        self.rest += data

    def tick(self):
        """One second has passed; return why this link must end, or None."""
        if self.session.half_open and self.session.age >= _STRANGER:
            return "did not log in"
        if self.begun >= 0:
            self.begun += 1
            if self.begun > _UNFINISHED:
                return "did not finish its line"
        if self.session.idle > _UNFINISHED and [it for it in self.requests if it.waits]:
            return "did not finish its payload"
        return None

    def tag(self, mine, text, payload=b""):
        """The tag of a line: of mine or of the other side's."""
        seq = self.sent if mine else self.got
        return base64(hmac(self.keys[mine], seq.to_bytes(8, "big"), text, payload)[:16])

    async def send(self, text, payload=b""):
        """Send a line and its payload in one write, sealed in the order in which they leave."""
        while self.writing:
            await asyncio.sleep_ms(_TURN)
        if not self.open:
            return
        line = self.twice(self._sealed, text, payload)
        self.sent += 1 if self.keys else 0
        self._first = b""
        self.writing = True
        try:
            await self.session.write(line)
        except (OSError, MemoryError):  # a line that is torn is the last one
            self.end()
        finally:
            self.writing = False

    def _sealed(self, text, payload):
        if self.keys:
            text += b" " + self.tag(1, text, payload)
        return self._first + text + b"\n" + payload

    def end(self):
        """Nothing more can be said here: the reader ends, and with it the connection."""
        self.open = self.session.open = False
        if asyncio.current_task() is not self.task:
            self.task.cancel()

    async def chunk(self, request, data):
        """Send a piece of the answer, at most 1024 bytes."""
        head = b'{"id":%d,"at":%d,"size":%d}' % (request.id, request.sent, len(data))
        request.hash = request.hash or sha256()
        request.hash.update(data)
        request.sent += len(data)
        await self.send(head, data)

    async def perform(self, request):
        """Do what was asked for, and answer."""
        request.started = True
        try:
            try:
                kind, value = await self.node.executor.guard(request.op, self.work, request)
            except asyncio.CancelledError:
                kind, value = "cancelled", "it was cancelled"
            request.over = True
            await self.load("linkout").answer(self, request, kind, value)
        except MemoryError as error:
            self.node.log.error("link: out of memory: %s" % error)
            self.end()
        finally:
            self.requests.remove(request)
            if request.turn:
                request.turn.set()

    async def work(self, request):
        """The value of a request; an op that hands on returns (function, *arguments)."""
        try:
            value = getattr(self.load(OPS[request.op]), request.op)(self, request)
            while True:
                if hasattr(value, "send"):
                    value = await value
                elif isinstance(value, tuple):  # its own file is let go first
                    value = value[0](*value[1:])
                else:
                    return value
        except LinkError as error:
            return error


def hmac(key, *parts):
    """HMAC-SHA256 with a key of 32 bytes."""
    inner = sha256(_pad(key, b"6"))
    for part in parts:
        inner.update(part)
    outer = sha256(_pad(key, b"\\"))
    outer.update(inner.digest())
    return outer.digest()


def _pad(key, letter):
    mixed = int.from_bytes(key + bytes(32), "big") ^ int.from_bytes(letter * 64, "big")
    return mixed.to_bytes(64, "big")


def base64(data):
    """The letters of base64url, without padding."""
    return b2a_base64(data).rstrip(b"=\n").replace(b"+", b"-").replace(b"/", b"_")

"""The other side of a link for the tests: says lines, with tags once it has logged in."""

import asyncio
import json
from binascii import b2a_base64
from hashlib import sha256

from core.once import once
from core.session import Session

from fake_node import FakeNode, FakeStream

PROMPT = "node01 $ "
_PATIENCE = 2000  # turns


def base64(data):
    return b2a_base64(data).rstrip(b"=\n").replace(b"+", b"-").replace(b"/", b"_").decode()


def mac(key, data):
    padded = key + bytes(64 - len(key))
    inner = sha256(bytes([byte ^ 0x36 for byte in padded]) + data).digest()
    return sha256(bytes([byte ^ 0x5C for byte in padded]) + inner).digest()


class LinkStream(FakeStream):
    """A stream whose bytes come when the test says so."""

    def __init__(self):
        super().__init__()
        self.ended = False

    async def read(self, size):
        while not (self.s.packets or self.ended):
            await asyncio.sleep_ms(0)
        return self.s.read(size)


class Peer:
    """A program that talks to a node, `async with`."""

    def __init__(self, node=None, address="10.0.0.9", **settings):
        settings.setdefault("auth", "off")
        self.node = node or FakeNode(**settings)
        self.stream = LinkStream()
        self.session = Session(self.stream, address, self.node)
        self.keys = None
        self.said = self.heard = 0
        self.at = 0  # of what was written, read so far

    async def __aenter__(self):
        self.task = self.session.task = asyncio.create_task(self._run())
        self.node.server.sessions.append(self.session)
        return self

    async def _run(self):
        try:
            await self.node.executor.guard("session", self.session.run)
            if self.session.link:
                once("linkstart").begin(self.session, self.session.link)
                await self.node.executor.guard("link", self.session.link.serve)
                if self.session.owed is None:
                    await self.node.executor.guard("session", self.session.run)
        finally:
            if self.session in self.node.server.sessions:
                self.node.server.sessions.remove(self.session)

    async def __aexit__(self, *_):
        self.stream.ended = True
        await self.over()

    async def over(self):
        """Wait for the end of the connection."""
        for _ in range(_PATIENCE):
            if self.task.done():
                return
            await asyncio.sleep_ms(1)
        raise AssertionError("it goes on")

    def raw(self, data):
        self.stream.s.packets.append(data)

    def dressed(self, text, payload=b"", seq=None):
        """A line with its tag and payload."""
        if self.keys is None:
            return text + b"\n" + payload
        number = (self.said if seq is None else seq).to_bytes(8, "big")
        tag = base64(mac(self.keys[0], number + text + payload)[:16])
        self.said += 1
        return text + b" " + tag.encode() + b"\n" + payload

    def say(self, payload=b"", **given):
        """Send a line."""
        text = json.dumps(given).encode()
        self.raw(self.dressed(text, payload))

    async def _until(self, there):
        for _ in range(_PATIENCE):
            data = b"".join(self.stream.writes)
            if there(data):
                return data
            if self.task.done():
                raise AssertionError("the end: %s" % data[self.at :])
            await asyncio.sleep_ms(1)
        raise AssertionError("nothing came: %s" % data[self.at :])

    async def line(self):
        """The next line, as its JSON, and its payload."""
        if self.at == 0:
            data = await self._until(lambda data: b"\n" in data)
            self.at = data.find(b"\n") + 1
        data = await self._until(lambda data: b"\n" in data[self.at :])
        end = data.find(b"\n", self.at)
        text = data[self.at : end]
        text, tag = (text[:-23], text[-22:]) if self.keys else (text, b"")
        value = json.loads(text)
        self.at = end + 1
        payload = b""
        if "at" in value:
            end = self.at + value["size"]
            payload = (await self._until(lambda data: len(data) >= end))[self.at : end]
            self.at = end
        if self.keys:
            number = self.heard.to_bytes(8, "big")
            assert tag.decode() == base64(mac(self.keys[1], number + text + payload)[:16])
            self.heard += 1
        return value, payload

    async def ask(self, **given):
        """The end of a request: its value, and what came in pieces."""
        self.say(**given)
        return await self.answer(given["id"])

    async def answer(self, number):
        data = b""
        while True:
            value, payload = await self.line()
            assert value["id"] == number, value
            if "at" not in value:
                if "sha256" in value:
                    assert value["size"] == len(data), value
                    assert value["sha256"] == hexed(sha256(data).digest())
                    return json.loads(data)
                return value
            assert value["at"] == len(data)
            data += payload

    async def login(self, key, nonce=bytes(range(16))):
        """Log in with this key."""
        line1 = b'{"id":0,"op":"login","v":1,"who":"desk","c":"%s"}' % base64(nonce).encode()
        self.raw(line1 + b"\n")
        challenge, _ = await self.line()
        if "error" in challenge:
            return challenge
        line2 = b"".join(self.stream.writes)[: self.at - 1].split(b"\n")[-1]
        seen = sha256(line1 + b"\n" + line2 + b"\n").digest()
        self.say(id=0, op="proof", p=base64(mac(key, b"C" + seen)))
        answer, _ = await self.line()
        if "error" in answer:
            return answer
        assert answer["p"] == base64(mac(key, b"S" + seen + answer["boot"].encode()))
        self.keys = mac(key, b"KC" + seen), mac(key, b"KS" + seen)
        return answer


def hexed(data):
    return "".join(["%02x" % byte for byte in data])

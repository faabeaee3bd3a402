"""The desk's half of login and link, apart from the product: for tests of real nodes.

async with ReferenceDesk(address, uid=uid, password=password) as desk:  # connects, logs in
    assert await desk.ok("run", line="version") == "1.2.3-4"
    await desk.wire.send({"id": 9, "op": "hello"}, seq=7)               # a wrong number
    await desk.wire.raw(desk.wire.sent[-1])                             # a replay
"""

import hashlib
import json
import os
from asyncio import open_connection
from contextlib import AsyncExitStack
from typing import Any, Self

from tests.support.reference_sums import (
    PIECE,
    Json,
    b64url,
    derive,
    desks_proof,
    directions,
    nodes_proof,
    text_of,
    transcript,
)
from tests.support.reference_wire import PATIENCE, BadLineError, Message, Wire

PORT = 9008
_NOISE = 4096  # bytes kept of what comes before the link begins


class RefusedError(Exception):
    """The node answered with an error; `line` is what it said."""

    def __init__(self, line: Json) -> None:
        super().__init__(str(line))
        self.line = line
        self.kind = line["error"]


class ReferenceDesk:
    """A client. `connect` and `login` are called by `async with`, or one by one."""

    def __init__(
        self,
        address: str,
        port: int = PORT,
        *,
        uid: str = "",  # without one any node will do
        password: str = "",  # without one, and without a key, it does not log in
        key: bytes = b"",  # K itself, where a node was given one that is not its password's
        who: str = "desk",
        source: str | None = None,  # the address it comes from
        least: int = 400,  # the rounds it knows of this node
        patience: float = PATIENCE,
    ) -> None:
        self.address, self.port, self.source = address, port, source
        self.uid, self.who, self.least = uid, who, least
        self.password, self.key = password, key
        self.patience = patience
        self.words = ""  # what came before the link began: a prompt, or why there is no place
        self.boot = ""
        self.challenge: Json = {}  # line 2
        self._line2 = b""  # and its bytes
        self._last = 0  # id
        self._begun = False
        self._aside: list[Message] = []  # came while another answer was waited for

    async def __aenter__(self) -> Self:
        await self.connect()
        async with AsyncExitStack() as unless_entered:
            unless_entered.push_async_callback(self.wire.close)
            if self.password or self.key:
                await self.login()
            unless_entered.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.wire.close()

    async def connect(self) -> None:
        """Connect; nothing is sent."""
        here = (self.source, 0) if self.source else None
        self.wire = Wire(
            *await open_connection(self.address, self.port, local_addr=here, limit=1 << 17),
            patience=self.patience,
        )

    async def receive(self) -> Message:
        """The node's next line; what stands before the first one is kept in `words`."""
        await self._begin()
        return await self.wire.receive()

    async def _begin(self) -> None:
        if self._begun:
            return
        before = len(self.wire.heard)
        try:
            await self.wire.bare()
        finally:
            self.words = self.wire.heard[before:][:_NOISE].decode(errors="replace").strip()
        self._begun = True

    async def login(self, *, nonce: bytes | None = None, proof: str | None = None) -> None:
        """Log in; with a nonce or a proof of one's own where that is wanted."""
        line1 = await self.greet(nonce)
        self.uid = self.uid or self.challenge["uid"]
        if self.challenge.get("uid") != self.uid:
            raise BadLineError(f"another node: {self.challenge}")
        rounds = self.challenge["i"]
        if type(rounds) is not int or not max(400, self.least) <= rounds <= 200_000:
            raise BadLineError(f"rounds: {self.challenge}")
        key = self.key or derive(self.password, self.uid, rounds)
        seen = transcript(line1, self._line2)
        await self.wire.send({"id": 0, "op": "proof", "p": proof or desks_proof(key, seen)})
        answer = (await self.receive()).value
        if "error" in answer:
            raise RefusedError(answer)
        if answer.get("p") != nodes_proof(key, seen, answer["boot"]):
            raise BadLineError(f"the node's proof: {answer}")
        self.boot = answer["boot"]
        self.wire.ours, self.wire.theirs = directions(key, seen)

    async def greet(self, nonce: bytes | None = None) -> bytes:
        """Line 1, and its answer into `challenge`."""
        c = b64url(os.urandom(16) if nonce is None else nonce)
        line = text_of({"id": 0, "op": "login", "v": 1, "who": self.who, "c": c})
        await self.wire.raw(line + b"\n")
        await self._begin()
        self._line2 = await self.wire.bare()
        self.challenge = json.loads(self._line2)
        if "error" in self.challenge:
            raise RefusedError(self.challenge)
        return line

    async def ask(self, op: str, **given: Any) -> int:
        """Send a request; its id."""
        self._last += 1
        await self.wire.send({"id": self._last, "op": op, **given})
        return self._last

    async def answer(self, request: int) -> Any:
        """The value of the end of this request; RefusedError when that is an error."""
        data = b""
        while True:
            message = await self._next(request)
            line = message.value
            if "at" in line:
                assert line["at"] == len(data), line
                data += message.payload
            elif "error" in line:
                raise RefusedError(line)
            elif "ok" in line:
                return self._whole(line, data)

    def _whole(self, line: Json, data: bytes) -> Any:
        if "sha256" not in line:
            return line["ok"]
        assert line["size"] == len(data), line
        assert line["sha256"] == hashlib.sha256(data).hexdigest(), line
        return data

    async def event(self, request: int) -> Json:
        """The next event line of this request."""
        line = (await self._next(request)).value
        assert "event" in line, line
        return line

    async def _next(self, request: int) -> Message:
        """The next line that belongs to this request."""
        for message in self._aside:
            if message.value.get("id") == request:
                self._aside.remove(message)
                return message
        while True:
            message = await self.receive()
            if message.value.get("id") == request:
                return message
            self._aside.append(message)

    async def ok(self, op: str, **given: Any) -> Any:
        """Ask, and the value of the answer: bytes when it came in chunks (JSON text, or a file)."""
        return await self.answer(await self.ask(op, **given))

    async def payload(self, request: int, data: bytes, start: int = 0) -> None:
        """Send the payload of a request in chunks."""
        for at in range(start, len(data), PIECE):
            piece = data[at : at + PIECE]
            await self.wire.send({"id": request, "at": at, "size": len(piece)}, piece)

    async def send(self, op: str, data: bytes, **given: Any) -> Any:
        """Ask with a payload, with its size and SHA-256, and the value of the answer."""
        digest = hashlib.sha256(data).hexdigest()
        request = await self.ask(op, **{"size": len(data), "sha256": digest, **given})
        await self.payload(request, data)
        return await self.answer(request)

    def secret(self, name: str, value: str) -> Json:
        """A secret setting, sealed for the next line."""
        assert self.wire.ours is not None
        return {"x": self.wire.ours.sealed(name, value)}

"""The link to a node: connect, log in, ask.

A key is used for the node it belongs to alone, and only after the node has shown that it knows it
too; it stands in no repr, error or log.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

from toolkit.model.errors import Busy, HungUp, LoginError, RefusedError, WrongPassword
from toolkit.model.node import PORT, Hello, endpoint
from toolkit.model.patience import patient
from toolkit.model.text import clean
from toolkit.model.vault import Secret
from toolkit.transport.answers import MEMORY, Asked, Memory
from toolkit.transport.door import Door, Keys
from toolkit.transport.jsonline import calling
from toolkit.transport.payload import FILE_LIMIT, Source, opened, received
from toolkit.transport.putting import Putting
from toolkit.transport.requests import Requests
from toolkit.transport.textlines import TextLines
from toolkit.transport.wire import CHUNK, Wire

TIMEOUT = patient(10.0)  # seconds of silence after which a node is asked whether it is there
PATIENCE = patient(120.0)  # seconds for an answer, or a part of it, of a node that is there
TRIES = (0.3, 0.6, 1.0, 2.0)  # seconds before connecting again to a node that hung up at once


class Link:
    """A connection to a node, open inside `async with`.

    `uid` is who must be there; `secret` is its key, or what finds the keys of the uid that a node
    tells: they are tried in their order, and `older` counts those that were refused. With
    a key the link logs in, always; without one a node may stay `locked`.
    """

    def __init__(
        self,
        address: str,
        port: int = PORT,
        *,
        uid: str | None = None,
        secret: Keys = None,
        who: str = "desk",
        timeout: float = TIMEOUT,
    ) -> None:
        if isinstance(secret, Secret) and uid is None:
            raise ValueError("a secret is for one uid")
        self.where = endpoint(address, port)
        self.boot = ""  # names this start of the node; empty without a login
        self.leaf = False  # it has little memory, or so it says
        self.rounds = 0  # of the login, 0 without one
        self.older = 0
        self.locked = False
        self.words = ""  # what the node said in plain text, before the link
        self._place = (address, port)
        self._uid = uid
        self._keys = secret
        self._more = False
        self._who = who
        self._timeout = timeout
        self._door: Door | None = None
        self._requests: Requests | None = None

    async def __aenter__(self) -> Self:
        if self.closed:
            await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def hello(self) -> Hello:
        """What the node says of itself; empty before."""
        return self._door.hello if self._door else Hello("", "", "")

    @property
    def name(self) -> str:
        """The node's name; where it is, as long as it has told none."""
        return self.hello.name or self.where

    @property
    def uid(self) -> str:
        """The node's uid; empty before it has told it."""
        return self.hello.uid

    @property
    def closed(self) -> bool:
        """Whether there is no connection."""
        return self._requests is None or self._requests.closed

    async def open(self) -> None:
        """Connect and log in, with the key before where the newest one is refused."""
        self.older = 0
        while True:
            try:
                return await self._open_patiently()
            except WrongPassword as wrong:
                if not self._more:
                    raise
                await asyncio.sleep(min(wrong.wait, 5))
                self.older += 1

    async def _open_patiently(self) -> None:
        """Again where a node hangs up at once, or is busy."""
        for pause in (*TRIES, None):
            try:
                await self._open()
            except (HungUp, Busy):
                if pause is None:
                    raise
            except RefusedError as refusal:  # after the login, for want of memory
                if pause is None or MEMORY not in str(refusal):
                    raise
            else:
                return
            await asyncio.sleep(pause)

    async def close(self) -> None:
        """Hang up; whatever is still asked ends with HungUp."""
        if self._requests:
            await self._requests.close()

    async def request(self, op: str, /, *, timeout: float = PATIENCE, **fields: object) -> Any:
        """The value of a request of any kind; `timeout` is for its answer, in seconds."""
        return (await self.ask(op, fields, timeout)).end.result()

    async def run(self, line: str) -> str:
        """The answer to a line of the text shell."""
        return clean(str(await self.request("run", line=line)))

    async def call(self, module: str, function: str, /, *args: object, **named: object) -> Any:
        """The value of a function of a load module."""
        return (await self.ask("call", calling(module, function, args, named))).end.result()

    async def send(
        self,
        op: str,
        source: Source,
        /,
        *,
        timeout: float = PATIENCE,
        at: int = 0,
        chunk: int = CHUNK,
        **fields: object,
    ) -> Any:
        """The value of a request with a payload, bytes or a file; its size and sum go along.

        Only what lies behind `at` is sent, in pieces of at most `chunk` bytes.
        """
        with opened(source, at, chunk) as (size, sha256, pieces):
            about = {"op": op, **fields, "size": size, "sha256": sha256}
            asked = await self._open_requests().ask(about, pieces, at=at, timeout=timeout)
        return asked.end.result()

    async def put(self, name: str, source: Source) -> None:
        """Write a file on the node; what an earlier, cut one has left there does not go again."""
        putting = Putting(name, source)
        try:
            await putting.over(self)
        except RefusedError as refusal:
            if not putting.smaller(refusal):
                raise
            await putting.over(self)

    async def get(self, name: str, into: Path | None = None, *, limit: int = FILE_LIMIT) -> bytes:
        """A file of the node; with `into` it is written there when it is whole, not returned.

        One of more than `limit` bytes is not taken, nor more than 1 MB without `into`.
        """
        with received(into, limit) as sink:
            fields = {"op": "get", "name": name}
            asked = await self._open_requests().ask(fields, sink=sink, timeout=PATIENCE)
            asked.end.result()
        return bytes(sink) if isinstance(sink, Memory) else b""

    def watch(self, topic: str, name: str | None = None) -> AsyncGenerator[dict[str, Any]]:
        """What happens on the node, until the loop is left; `dropped` counts what got lost."""
        fields = {"op": "watch", "topic": topic} | ({} if name is None else {"name": name})
        return self._open_requests().watch(fields)

    async def introduce(self) -> None:
        """Ask the node again who it is: its name may have changed."""
        answer = await self.request("hello", timeout=self._timeout)
        if self._door and self._requests:
            self._requests.name = self._door.meet(answer).name

    async def as_text(self) -> TextLines:
        """Go on as text on this connection, which is not a link any more; for little memory."""
        await self.request("text", timeout=self._timeout)
        lines = TextLines(await self._open_requests().release(), self.name)
        await lines.greeted(self._timeout)
        return lines

    async def cancel(self, number: int) -> bool:
        """End a request of this connection; whether that was possible."""
        return await self.request("cancel", of=number) is True

    async def ask(self, op: str, fields: Mapping[str, object], timeout: float = PATIENCE) -> Asked:
        """A request and all that came for it; `end` holds its value or its error."""
        return await self._open_requests().ask({"op": op, **fields}, timeout=timeout)

    def _open_requests(self) -> Requests:
        if self._requests is None:
            raise HungUp(f"{self.where} is not connected")
        return self._requests

    async def _open(self) -> None:
        self.boot, self.rounds, self.locked = "", 0, False
        wire = await Wire.open(*self._place, self._timeout)
        self._door = door = Door(wire, self._uid, self._who, self._timeout)
        try:
            async with AsyncExitStack() as unless_open:
                unless_open.push_async_callback(self.close)
                unless_open.callback(wire.close)
                secrets = await door.keys(self._keys)
                self._more = len(secrets) > self.older + 1
                secret = secrets[min(self.older, len(secrets) - 1)] if secrets else None
                if secret:
                    admitted = await door.login(secret)
                    self.boot, self.rounds = admitted.boot, admitted.rounds
                    self.leaf = admitted.leaf
                self._requests = Requests(wire, self.name, self._timeout, first=2)
                await (self.introduce() if secret else self._try_the_door())
                unless_open.pop_all()
        finally:
            self.words = wire.words

    async def _try_the_door(self) -> None:
        """Whether a login is owed: the smallest request that tells."""
        try:
            await self.cancel(1)
        except LoginError:
            self.locked = True

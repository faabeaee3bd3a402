"""The link to a node: connect, log in, ask.

A key is used for the node it belongs to alone, and only after the node has shown that it knows it
too; it stands in no repr, error or log.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from toolkit.model.errors import Busy, HungUp, LoginError, NodeError
from toolkit.model.node import PORT, Hello, endpoint, parse_hello
from toolkit.model.patience import patient
from toolkit.model.vault import Secret
from toolkit.transport.answers import Asked, Memory
from toolkit.transport.framing import clean
from toolkit.transport.jsonline import calling
from toolkit.transport.login import Handshake, refusals
from toolkit.transport.payload import Source, opened, received
from toolkit.transport.requests import Requests
from toolkit.transport.wire import Wire

TIMEOUT = patient(10.0)  # seconds of silence after which a node is asked whether it is there
PATIENCE = patient(120.0)  # seconds for an answer, or a part of it, of a node that is there
TRIES = (0.2, 0.6, 1.5)  # seconds before connecting again to a node that hung up at once

Keys = Secret | Callable[[str], Secret | None] | None


class Link:
    """A connection to a node, open inside `async with`.

    `uid` is who must be there; `secret` is its key, or what finds the key of the uid that a node
    tells. With a key the link logs in, always; without one a node may stay `locked`.
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
        self.hello = Hello("", "", "")
        self.boot = ""  # names this start of the node; empty without a login
        self.rounds = 0  # of the login, 0 without one
        self.locked = False
        self.words = ""  # what the node said in plain text, before the link
        self._place = (address, port)
        self._uid = uid
        self._keys = secret
        self._who = who
        self._timeout = timeout
        self._requests: Requests | None = None

    async def __aenter__(self) -> Self:
        if self.closed:
            await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

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
        """Connect and log in; again where a node hangs up at once, or is busy."""
        for pause in (*TRIES, None):
            try:
                await self._open()
            except (HungUp, Busy):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return

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
        self, op: str, source: Source, /, *, timeout: float = PATIENCE, **fields: object
    ) -> Any:
        """The value of a request with a payload, bytes or a file; its size and sum go along."""
        with opened(source) as (size, sha256, pieces):
            about = {"op": op, **fields, "size": size, "sha256": sha256}
            asked = await self._open_requests().ask(about, pieces, timeout=timeout)
        return asked.end.result()

    async def put(self, name: str, source: Source) -> None:
        """Write a file on the node."""
        await self.send("put", source, name=name)

    async def get(self, name: str, into: Path | None = None) -> bytes:
        """A file of the node; with `into` it is written there when it is whole, not returned."""
        with received(into) as sink:
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
        self._meet(await self.request("hello", timeout=self._timeout))

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
        self.hello, self.boot, self.rounds, self.locked = Hello("", "", ""), "", 0, False
        wire = await Wire.open(*self._place, self._timeout)
        try:
            secret = await self._key(wire)
            if secret:
                await self._login(wire, secret)
            self._requests = Requests(wire, self.name, self._timeout, first=2)
            if secret:
                await self.introduce()
                self._requests.name = self.name
            else:
                await self._try_the_door()
        except BaseException:
            wire.close()
            await self.close()
            raise
        finally:
            self.words = wire.words

    async def _key(self, wire: Wire) -> Secret | None:
        """The key for who is there; a stranger is asked first who it is."""
        if self._uid is None:
            await self._greet(wire)
        secret = self._keys(self._uid or self.uid) if callable(self._keys) else self._keys
        if secret is None and self._uid is not None:
            await self._greet(wire)
        return secret

    async def _greet(self, wire: Wire) -> None:
        answer = await self._said(wire, b'{"id":1,"op":"hello"}')
        refusals(self.where, answer)
        self._meet(answer.get("ok"))

    async def _login(self, wire: Wire, secret: Secret) -> None:
        handshake = Handshake(self._uid or self.uid, secret, self.where, self._who)
        second = await self._said(wire, handshake.first)
        proof = handshake.prove(wire.raw, second)
        admitted = handshake.verify(await self._said(wire, proof))
        wire.seal(admitted.out, admitted.back)
        self.boot, self.rounds = admitted.boot, admitted.rounds

    async def _said(self, wire: Wire, line: bytes) -> Mapping[str, object]:
        """The answer to a line before the login, when only one at a time is under way."""
        wire.write(line)
        try:
            async with asyncio.timeout(self._timeout):
                return (await wire.read())[0]
        except TimeoutError:
            raise wire.silence(self._timeout) from None

    def _meet(self, answer: object) -> None:
        found = parse_hello(clean(answer)) if isinstance(answer, str) else None
        if found is None:
            raise NodeError(f"{self.where} is no node of ours: it says no hello")
        if self._uid is not None and found.uid != self._uid:
            raise NodeError(
                f"at {self.where} answers {found.name} ({found.uid}), not {self._uid}; "
                f"search the network (-s) to find where that one is now"
            )
        self.hello = found

    async def _try_the_door(self) -> None:
        """Whether a login is owed: the smallest request that tells."""
        try:
            await self.cancel(1)
        except LoginError:
            self.locked = True

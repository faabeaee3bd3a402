"""One connection of the reference node: login, requests, answers.

Bytes leave as chunks with a trailer, what is too long for a line too. An answer that wants to do
wrong sends whatever it likes by `visit.send` (with `seq=` or `tag=`) or `visit.wire.raw`.
"""

import asyncio
import hashlib
import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from tests.support.reference_sums import (
    LONGEST,
    PIECE,
    Json,
    b64url,
    desks_proof,
    directions,
    nodes_proof,
    text_of,
    transcript,
)
from tests.support.reference_wire import Message, Wire

if TYPE_CHECKING:
    from tests.support.reference_node import ReferenceNode

_TAIL = 24  # bytes of a line behind its JSON: a space, the tag, the LF


class Refusal(Exception):
    """Raised by an answer: an error line."""

    def __init__(self, kind: str, text: str, **more: Any) -> None:
        super().__init__(text)
        self.line = {"error": kind, "text": text, **more}


def refuse(kind: str, text: str, **more: Any) -> NoReturn:
    """End a request with an error."""
    raise Refusal(kind, text, **more)


class HangUp(Exception):
    """Raised by an answer: the connection ends at once."""


@dataclass
class Request:
    """What a client asked, and the chunks that follow it."""

    id: int
    given: Json
    seq: int
    chunks: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    taken: int = 0


class Visit:
    """One connection, seen from the node."""

    def __init__(self, node: "ReferenceNode", wire: Wire) -> None:
        self.node, self.wire = node, wire
        self.logged_in = False
        self.requests: dict[int, Request] = {}
        self.running: dict[int, asyncio.Task[None]] = {}
        self._sent: dict[int, tuple[int, Any]] = {}  # bytes and hash of what left in chunks
        self._begun = False

    async def send(self, value: Json, payload: bytes = b"", **wrong: Any) -> None:
        """Send a line; an LF stands before the first one."""
        if not self._begun:
            self._begun = True
            await self.wire.raw(b"\n")
        await self.wire.send(value, payload, **wrong)

    async def event(self, request: Request, value: Any, **more: Any) -> None:
        """Send an event of this request."""
        await self.send({"id": request.id, "event": value, **more})

    async def chunk(self, request: Request, data: bytes) -> None:
        """Send a piece of what this request is answered with."""
        at, digest = self._sent.setdefault(request.id, (0, hashlib.sha256()))
        digest.update(data)
        self._sent[request.id] = at + len(data), digest
        await self.send({"id": request.id, "at": at, "size": len(data)}, data)

    async def part(self, request: Request) -> bytes:
        """The next chunk of this request's payload."""
        message = await asyncio.wait_for(request.chunks.get(), self.wire.patience)
        if message.value["at"] != request.taken:
            refuse("refused", f"expected a chunk at {request.taken}")
        request.taken += len(message.payload)
        return message.payload

    async def payload(self, request: Request) -> bytes:
        """All of it; refused when its hash is not what was announced."""
        data = b""
        while len(data) < request.given["size"]:
            data += await self.part(request)
        if request.given.get("sha256") != hashlib.sha256(data).hexdigest():
            refuse("refused", "another hash")
        return data

    def opened(self, request: Request, name: str) -> str:
        """A secret setting of `conf set`."""
        assert self.wire.theirs is not None
        return self.wire.theirs.opened(name, request.given["set"][name]["x"], request.seq)

    async def serve(self) -> None:
        """Read lines until the end."""
        try:
            while True:
                message = await self.wire.receive()
                self.node.asked.append(message.value)
                await self._take(message)
        finally:
            for task in self.running.values():
                task.cancel()

    async def _take(self, message: Message) -> None:
        line = message.value
        if "at" in line:
            if line["id"] in self.requests:  # else it has ended: dropped
                self.requests[line["id"]].chunks.put_nowait(message)
        elif line.get("op") in ("login", "proof") and not self.logged_in:
            await self._login(line)
        elif not self.logged_in and self.node.auth and line.get("op") != "hello":
            await self.send({"id": line["id"], "error": "auth", "text": "log in first"})
        elif line["op"] == "cancel":
            task = self.running.get(line["of"])
            await self.send({"id": line["id"], "ok": bool(task and task.cancel())})
        else:
            request = Request(line["id"], line, message.seq)
            self.requests[request.id] = request
            self.running[request.id] = asyncio.create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        try:
            answer = self.node.answers[request.given["op"]]
            value = answer(self, request) if callable(answer) else answer
            if inspect.isawaitable(value):
                value = await value
            await self._end(request, value)
        except Refusal as refusal:
            await self.send({"id": request.id, **refusal.line})
        except KeyError as error:
            await self.send({"id": request.id, "error": "refused", "text": f"no {error}"})
        except asyncio.CancelledError:
            if not self.wire.writer.is_closing():
                await self.send({"id": request.id, "error": "cancelled", "text": "cancelled"})
        except (HangUp, OSError):
            self.wire.writer.close()
        finally:
            self.requests.pop(request.id, None)
            self.running.pop(request.id, None)

    async def _end(self, request: Request, value: Any) -> None:
        line = None if isinstance(value, bytes) else {"id": request.id, "ok": value}
        if line is None or len(text_of(line)) + _TAIL > LONGEST:
            data = value if isinstance(value, bytes) else text_of(value)
            for at in range(0, len(data), PIECE):
                await self.chunk(request, data[at : at + PIECE])
            self._sent.setdefault(request.id, (0, hashlib.sha256()))
            line = {"id": request.id, "ok": None}
        if request.id in self._sent:
            size, digest = self._sent.pop(request.id)
            line |= {"size": size, "sha256": digest.hexdigest()}
        await self.send(line)

    async def _login(self, line: Json) -> None:
        """Lines 2 and 4, from the exact bytes of 1 and 2."""
        node, line1 = self.node, self.wire.last
        if line["op"] == "proof" or line.get("v") != 1 or len(line.get("c", "")) != 22:
            raise HangUp
        if node.silent_at == "login":
            await asyncio.sleep(self.wire.patience)
        nonce = b64url(node.nonce())
        told = {
            "id": 0,
            "v": 1,
            "uid": node.told_uid or node.uid,
            "i": node.told_rounds,
            "s": nonce,
        }
        if node.busy_wait:
            await self.send({"id": 0, "error": "auth", "text": "wait", "wait": node.busy_wait})
            raise HangUp
        await self.send(told)
        proof = (await self.wire.receive()).value
        node.proofs.append(proof)
        seen = transcript(line1, text_of(told))
        if proof != {"id": 0, "op": "proof", "p": desks_proof(node.key, seen)}:
            await self.send({"id": 0, "error": "auth", "text": "wrong password", "wait": 1})
            raise HangUp
        if node.silent_at == "proof":
            await asyncio.sleep(self.wire.patience)
        own = node.wrong_proof or nodes_proof(node.key, seen, node.boot)
        leaf = {"leaf": True} if node.leaf else {}
        await self.send({"id": 0, "ok": True, "boot": node.boot, **leaf, "p": own})
        self.logged_in = True
        node.logins += 1
        self.wire.theirs, self.wire.ours = directions(node.key, seen)

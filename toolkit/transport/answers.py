"""What comes for one request: its end, its events, its chunks. Bounded, whatever the node sends."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from toolkit.model.errors import (
    Busy,
    Cancelled,
    FaultError,
    LoginError,
    NodeError,
    RefusedError,
    ToolkitError,
    UnknownOutcome,
)
from toolkit.model.text import clean, kilobytes
from toolkit.transport.jsonline import Fields, load

VALUE_LIMIT = 1024 * 1024  # bytes of a value that is kept in memory
MEMORY = "not enough memory"  # a node's words for what may be over in a moment
EVENTS = 256  # events that wait to be looked at; older ones are dropped, and counted


class Sink(Protocol):
    """Takes the bytes of an answer."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes; InputError when it cannot."""
        ...


class Memory(bytearray):
    """Keeps an answer, up to a limit."""

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        if len(self) + len(data) > VALUE_LIMIT:
            raise InterruptedError(f"more than {kilobytes(VALUE_LIMIT)}")
        self += data


@dataclass
class Asked:
    """One request and what has come for it so far."""

    number: int
    raw: bool = False  # the chunks are a file, not JSON
    sink: Sink = field(default_factory=Memory)
    events: deque[dict[str, Any]] | None = None
    cut: bool = False  # it ran, but the node has not kept its value
    size: int = 0
    dropped: int = 0  # events since the one that was given out last
    moved: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    news: asyncio.Event = field(default_factory=asyncio.Event)
    end: asyncio.Future[Any] = field(default_factory=asyncio.Future)

    def __post_init__(self) -> None:
        self._hash = hashlib.sha256()
        self.end.add_done_callback(lambda _: self.news.set())

    def take(self, name: str, fields: Fields, payload: bytes) -> None:
        """Take a line that came for it; ValueError when no node of ours would send it."""
        kinds = [kind for kind in ("ok", "error", "event", "at") if kind in fields]
        if len(kinds) != 1:
            raise ValueError("an answer of no kind")
        if self.end.done():
            return
        if "at" in fields:
            self._chunk(fields["at"], payload)
        elif "event" in fields:
            self._event(fields)
        elif "error" in fields:
            self.fail(error(name, fields))
        elif "sha256" in fields:
            self._trailer(fields)
        elif self.size:
            raise ValueError("chunks without their sum")
        else:
            self.cut = fields.get("cut") is True
            self.end.set_result(fields["ok"])

    def happened(self) -> Iterator[dict[str, Any]]:
        """The events so far; the next says how many got lost before it."""
        while self.events:
            event, lost = self.events.popleft(), self.dropped
            self.dropped = 0
            yield {**event, "dropped": lost} if lost else event
        if not self.end.done():
            self.news.clear()

    def fail(self, why: ToolkitError) -> None:
        """End it with an error."""
        if not self.end.done():
            self.end.set_exception(why)
            self.end.exception()  # nobody may be waiting for it any more

    def _chunk(self, at: object, payload: bytes) -> None:
        if type(at) is not int or at != self.size:
            raise ValueError("a chunk at a wrong place")
        self.size += len(payload)
        self._hash.update(payload)
        try:
            self.sink.write(payload)
        except InterruptedError as error:
            self.fail(NodeError(f"the answer is {error}, which is more than is taken"))
        except OSError as error:
            self.fail(NodeError(f"the answer cannot be kept: {error.strerror or error}"))

    def _trailer(self, fields: Fields) -> None:
        if fields.get("size") != self.size or fields["sha256"] != self._hash.hexdigest():
            self.fail(NodeError("the answer has come damaged: its sum is not what was announced"))
        elif self.raw:
            self.end.set_result(None)
        else:
            self.end.set_result(load(bytes(cast(Memory, self.sink))))

    def _event(self, fields: Fields) -> None:
        event, lost = fields["event"], fields.get("dropped", 0)
        if self.events is None or not isinstance(event, dict):
            raise ValueError("an event that nobody waits for")
        if isinstance(lost, int) and lost > 0:
            self.dropped += lost
        if len(self.events) == EVENTS:
            self.events.popleft()
            self.dropped += 1
        self.events.append(cast(dict[str, Any], event))
        self.news.set()


def error(name: str, fields: Fields) -> ToolkitError:
    """What the node said as an error of ours."""
    kind, text = fields["error"], clean(str(fields.get("text") or ""))
    if kind == "fault":
        told = fields.get("type")
        return FaultError(f"{name}: fault: {text}", clean(told) if isinstance(told, str) else "")
    if kind == "busy":
        return Busy(f"{name}: busy: {text}")
    if kind == "auth":
        return LoginError(f"{name} wants a login first: no password is kept for it")
    if kind == "cancelled":
        return Cancelled(f"{name}: cancelled{text and ': '}{text}")
    if kind == "unknown":
        return UnknownOutcome(f"{name} does not know whether the command has run")
    told, wait = fields.get("type"), fields.get("wait")
    return RefusedError(
        f"{name}: refused: {text}",
        clean(told)[:40] if isinstance(told, str) else "",
        min(wait, 3600) if type(wait) is int and wait > 0 else 0,
    )

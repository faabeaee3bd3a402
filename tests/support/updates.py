"""Releases made up for a test, and a desk that brings them onto a real node, step by step."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Self

from benchmarks.nodes import PASSWORD, Node, Trouble
from tests.support.reference import ReferenceDesk
from toolkit.operations.build import Build

_STEP = 10  # ms of board time while somebody talks to it
_LONGEST = 1_500_000  # ms of board time that anything may take
Work = Callable[[ReferenceDesk], Awaitable[Any]]


def sha256(content: bytes) -> str:
    """Its hash in hex."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, eq=False)
class Release:
    """What goes into a slot: the manifest's head, and the files by name."""

    head: Mapping[str, Any]
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, build: Build, number: int) -> Self:
        """A build under another number."""
        head = json.loads(build.manifest)
        head["release"] = [9, number, 0, 0]
        del head["files"]
        return cls(head, {file.name: file.source.read_bytes() for file in build.files})

    def changed(self, files: Mapping[str, bytes | None], **head: Any) -> "Release":
        """The same with other files, None: without it, and another head."""
        found = {**self.files, **files}
        kept = {name: content for name, content in found.items() if content is not None}
        return replace(self, head={**self.head, **head}, files=kept)

    @property
    def manifest(self) -> bytes:
        """As the desk makes it."""
        files = [[name, len(it), sha256(it)] for name, it in sorted(self.files.items())]
        return json.dumps({**self.head, "files": files}, separators=(",", ":")).encode()

    @property
    def number(self) -> list[int]:
        """The release's number."""
        return self.head["release"]


class Bringing:
    """A desk at one node whose clock stands but while they talk; each call is a connection."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.control = node.control
        self.since = len(self.control.console())
        self.control.clock("frozen")  # a start of its own
        self.started()

    async def _talk(self, work: Work) -> Any:
        async with ReferenceDesk(self.node.address, password=PASSWORD) as desk:
            return await work(desk)

    def talk(self, work: Work) -> Any:
        """Do this with a desk that has logged in, and let time pass meanwhile."""
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(lambda: asyncio.run(self._talk(work)))
            while not job.done():
                self.control.advance(_STEP)
            return job.result()

    def say(self, line: str) -> str:
        """The answer of the text shell."""
        return self.talk(lambda desk: desk.ok("run", line=line))

    def step(self, step: str, **given: Any) -> Any:
        """One step without a payload."""
        return self.talk(lambda desk: desk.ok("update", step=step, **given))

    def begin(self, release: Release, **given: Any) -> dict[str, Any]:
        """The first step."""
        return self.talk(lambda desk: _begin(desk, release, given))

    def bring(self, release: Release, *, wait: bool = True, **given: Any) -> dict[str, Any]:
        """All steps up to the commit, until it serves again; what `begin` has said."""
        self.since = len(self.control.console())
        begun = self.talk(lambda desk: _bring(desk, release, given))
        if wait:
            self.started()
        return begun

    def set(self, **values: str) -> None:
        """Change settings."""
        assert self.talk(lambda desk: desk.ok("conf", set=values)) is True

    def started(self) -> str:
        """Let time pass until it serves again; what its console has said since the last time."""
        since = self.since
        self.until(lambda: "ready at" in self.control.console()[since:])
        self.since = len(self.control.console())
        return self.control.console()[since:]

    def until(self, condition: Callable[[], object], step: int = 100) -> int:
        """Let time pass until something is so; the milliseconds of board time that took."""
        passed = 0
        while not condition():
            if passed > _LONGEST:
                raise Trouble(f"waited in vain: {self.control.console()[-800:]}")
            self.control.advance(step)
            passed += step
        return passed

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(0, seconds, 10):
            self.control.advance(10_000)


async def _begin(desk: ReferenceDesk, release: Release, given: dict[str, Any]) -> Any:
    said = await desk.send("update", release.manifest, step="begin", **given)
    return json.loads(said) if isinstance(said, bytes) else said


async def _bring(desk: ReferenceDesk, release: Release, given: dict[str, Any]) -> Any:
    begun = await _begin(desk, release, {})
    token = begun["token"]
    for name in begun["missing"]:
        content = release.files[name]
        assert await desk.send("update", content, step="put", token=token, name=name) is True
    sealed = await desk.ok("update", step="manifest", token=token)
    assert sealed == {"release": release.number, "files": len(release.files)}
    assert await desk.ok("update", step="commit", token=token, **given) == "committed"
    return begun

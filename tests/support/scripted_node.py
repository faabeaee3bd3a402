"""A node as its link shows it, in memory: it takes updates as a real one, and fails on demand."""

import asyncio
import hashlib
import json
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from toolkit.model.errors import FaultError, HungUp, NodeError, RefusedError
from toolkit.model.node import Node
from toolkit.model.release import shown
from toolkit.operations.air import Link

HEALTHY, TRIAL = 60.0, 600.0  # seconds


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class ScriptedNode:
    """One node with two slots. Faults are told to it before they happen:

    `hang_up`: at these requests, counted from 1, the connection ends; `lose`: the same, but the
    request is done, only its answer is lost; `stall`: from that request on nothing is answered;
    `power`: at that request it restarts. `refuse`: by step, what is said instead. `dead`:
    takes no connection. `breaks`: the release does not start; `hurts`: it has a problem there.
    """

    def __init__(self, name: str, board: str = "esp32", **faults: Any) -> None:
        self.node = Node(name, name, "127.0.0.1")
        self.board = board
        self.settings: dict[str, Any] = {"app": "n/a"}
        self.slots: dict[str, dict[str, bytes]] = {"a": {"manifest.json": b'{"release":[0,1,0,0]}'}}
        self.run_slot = "a"
        self.trial = False
        self.failed: list[int] | None = None
        self.reason: str | None = None
        self.back: list[int] = []
        self.auto = False
        self.problems: list[str] = []
        self.requests = 0
        self.payload = 0
        self.starts = 0
        self.modules: dict[str, bytes] = {}
        self.said: list[str] = []
        self.configured: list[dict[str, Any]] = []
        self.hang_up: set[int] = faults.pop("hang_up", set())
        self.lose: set[int] = faults.pop("lose", set())
        self.stall: int = faults.pop("stall", 1 << 30)
        self.power: set[int] = faults.pop("power", set())
        self.refuse: Mapping[str, RefusedError | FaultError] = faults.pop("refuse", {})
        self.dead: bool = faults.pop("dead", False)
        self.breaks: str = faults.pop("breaks", "")
        self.hurts: str = faults.pop("hurts", "")
        self.gone_after_commit: bool = faults.pop("gone_after_commit", False)
        assert not faults, faults
        self._token = ""
        self._manifest = b""
        self._up = 0.0

    @property
    def boot(self) -> str:
        return f"{self.starts:016x}"

    @property
    def release(self) -> list[int]:
        return json.loads(self.slots[self.run_slot]["manifest.json"])["release"]

    def connect(self) -> AbstractAsyncContextManager[Link]:
        return self._connected()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Link]:
        if self.dead:
            await asyncio.sleep(3)
            raise NodeError(f"{self.node.name} does not answer")
        yield _ScriptedLink(self, self.boot)

    def restart(self) -> None:
        self.starts += 1
        self._token = ""
        self._up = asyncio.get_running_loop().time()
        if self.trial and self.run_slot == "a":
            if self.breaks:
                self.go_back(self.breaks)
            else:
                self.run_slot = "b"
                self.problems += [self.hurts] if self.hurts else []

    def go_back(self, reason: str) -> None:
        self.failed = json.loads(self.slots["b"]["manifest.json"])["release"]
        self.trial, self.run_slot, self.reason = False, "a", reason
        self.problems = []

    def later(self, seconds: float = 2) -> None:
        asyncio.get_running_loop().call_later(seconds, self.restart)

    @property
    def seconds_up(self) -> float:
        return asyncio.get_running_loop().time() - self._up

    # -- the steps ---------------------------------------------------------------------------

    def step_status(self, **_: Any) -> Any:
        left = int(TRIAL - self.seconds_up)
        if self.trial and self.run_slot == "b" and self.auto and self.seconds_up >= HEALTHY:
            self.confirm()
        on_trial = {"slot": "b", "tries": 1, "left": left, "auto": self.auto}
        return {
            "slot": self.run_slot,
            "release": self.release,
            "trial": on_trial if self.trial else None,
            "failed": self.failed,
            "reason": self.reason,
            "back": self.back,
            "healthy": max(0, math.ceil(HEALTHY - self.seconds_up)),
            "step": None,
        }

    def step_begin(self, payload: bytes, **_: Any) -> Any:
        self._token, self._manifest = f"token-{self.requests}", payload
        there = self.slots.setdefault("b", {})
        there.pop("manifest.json", None)
        copied = 0
        for name, _size, digest in json.loads(payload)["files"]:
            running = self.slots["a"].get(name)
            if there.get(name) != running and running and sha256(running) == digest:
                there[name] = running
                copied += 1
        missing = [
            name
            for name, _size, digest in json.loads(payload)["files"]
            if sha256(there.get(name, b"")) != digest
        ]
        kept = len(json.loads(payload)["files"]) - len(missing) - copied
        begun = {"token": self._token, "slot": "b", "missing": missing}
        return {**begun, "kept": kept, "copied": copied}

    def step_put(self, payload: bytes, token: str, name: str, **_: Any) -> Any:
        self._same(token)
        self.slots["b"][name] = payload
        self.payload += len(payload)
        return True

    def step_manifest(self, token: str, **_: Any) -> Any:
        self._same(token)
        self.slots["b"]["manifest.json"] = self._manifest
        return {"release": json.loads(self._manifest)["release"], "files": 1}

    def step_commit(self, auto: bool = False, **_: Any) -> Any:
        if self.trial:
            return "already so"
        assert "manifest.json" in self.slots["b"]
        self.trial, self.failed, self.auto = True, None, auto
        self.dead = self.gone_after_commit
        self.later()
        return "committed"

    def step_confirm(self, release: list[int], **_: Any) -> Any:
        if not self.trial:
            return "already so"
        assert release == self.release
        wait = HEALTHY - self.seconds_up
        if wait > 0:
            raise RefusedError("too early", "early", wait)
        self.confirm()
        return "confirmed"

    def confirm(self) -> None:
        """A confirmed release is the one in a; so this node needs no second set of rules."""
        self.back = json.loads(self.slots["a"]["manifest.json"])["release"]
        self.trial, self.run_slot = False, "b"

    def step_back(self, **_: Any) -> Any:
        if not self.trial and not self.back:
            raise RefusedError("there is no release to go back to")
        if self.trial:
            self.go_back("it was turned back by hand")
        else:
            self.run_slot, self.back = "a", []
        self.later()
        return f"back to {shown(self.release)}"

    def _same(self, token: str) -> None:
        if token != self._token:
            raise RefusedError("another update has begun", "token")


class _ScriptedLink:
    """One connection to it."""

    def __init__(self, node: ScriptedNode, boot: str) -> None:
        self._node = node
        self.boot = boot

    async def run(self, line: str) -> str:
        await self._turn("run")
        node = self._node
        node.said.append(line)
        facts = {"board": node.board, "version": shown(node.release), "problems": node.problems}
        return json.dumps(facts) if line == "status >json" else ""

    async def request(self, op: str, /, **given: Any) -> Any:
        return await self._done(op, **given)

    async def send(self, op: str, source: bytes, /, **given: Any) -> Any:
        return await self._done(op, payload=source, **given)

    async def put(self, name: str, source: bytes, /) -> None:
        await self._done("put", payload=source, name=name)

    async def _done(self, op: str, **given: Any) -> Any:
        step = given.pop("step", op)
        await self._turn(step)
        answer = self._answer(op, step, given)
        if self._node.requests in self._node.lose:
            raise HungUp("the node ended the connection")
        return answer

    def _answer(self, op: str, step: str, given: dict[str, Any]) -> Any:
        node = self._node
        if op == "update":
            return getattr(node, f"step_{step}")(**given)
        if op == "hash":
            _, slot, name = given["name"].split("/")
            there = node.modules.get(given["name"]) or node.slots.get(slot, {}).get(name)
            if there is None:
                raise RefusedError(f"no such file: {given['name']}")
            return sha256(there)
        if op == "conf":
            return self._conf(given)
        assert op == "put"
        node.modules[given["name"]] = given["payload"]
        return True

    def _conf(self, given: dict[str, Any]) -> Any:
        if not given:
            return self._node.settings
        self._node.configured.append(given)
        return True

    async def _turn(self, what: str) -> None:
        """What happens to this request, by its number."""
        node = self._node
        node.requests += 1
        await asyncio.sleep(0.01)
        if node.boot != self.boot:
            raise HungUp("the node has restarted")
        if node.requests in node.power:
            node.restart()
            raise HungUp("the node has lost its power")
        if node.requests in node.hang_up:
            raise HungUp("the node ended the connection")
        if node.requests >= node.stall:
            await asyncio.sleep(1e6)
        if what in node.refuse:
            raise node.refuse[what]

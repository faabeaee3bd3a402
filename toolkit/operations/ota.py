"""Give one node a release over the air: send what is missing, let it start, look, confirm.

How it is waited for is in trial.py.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from toolkit.model import release
from toolkit.model.errors import FaultError, LoginError, NodeError, RefusedError, ToolkitError
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome, Verdict, ended
from toolkit.model.package import Package, package
from toolkit.model.patience import patient
from toolkit.model.progress import Progress, finished
from toolkit.model.state import State, read_begun, read_problems, read_state
from toolkit.model.text import sentence
from toolkit.operations.air import ANSWER, Dial, Link, Tell, driven, within
from toolkit.operations.build import build
from toolkit.operations.facts import Facts, facts
from toolkit.operations.trial import POLL, RETURN, SLOW, NotTaken, Trial

RATE = 1000  # bytes a second that a node writes at least
STAGING = patient(1200.0)  # seconds for sending, in all

Before = Callable[[Node, Tell], Awaitable[None]]


@dataclass(frozen=True)
class Order:
    """What a node is to run. `force`: also where nothing differs, or the node warns.

    `unattended`: the node decides by itself whether it is well. `before` is done to a node first.
    """

    package: Package
    force: bool = False
    unattended: bool = False
    before: Before | None = None


def ota(
    dial: Dial,
    node: Node,
    *,
    force: bool = False,
    unattended: bool = False,
    before: Before | None = None,
) -> Generator[Progress, None, Outcome]:
    """Build the release for a node's board and give it to that node."""

    async def who(tell: Tell) -> Facts:
        tell(Progress("look", note=node.name))
        async with dial(node) as link:
            return await facts(link)

    told = yield from driven(who)
    built = yield from build(told.board)
    order = Order(package(built), force, unattended, before)

    async def work(tell: Tell) -> Outcome:
        return await update(dial, node, order, tell)

    return (yield from driven(work))


async def update(dial: Dial, node: Node, order: Order, tell: Tell) -> Outcome:
    """Give a node a release; whatever happens is the outcome, with its reason."""
    work = _Update(dial, node, order, tell)
    try:
        return await work.run()
    except ToolkitError as error:
        how = ended(node, error, reached=work.committed)
        refused = work.committed and isinstance(error, RefusedError | LoginError)
        return work.outcome(how.verdict, how.note + "; it goes back by itself" * refused)


class _Update(Trial):
    """One node on its way to one release."""

    lost = "the release is on trial there, and it goes back by itself within ten minutes of running"
    staging = STAGING

    def __init__(self, dial: Dial, node: Node, order: Order, tell: Tell) -> None:
        super().__init__(dial, node, tell)
        self._order = order
        self._package = order.package
        self._failed: tuple[int, ...] = ()  # what the node said of an earlier trial
        self._slot = ""  # where the release goes
        self._problems: set[str] | None = None  # the node had before; None: not known
        self._version = ""

    def outcome(self, verdict: Verdict, note: str = "") -> Outcome:
        """How it ended."""
        board = self._package.board
        return Outcome(self._node, verdict, note, self._version, board, self._sent)

    async def _stage(self, link: Link) -> Outcome | None:
        """On one connection; what is there already is not sent again."""
        state = await self._state(link)
        if await self._runs_it(link, state):
            if state.left is not None:  # on trial, left by somebody who went away
                self._slot, self.committed = state.slot, True
                return None
            if not self._order.force:
                return self.outcome(Verdict.UNCHANGED)
        if self._problems is None:
            self._problems = set(await _problems(link))
            if self._order.before:
                await self._order.before(self._node, self._tell)
        token = await self._send_missing(link)
        await ask(link, "manifest", seconds=SLOW, token=token)
        self._left, self._failed, self.committed = link.boot, state.failed, True
        self._tell(Progress("restart"))
        with suppress(NodeError):  # the reset was quicker, or the answer was lost: it will show
            await ask(link, "commit", token=token, auto=self._order.unattended)
            self._certain = True
        return None

    async def _runs_it(self, link: Link, state: State) -> bool:
        name = f"/{state.slot}/{release.MANIFEST}"
        try:
            there = await within(ANSWER, "hash", link.request("hash", name=name))
        except RefusedError:
            return False  # it does not tell: begin finds out
        return there == self._package.sha256

    async def _send_missing(self, link: Link) -> str:
        """Begin, or begin again, and send what the node misses; answers the token."""
        given = {"force": True} if self._order.force else {}
        begin = link.send("update", self._package.manifest, step="begin", **given)
        begun = read_begun(await within(SLOW, "begin", begin))
        self._slot = begun.slot
        total = sum(len(self._content(name)) for name in begun.missing)
        done = 0
        for name in begun.missing:
            content = self._content(name)
            self._tell(Progress("send", done, total, "B", name))
            put = link.send("update", content, step="put", token=begun.token, name=name)
            await within(ANSWER + len(content) / RATE, name, put)
            self._placed += 1
            self._sent += len(content)
            done += len(content)
        note = f"{len(begun.missing)} files, {done} B, {begun.there} there already"
        self._tell(finished("send", note))
        return begun.token

    def _content(self, name: str) -> bytes:
        if name not in self._package.files:
            raise FaultError(f"it asks for {sentence(name, 60)!r}, which the release does not have")
        return self._package.files[name]

    async def _judged(self, link: Link, end: float) -> Outcome | None:
        """What is to be said of the start at hand."""
        clock = asyncio.get_running_loop().time
        looked = False
        while clock() < end:
            state = await self._state(link)
            if state.slot != self._slot:
                return self._not_there(state)
            if state.left is None:
                return self.outcome(Verdict.UPDATED)
            if not looked or not state.healthy:  # at first, and last before it is confirmed
                wrong = await self._wrong(link, state)
                if wrong:
                    return await self._turned_back(link, wrong)
                looked = True
            await asyncio.sleep(await self._confirm(link, state))
        return None

    def _not_there(self, state: State) -> Outcome:
        """It runs the other slot."""
        if not state.failed or (state.failed == self._failed and not self._certain):
            raise NotTaken("the node does not know of the commit")
        return self.outcome(Verdict.ROLLED_BACK, state.reason or "it did not start")

    async def _wrong(self, link: Link, state: State) -> str:
        """Our own checks: the release that was sent, and no problem that was not there before."""
        if state.release != self._package.release:
            return f"it runs {self._version} instead of {self._package.version}"
        if self._problems is None:
            return ""
        new = {it: text for it, text in (await _problems(link)).items() if it not in self._problems}
        return "; ".join(new.values())

    async def _confirm(self, link: Link, state: State) -> float:
        """Say that it is well, once it is; the seconds until it is worth to look again."""
        if state.healthy or self._order.unattended:
            return self._well_in(state.healthy, f", goes back in {state.left} s")
        asking = ask(link, "confirm", release=list(self._package.release))
        return await self._confirmed(asking)

    async def _turned_back(self, link: Link, wrong: str) -> Outcome:
        """Let it go back at once; where that cannot be said, it does so by itself."""
        before = link.boot
        try:
            await ask(link, "back")
            state = await returned(self._dial, self._node, before)
        except (NodeError, RefusedError) as error:
            note = f"{wrong}; it was not confirmed and goes back by itself ({error})"
            return self.outcome(Verdict.FAILED, note)
        self._version = state.version
        return self.outcome(Verdict.ROLLED_BACK, wrong)

    async def _state(self, link: Link) -> State:
        state = await state_of(link)
        self._version = state.version
        return state


async def turn_back(dial: Dial, node: Node, tell: Tell) -> Outcome:
    """Let a node run the release it had before."""
    tell(Progress("back"))
    asked = False
    said = ""
    try:
        async with dial(node) as link:
            before = link.boot
            try:
                said = sentence(await ask(link, "back"))
            except NodeError:  # the reset was quicker, or it was lost: it will show
                said = "the answer was lost, and it has restarted"
            asked = True
        state = await returned(dial, node, before)
    except ToolkitError as error:
        return ended(node, error, reached=asked)
    return Outcome(node, Verdict.UPDATED, said, state.version)


async def returned(dial: Dial, node: Node, before: str) -> State:
    """Wait for another start of a node; its state then."""
    clock = asyncio.get_running_loop().time
    end = clock() + RETURN
    why = ""
    while clock() < end:
        try:
            async with dial(node) as link:
                if link.boot != before:
                    return await state_of(link)
        except NodeError as error:
            why = f" ({error})"
        await asyncio.sleep(POLL)
    raise NodeError(f"it did not come back within {RETURN:.0f} s{why}")


async def state_of(link: Link) -> State:
    """What a node says of its releases."""
    return read_state(await ask(link, "status"))


async def ask(link: Link, step: str, *, seconds: float = ANSWER, **given: Any) -> Any:
    """One step of an update without payload."""
    return await within(seconds, step, link.request("update", step=step, **given))


async def _problems(link: Link) -> dict[str, str]:
    """What a node says is wrong with it: without the numbers in it, and as it is."""
    told = read_problems(await within(ANSWER, "status", link.run("status >json")))
    sentences = [one for one in told if " on trial" not in one]
    return {re.sub(r"\d+", "#", sentence): sentence for sentence in sentences}

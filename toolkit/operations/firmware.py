"""Give one node other firmware over the air: send what is missing, let it start, confirm it.

After the commit its boot loader goes back at the next reset, and the node itself after ten
minutes, unless it is confirmed here. See trial.py.
"""

import asyncio
import hashlib
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from toolkit.model import catalogue, image
from toolkit.model.boards import BOARDS
from toolkit.model.errors import (
    FaultError,
    InputError,
    NodeError,
    RefusedError,
    ToolkitError,
)
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome, Verdict, ended
from toolkit.model.progress import Progress, finished
from toolkit.model.rollout import Candidate
from toolkit.model.select import Term
from toolkit.model.state import read_firmware
from toolkit.model.text import sentence
from toolkit.operations.air import ANSWER, Dial, Link, Tell, driven, within
from toolkit.operations.facts import facts
from toolkit.operations.push import Limits, Push, found, treated
from toolkit.operations.trial import SLOW, NotTaken, Trial
from toolkit.transport.flasher import check_image

BLOCK = 4096  # bytes that a node writes at a time
MARK = 8  # bytes of a block's SHA-256 that tell a node whether it has that block
PIECE = 32 * BLOCK  # bytes of one request: what is lost at most when the connection ends
RATE = 4000  # bytes a second that a node writes at least


@dataclass(frozen=True)
class Firmware:
    """An image as it is sent."""

    path: Path
    content: bytes

    @property
    def digest(self) -> str:
        """What names it."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def marks(self) -> bytes:
        """The beginning of each block's SHA-256, the last one filled up."""
        places = range(0, len(self.content), BLOCK)
        blocks = (self.content[at : at + BLOCK].ljust(BLOCK, b"\xff") for at in places)
        return b"".join(hashlib.sha256(block).digest()[:MARK] for block in blocks)


def read(path: Path) -> Firmware:
    """An image for the air; InputError for what is none."""
    if catalogue.wanted(str(path)) and not path.exists():
        raise InputError(
            f"--firmware {path} is for the cable: over the air goes a file, the one that ends in "
            ".app-bin of MicroPython's download for OTA"
        )
    return Firmware(path, image.read_air(path))


def ota(dial: Dial, node: Node, path: Path) -> Generator[Progress, None, Outcome]:
    """Give a node the firmware in a file; whatever happens is the outcome, with its reason."""
    firmware = read(path)

    async def work(tell: Tell) -> Outcome:
        return await give(dial, node, firmware, tell)

    return (yield from driven(work))


def push(
    dial: Dial, nodes: Sequence[Node], terms: Sequence[Term], limits: Limits, path: Path
) -> Generator[Progress, None, Push]:
    """The same for all nodes that meet the terms; canaries and limits as for a release."""
    firmware = read(path)
    met, lost = yield from found(dial, nodes, terms)

    async def treat(candidate: Candidate, tell: Tell) -> Outcome:
        try:
            return await give(dial, candidate.node, firmware, tell)
        except InputError as error:  # it is for another chip
            return Outcome(candidate.node, Verdict.REFUSED, str(error), board=candidate.board)

    return (yield from treated(met, lost, treat, limits))


async def give(dial: Dial, node: Node, firmware: Firmware, tell: Tell) -> Outcome:
    """The same, where an event loop runs already."""
    work = _Giving(dial, node, firmware, tell)
    try:
        return await work.run()
    except ToolkitError as error:
        if isinstance(error, InputError) and not work.committed:
            raise
        how = ended(node, error, reached=work.committed)
        return work.outcome(how.verdict, how.note)


class _Giving(Trial):
    """One node on its way to one image."""

    lost = (
        "the firmware is on trial there, and "
        "the one before comes back at the next reset, or within ten minutes"
    )

    def __init__(self, dial: Dial, node: Node, firmware: Firmware, tell: Tell) -> None:
        super().__init__(dial, node, tell)
        self._firmware = firmware
        self._board = self._target = ""

    def outcome(self, verdict: Verdict, note: str = "") -> Outcome:
        """How it ended."""
        return Outcome(self._node, verdict, note, board=self._board, sent=self._sent)

    async def _stage(self, link: Link) -> Outcome | None:
        """On one connection: what is there already is not sent again."""
        if not self._board:
            self._board = (await facts(link)).board
            await asyncio.to_thread(check_image, self._firmware.path, BOARDS[self._board])
        if await self._runs_it(link):
            state = read_firmware(await self._ask(link, "status"))
            if not state.trial:
                return self.outcome(Verdict.UNCHANGED, f"firmware in {state.partition}")
            # left on trial by somebody who went away
            self._target, self._certain, self.committed = state.partition, True, True
            return None
        await self._send_missing(link)
        self._tell(Progress("check"))
        await self._ask(link, "verify", seconds=SLOW)
        self._tell(finished("check"))
        self._left = link.boot
        self._tell(Progress("restart"))
        with suppress(NodeError):  # the reset was quicker, or the answer was lost: it will show
            await self._ask(link, "commit")
            self._certain = True
        self.committed = True
        return None

    async def _runs_it(self, link: Link) -> bool:
        size = len(self._firmware.content)
        try:
            return await self._ask(link, "runs", seconds=SLOW, image=size) is True
        except RefusedError as refusal:
            if "not enough memory" in str(refusal):
                raise
            return False  # an older release does not tell: begin finds out

    async def _send_missing(self, link: Link) -> None:
        sent = self._firmware
        about = {"image": len(sent.content), "head": sent.content[:24].hex()}
        begun = await self._send(link, "begin", sent.marks, SLOW, **about)
        at, self._target = _begun(begun, len(sent.content))
        kept, total = at, len(sent.content)
        self._placed = at
        while at < total:
            self._tell(Progress("send", at, total, "B", sent.path.name))
            piece = sent.content[at : at + PIECE]
            seconds = ANSWER + len(piece) / RATE
            await self._send(link, "put", piece, seconds, **{"from": at})
            at += len(piece)
            self._placed = at
            self._sent += len(piece)
        self._tell(finished("send", f"{total - kept} B, {kept} B there already"))

    async def _judged(self, link: Link, end: float) -> Outcome | None:
        """What is to be said of the start at hand."""
        clock = asyncio.get_running_loop().time
        while clock() < end:
            state = read_firmware(await self._ask(link, "status"))
            if state.partition != self._target:
                if not (self._certain or state.reason):
                    raise NotTaken("the node does not know of the commit")
                return self.outcome(Verdict.ROLLED_BACK, state.reason or "it did not start")
            if not state.trial:
                return self.outcome(Verdict.UPDATED, f"firmware in {state.partition}")
            asking = self._ask(link, "confirm", partition=self._target)
            await asyncio.sleep(await self._confirmed(asking))
        return None

    async def _ask(self, link: Link, do: str, *, seconds: float = ANSWER, **given: Any) -> Any:
        given = {"digest": self._firmware.digest, **given}
        work = link.request("update", step="firmware", do=do, **given)
        return await within(seconds, do, work)

    async def _send(self, link: Link, do: str, content: bytes, seconds: float, **given: Any) -> Any:
        given = {"digest": self._firmware.digest, **given}
        work = link.send("update", content, step="firmware", do=do, **given)
        return await within(seconds, do, work)


def _begun(answer: Any, size: int) -> tuple[int, str]:
    """Where to go on, and the partition; FaultError for an answer that makes no sense."""
    said = cast(dict[str, Any], answer) if isinstance(answer, dict) else {}
    at, name = said.get("from"), said.get("partition")
    if (
        isinstance(at, int)
        and isinstance(name, str)
        and (at == size or at in range(0, size, BLOCK))
    ):
        return at, sentence(name)
    raise FaultError(f"it says where to go on in words of its own: {sentence(said)[:80]}")

"""What a node is given on trial, a release or firmware: it is brought, waited for, judged.

Until the commit nothing that the node does changes. Afterwards it goes back by itself, unless what
is on trial is confirmed here: on a connection of its own, once the node is well.
"""

import asyncio
from collections.abc import Awaitable

from toolkit.model.errors import HungUp, NodeError, RefusedError
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome, Verdict
from toolkit.model.patience import patient
from toolkit.model.progress import Progress
from toolkit.operations.air import Dial, Link, Tell

SLOW = patient(240.0)  # seconds: all that is there is hashed
RESET = patient(20.0)  # seconds from the commit to the reset
RETURN = patient(150.0)  # seconds without a word before a node counts as lost
TRIAL = 660.0  # seconds: after 600 the node has gone back by itself
TRIES = 6  # without anything new there in between
_CUT = 0.125  # of such a try, where the node was there and did not stall: a long file may need many
STARTS = 2  # tries in which what is on trial may be about to start
PAUSE = 1.0  # seconds between tries, doubled each time
LOOK = 3.0  # seconds between two looks at a node on trial
POLL = 0.5
_LONGEST_PAUSE = patient(8.0)


class NotTaken(NodeError):
    """The commit was lost on its way."""


class Trial:
    """One node on its way to one thing; what that is, the classes below this one know."""

    lost = ""  # what becomes of a node of which nothing is heard any more
    staging: float | None = None  # seconds for sending, in all

    def __init__(self, dial: Dial, node: Node, tell: Tell) -> None:
        self._dial = dial
        self._node = node
        self._tell = tell
        self._left = ""  # the start of the node that is to end
        self._certain = False  # the node has said that it took the commit
        self._met = 0  # times that something was on trial
        self._sent: int = 0  # bytes
        self._placed = 0  # of what is there by now: whether it gets on
        self.committed = False

    def outcome(self, verdict: Verdict, note: str = "") -> Outcome:
        """How it ended."""
        raise NotImplementedError

    async def _stage(self, link: Link) -> Outcome | None:
        """Bring it to the commit on one connection; an outcome where there is nothing to do."""
        raise NotImplementedError

    async def _judged(self, link: Link, end: float) -> Outcome | None:
        """What is to be said of a new start; None: look again on a new connection."""
        raise NotImplementedError

    async def run(self) -> Outcome:
        """Send, let it start, judge; once more when the commit was lost."""
        try:
            async with asyncio.timeout(self.staging):
                early = await self._staged()
        except TimeoutError as error:
            minutes = (self.staging or 0) / 60
            raise NodeError(f"not all was sent within {minutes:.0f} minutes") from error
        if early:
            return early
        try:
            return await self._decided()
        except NotTaken:
            self.committed = False
            return await self._staged() or await self._decided()

    async def _staged(self) -> Outcome | None:
        """Bring it to the commit, over as many connections as that takes."""
        failures = 0.0
        while True:
            before, there = self._placed, False
            try:
                async with self._dial(self._node) as link:
                    there = True
                    return await self._stage(link)
            except (NodeError, RefusedError) as error:
                if isinstance(error, RefusedError) and not self._passing(error):
                    raise
                silent = not isinstance(error, HungUp | RefusedError)
                cut = 1.0 if silent or not there else _CUT
                failures = (0 if self._placed > before else failures) + cut
                if failures >= TRIES:
                    raise
                await asyncio.sleep(min(PAUSE * 2 ** max(int(failures) - 1, 0), _LONGEST_PAUSE))

    def _passing(self, refusal: RefusedError) -> bool:
        """Whether the same may go the next time: another update has begun, or memory was short.

        What is on trial may be this very thing, about to start: committed by who went away.
        """
        if refusal.kind == "trial":
            self._met += 1
            return self._met <= STARTS
        return refusal.kind == "token" or "not enough memory" in str(refusal)

    async def _decided(self) -> Outcome:
        """Wait for the node, as often as it starts; judge it and confirm."""
        clock = asyncio.get_running_loop().time
        began = heard = clock()
        end = began + TRIAL
        why = ""
        while clock() < min(end, heard + RETURN):
            try:
                async with self._dial(self._node) as link:
                    try:
                        outcome = await self._looked(link, began, end)
                    finally:
                        heard = clock()
                    if outcome:
                        return outcome
            except NotTaken:
                raise
            except NodeError as error:
                why = f" ({error})"
            await asyncio.sleep(POLL)
        since = f"no word of it for {clock() - heard:.0f} s" if clock() < end else "no end in time"
        raise NodeError(f"{since}{why}: {self.lost}")

    async def _looked(self, link: Link, began: float, end: float) -> Outcome | None:
        """Judge what has started; what has not may need the commit once more."""
        if link.boot != self._left:
            return await self._judged(link, end)
        if asyncio.get_running_loop().time() - began <= RESET:
            return None
        if not self._certain:
            raise NotTaken("the node did not get the commit")
        return self.outcome(Verdict.FAILED, "it took the commit and did not restart")

    async def _confirmed(self, asking: Awaitable[object]) -> float:
        """Say that it is well; the seconds until it is worth to look again."""
        try:
            await asking
        except RefusedError as refusal:
            if refusal.kind != "early":
                raise
            return self._well_in(refusal.wait)
        return POLL

    def _well_in(self, seconds: float, more: str = "") -> float:
        """Tell how long it is to be well; the seconds until it is worth to look again."""
        self._tell(Progress("confirm", note=f"is to be well for {seconds:.0f} s more{more}"))
        return min(max(seconds, POLL), LOOK)

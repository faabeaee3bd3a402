"""In which order many nodes are updated, and when that stops: canaries first, kind by kind.

Pure: it is told how it went with each node and says which ones come next. Canaries are counted for
each board by itself, because a release for another board is another program. A node that has the
release already counts as one, so that a second run goes on where the first one ended.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.model.node import Node
from toolkit.model.outcome import HARMED, Verdict


@dataclass(frozen=True)
class Candidate:
    """A node that is to be updated, and its board."""

    node: Node
    board: str


class Rollout:
    """Who is next. `canary` nodes of a board must be well before the others of it are begun.

    `stop_after` nodes that were harmed stop it: none is begun any more. A harmed canary stops it
    at once. One that refused or could not be reached is no evidence: another takes its place.
    """

    def __init__(
        self, candidates: Iterable[Candidate], *, canary: int = 1, stop_after: int = 1
    ) -> None:
        self._waiting = list(candidates)
        self._running: dict[str, tuple[str, bool]] = {}  # uid: board, whether it is a canary
        self._well: Counter[str] = Counter()
        self._canary = canary
        self._left = stop_after
        self.stopped = ""  # why, for people

    @property
    def idle(self) -> bool:
        """Whether nobody is being updated."""
        return not self._running

    def next(self) -> Candidate | None:
        """Who may be begun now; None while the others have to be waited for, or at the end."""
        if self.stopped:
            return None
        for place, candidate in enumerate(self._waiting):
            if self._may_begin(candidate.board):
                trying = self._well[candidate.board] < self._canary
                self._running[candidate.node.uid] = candidate.board, trying
                return self._waiting.pop(place)
        return None

    def ended(self, uid: str, verdict: Verdict) -> None:
        """Be told how it went with a node that was begun."""
        board, canary = self._running.pop(uid)
        if verdict in (Verdict.UPDATED, Verdict.UNCHANGED):
            self._well[board] += 1
        elif verdict in HARMED:
            self._left -= 1
            if not self.stopped and (canary or self._left <= 0):
                which = "canary" if canary else "node"
                self.stopped = f"stopped: a {which} {_PAST[verdict]}"

    def not_tried(self) -> list[Candidate]:
        """Who was never begun; at the end nobody, unless it was stopped."""
        return list(self._waiting)

    def _may_begin(self, board: str) -> bool:
        missing = self._canary - self._well[board]
        trying = sum(1 for kind, _ in self._running.values() if kind == board)
        return missing <= 0 or trying < missing


_PAST = {
    Verdict.FAILED: "failed",
    Verdict.ROLLED_BACK: "rolled back",
    Verdict.UNKNOWN: "ended in a way that is not known",
}

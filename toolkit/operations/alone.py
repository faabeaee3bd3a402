"""What nodes are given without a release: load modules, settings; or the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolkit.model.outcome import GOOD, Outcome, Verdict
from toolkit.model.rollout import Candidate
from toolkit.operations import configure, modules
from toolkit.operations.air import Dial, Tell
from toolkit.operations.ota import turn_back

_NOTHING = (Verdict.REFUSED, Verdict.UNREACHABLE)  # by them nothing has changed


@dataclass(frozen=True)
class Alone:
    """What is wanted; nothing of it means: a release."""

    sources: Sequence[Path] = ()
    values: configure.Values = field(default_factory=dict[str, str], repr=False)
    back: bool = False

    def __bool__(self) -> bool:
        return bool(self.sources or self.values or self.back)

    @property
    def steps(self) -> list[str]:
        """What would be done, for people."""
        steps = ["take the release back"] if self.back else []
        return (
            steps + [f"load {it.name}" for it in self.sources] + [f"set {it}" for it in self.values]
        )


async def give(
    dial: Dial, candidate: Candidate, wanted: Alone, contents: Mapping[str, bytes], tell: Tell
) -> Outcome:
    """Do all of it to a node, until something goes wrong; `contents` are the modules, compiled."""
    node, board = candidate.node, candidate.board
    whole = Outcome(node, Verdict.UNCHANGED, board=board)
    parts = (
        (wanted.back, lambda: turn_back(dial, node, tell)),
        (wanted.sources, lambda: modules.load(dial, node, contents, tell)),
        (wanted.values, lambda: configure.configure(dial, node, wanted.values, tell)),
    )
    for is_wanted, part in parts:
        if not is_wanted:
            continue
        outcome = replace(await part(), board=board)
        outcome = replace(outcome, sent=outcome.sent + whole.sent)
        if whole.verdict is Verdict.UPDATED and outcome.verdict in _NOTHING:
            note = f"what was wanted before has been done, and then: {outcome.note}"
            outcome = replace(outcome, verdict=Verdict.FAILED, note=note)
        if outcome.verdict is not Verdict.UNCHANGED:
            whole = outcome
        if outcome.verdict not in GOOD:
            break
    return whole

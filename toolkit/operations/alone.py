"""What nodes are given without a release: load modules, settings; or the way back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from toolkit.model.outcome import GOOD, Outcome, Verdict
from toolkit.model.rollout import Candidate
from toolkit.operations import configure, modules
from toolkit.operations.air import Dial, Tell
from toolkit.operations.ota import turn_back
from toolkit.transport.answers import MEMORY

_NOTHING = (Verdict.REFUSED, Verdict.UNREACHABLE)  # by them nothing has changed
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds: what a start takes of a small chip's memory is back then


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
        (wanted.sources, lambda: _patiently(lambda: modules.load(dial, node, contents, tell))),
        (
            wanted.values,
            lambda: _patiently(lambda: configure.configure(dial, node, wanted.values, tell)),
        ),
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


async def _patiently(part: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Do it again where the node lacks memory; what is done does no harm twice."""
    outcome, sent, begun = await part(), 0, False
    for pause in _PAUSES:
        if MEMORY not in outcome.note:
            break
        sent += outcome.sent
        begun = begun or outcome.verdict not in _NOTHING
        await asyncio.sleep(pause)
        outcome = await part()
    verdict = outcome.verdict
    if begun and verdict is Verdict.UNCHANGED:
        verdict = Verdict.UPDATED
    elif begun and verdict in _NOTHING:
        verdict = Verdict.UNKNOWN
    return replace(outcome, verdict=verdict, sent=sent + outcome.sent)

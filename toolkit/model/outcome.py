"""What became of a node that was to be updated."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from toolkit.model.errors import (
    FaultError,
    LoginError,
    NodeError,
    RefusedError,
    ToolkitError,
    UnknownOutcome,
)
from toolkit.model.node import Node
from toolkit.model.text import sentence

_NOTE = 500  # characters
_ALREADY_SAID = re.compile(r"\S+: (?:refused|fault): ")


class Verdict(StrEnum):
    """The words of the table; what comes after UNCHANGED needs a person."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    NOT_TRIED = "not tried"


GOOD = frozenset({Verdict.UPDATED, Verdict.UNCHANGED})
HARMED = frozenset({Verdict.FAILED, Verdict.ROLLED_BACK, Verdict.UNKNOWN})  # what stops a push


@dataclass(frozen=True)
class Outcome:
    """How it ended with a node: the verdict, why, its version now, payload bytes sent to it."""

    node: Node
    verdict: Verdict
    note: str = ""
    version: str = ""
    board: str = ""
    sent: int = 0


_ENDS: Mapping[Verdict, type[ToolkitError]] = {
    Verdict.REFUSED: RefusedError,
    Verdict.FAILED: FaultError,
    Verdict.ROLLED_BACK: FaultError,
    Verdict.UNREACHABLE: NodeError,
    Verdict.UNKNOWN: UnknownOutcome,
}


def check(outcome: Outcome) -> None:
    """What went wrong with one node is an error, with the exit code of its kind."""
    kind = _ENDS.get(outcome.verdict)
    if kind:
        raise kind(f"{outcome.node.name}: {outcome.verdict}: {outcome.note}")


def ended(node: Node, error: ToolkitError, sent: int = 0, *, reached: bool = False) -> Outcome:
    """What an error makes of a node; `reached`: it has changed by then, and nobody knows how."""
    if isinstance(error, RefusedError | LoginError):
        verdict = Verdict.FAILED if reached else Verdict.REFUSED
    elif isinstance(error, FaultError):
        verdict = Verdict.FAILED
    else:
        verdict = Verdict.UNKNOWN if reached else Verdict.UNREACHABLE
    note = sentence(_ALREADY_SAID.sub("", str(error), count=1), _NOTE)
    return Outcome(node, verdict, note, sent=sent)


def tally(outcomes: Iterable[Outcome]) -> str:
    """`18 updated, 1 unchanged, 1 unreachable`, in the order of the verdicts."""
    all_of_them = [outcome.verdict for outcome in outcomes]
    counts = [(all_of_them.count(verdict), verdict) for verdict in Verdict]
    return ", ".join(f"{count} {verdict}" for count, verdict in counts if count)

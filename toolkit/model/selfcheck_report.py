"""What a board's self-check has found, for people and for programs, without what is private."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from toolkit.model.unknown import as_null

Figure = str | int | float | None  # None: it was not told
UNITS = ("B", "KB", "B/s", "s", "ms", "dBm")  # one is the last word of what is measured


class Result(StrEnum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "failed"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Step:
    """One step: why it failed or was left out, or what it has found (units: the names' ends)."""

    name: str
    result: Result
    note: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict[str, Figure])

    @property
    def cell(self) -> str:
        """Its note and its figures in one line."""
        figures = ", ".join(_told(name, value) for name, value in self.figures.items())
        return "; ".join(filter(None, (self.note, figures)))


@dataclass(frozen=True)
class Report:
    """All steps. `virtual`: only the silicon was imitated; `changed`: what is not as it was."""

    toolkit: str
    system: str
    virtual: bool
    steps: tuple[Step, ...]
    changed: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """How many steps failed."""
        return sum(step.result is Result.FAILED for step in self.steps)

    @property
    def board(self) -> str:
        """What kind of board it is, as far as that is known."""
        found = (step.figures.get("chip") for step in self.steps)
        return str(next(filter(None, found), "board"))

    @property
    def summary(self) -> str:
        """`11 passed, 1 left out`."""
        ended = [step.result for step in self.steps]
        counts = [(ended.count(result), result) for result in Result]
        return ", ".join(f"{count} {result}" for count, result in counts if count)

    def as_json(self) -> str:
        """For programs."""
        steps = [as_null(asdict(it)) for it in self.steps]
        facts = {**asdict(self), "steps": steps, "summary": self.summary}
        return json.dumps(facts, indent=1) + "\n"

    def as_page(self) -> str:
        """For people."""
        kind = "a virtual board: only its silicon is imitated" if self.virtual else "a real board"
        rows = [f"| {it.name} | {it.result} | {it.cell.replace('|', '/')} |" for it in self.steps]
        changed = [f"* {it}" for it in self.changed] or ["Nothing: the board is as it was."]
        return "\n".join(
            [
                f"# Self-check of {self.board}: {self.summary}",
                "",
                f"Toolkit {self.toolkit} on {self.system}; {kind}.",
                "",
                "| step | result | what |",
                "|---|---|---|",
                *rows,
                "",
                "## What has changed on the board",
                "",
                *changed,
                "",
            ]
        )


def _told(name: str, value: Figure) -> str:
    """`free B`: 90000 as people read it, `free 90000 B`."""
    front, _, unit = name.rpartition(" ")
    if unit in UNITS:
        return f"{front} not told" if value is None else f"{front} {value} {unit}"
    return f"{name} {'not told' if value in (None, '') else value}"


def scrubbed(text: str, private: Iterable[str]) -> str:
    """A sentence in which private words (names, passwords, addresses) stand as `<private>`."""
    for word in sorted(filter(None, private), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "<private>", text)
    return text

"""What a long operation tells while it works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a stage is.

    `stage` names it (`erase`, `flash` …); `done` of `total` in `unit` (total 0: unknown);
    `note` is what a person may want to know about it, such as the file at hand.
    """

    stage: str
    done: int = 0
    total: int = 0
    unit: str = ""
    note: str = ""

    @property
    def finished(self) -> bool:
        """Whether this is the last word of its stage."""
        return self.total > 0 and self.done >= self.total


def finished(stage: str, note: str = "") -> Progress:
    """The last word of a stage."""
    return Progress(stage, 1, 1, note=note)

"""What stands below the prompt of the shell: who is talked to, and how; pure."""

from dataclasses import dataclass

from toolkit.model.text import kilobytes

_GAP = "  "
_MORE = "…"


@dataclass(frozen=True)
class Bar:
    """The facts of the node at hand; what is empty is not shown."""

    name: str
    state: str
    address: str = ""
    version: str = ""
    memory: int | None = None  # bytes that are free

    @property
    def free(self) -> str:
        """The free memory as a person reads it."""
        return "" if self.memory is None else f"{kilobytes(self.memory)} free"


def facts(bar: Bar, columns: int) -> str:
    """The facts in one line; where it is narrow, version, memory, address, state go first."""
    shown = [bar.name, bar.address, bar.version, bar.free, bar.state]
    for dropped in (None, bar.version, bar.free, bar.address, bar.state):
        if dropped in shown:
            shown.remove(dropped)
        line = _GAP.join(filter(None, shown))
        if len(line) <= columns:
            return line
    return cut(bar.name, columns)


def cut(text: str, columns: int) -> str:
    """A text that fits into a line; what is left out leaves a mark."""
    return text if len(text) <= columns else text[: max(0, columns - 1)] + _MORE[:columns]

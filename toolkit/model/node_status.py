"""How a node is: one row of the table of nodes, for people and programs; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from toolkit.model.node import Node

HEADERS = (
    "uid",
    "name",
    "address",
    "status",
    "memfree",
    "version",
    "uptime",
    "reset",
    "note",
)
_DAY = 86400
LESS = ("note", "version", "reset", "memfree", "uid", "address")  # go first where it is narrow
ONCE = ("note", "reset", "memfree", "uid", "address", "version")  # where they are asked once
_NARROW = 2  # blanks between columns
_PADDING = "  "  # behind a header, at least


@dataclass(frozen=True)
class Row:
    """What is known of a node now; `note` says what a person should look at.

    `mem_free` in bytes; `uptime` in seconds since the last start, whose cause is `reset`. What an
    older node does not tell is None or empty.
    """

    node: Node
    online: bool
    version: str | None = None
    mem_free: int | None = None
    note: str = ""
    uptime: int | None = None
    reset: str = ""
    problems: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def state(self) -> str:
        """ONLINE or OFFLINE."""
        return "ONLINE" if self.online else "OFFLINE"

    @property
    def cells(self) -> tuple[str, ...]:
        """As a person reads it, under HEADERS."""
        free = "" if self.mem_free is None else str(self.mem_free)
        up = "" if self.uptime is None else span(self.uptime)
        place = (self.node.uid, self.node.name, self.node.endpoint)
        return (*place, self.state, free, self.version or "", up, self.reset, self.note)

    @property
    def as_json(self) -> dict[str, Any]:
        """For programs, under HEADERS; what is not known is null."""
        return {
            "uid": self.node.uid,
            "name": self.node.name,
            "address": self.node.endpoint,
            "status": self.state,
            "memfree": self.mem_free,
            "version": self.version,
            "uptime": self.uptime,
            "reset": self.reset or None,
            "note": self.note or None,
            "problems": list(self.problems),
        }

    @property
    def line(self) -> str:
        """In one line, as it stands among others."""
        free = "" if self.mem_free is None else f"{self.mem_free} B free"
        up = "" if self.uptime is None else f"up {span(self.uptime)}"
        name = f"{self.node.name} ({self.node.uid})"
        told = (name, self.node.endpoint, self.state, self.version, free, up, self.reset, self.note)
        return "  ".join(filter(None, told))


def page(
    rows: Sequence[Row], columns: int, less: Sequence[str] = LESS
) -> tuple[list[int], list[str]]:
    """Which columns of HEADERS fit on a screen, and the lines below them: notes in full length.

    `less` are those that may go, the first one first.
    """
    left = list(range(len(HEADERS)))
    cells = [[name + _PADDING for name in HEADERS], *(row.cells for row in rows)]
    for name in less:
        widths = [max(len(row[at]) for row in cells) for at in left]
        if sum(widths) + _NARROW * (len(left) - 1) <= columns:
            break
        left.remove(HEADERS.index(name))
    if HEADERS.index("note") in left:
        return left, []
    told = [f"{row.node.name}: {row.note}" for row in rows if row.note]
    return left, [line for it in told for line in wrap(it, columns, subsequent_indent="  ")]


def changed(before: Row | None, now: Row) -> bool:
    """Whether a person would want to hear of it: memory and time alone are no news."""
    if before is None:
        return True
    restarted = (now.uptime or 0) < (before.uptime or 0)
    return (restarted and now.online) or _news(before) != _news(now)


def _news(row: Row) -> tuple[object, ...]:
    return row.node, row.online, row.version, row.reset, row.note


class Watched:
    """The rows of one round after the other; which of them are news."""

    def __init__(self) -> None:
        self._before: dict[str, Row] = {}

    def news(self, rows: Iterable[Row]) -> list[tuple[Row, bool]]:
        """The rows, each with whether it has changed since the round before."""
        told = [(row, changed(self._before.get(row.node.uid), row)) for row in rows]
        self._before |= {row.node.uid: row for row, _ in told}
        return told


def span(seconds: int) -> str:
    """A time that has passed: `4:05:06`, from a day on `3 d 04:05`."""
    days, rest = divmod(max(0, seconds), _DAY)
    hours, minutes = rest // 3600, rest // 60 % 60
    return f"{days} d {hours:02}:{minutes:02}" if days else f"{hours}:{minutes:02}:{rest % 60:02}"

"""How the menu stands: which entry is marked, what fits on the screen; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from toolkit.model.menu import Entry, entries
from toolkit.model.surroundings import Row, Surroundings
from toolkit.model.toolbar import cut

_KEYS = (  # the first that fits
    "arrow keys and Enter choose, r searches again, q leaves",
    "Enter does it, r searches, q leaves",
)
_SURE_KEYS = ("arrow keys and Enter choose, Esc goes back", "Enter chooses, Esc goes back")
_FEWEST = 3  # entries that are shown at least
_NARROW = 2  # blanks between columns

Line = tuple[str, str]  # style: "", "bold" or "reverse"; and what stands there
_BLANK: Line = ("", "")


@dataclass(frozen=True)
class Menu:
    """The menu at a moment. `asked` is an entry that must be said yes to."""

    around: Surroundings
    marked: tuple[str, ...] | None = None  # by what it does: entries come and go around it
    asked: Entry | None = None
    outcome: str = ""
    _no: Entry = field(default=Entry("No, back"), repr=False)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What can be chosen now."""
        if self.asked:
            return self._no, replace(self.asked, title=f"Yes: {self.asked.title}", warning="")
        return entries(self.around)

    @property
    def at(self) -> int:
        """Where the mark stands; on the first until somebody moves it."""
        places = [it.arguments for it in self.entries]
        return places.index(self.marked) if self.marked in places else 0

    def seen(self, around: Surroundings) -> "Menu":
        """With what is around now."""
        return replace(self, around=around)

    def move(self, steps: int) -> "Menu":
        """With the mark so many entries further; behind the last comes the first."""
        found = self.entries
        return replace(self, marked=found[(self.at + steps) % len(found)].arguments)

    def number(self, number: int) -> "Menu":
        """With the mark on that entry, counted from 1; unchanged where there is none."""
        found = self.entries
        return replace(self, marked=found[number - 1].arguments) if number <= len(found) else self

    def enter(self) -> tuple["Menu", Entry | None]:
        """The marked entry, None while it must be said yes to first, or was said no to."""
        chosen = self.entries[self.at]
        if self.asked and not chosen.arguments:
            return self.back(), None
        if chosen.warning:
            return replace(self, asked=chosen, marked=None), None
        return replace(self, asked=None, outcome=""), chosen

    def back(self) -> "Menu":
        """With no question open."""
        before = self.asked.arguments if self.asked else self.marked
        return replace(self, asked=None, marked=before)

    def done(self, entry: Entry, code: int, meaning: str) -> "Menu":
        """After it was done, with this exit code: the mark goes to what is sensible then."""
        told = "done" if not code else f"ended with {code}" + (f", {meaning}" if meaning else "")
        return replace(self, marked=None, outcome=f"{told}: {entry.command}")

    def lines(self, columns: int, rows: int, *, plain: bool = False) -> list[Line]:
        """The screen, in so many columns and rows at most; `plain`: numbers are typed, no keys."""
        found = self.entries
        head = [("bold", f"micros {self.around.release}: {self.around.summary()}")]
        foot = [
            ("", _fitting(columns, *self._command())),
            ("", _fitting(columns, *(_SURE_KEYS if self.asked else _KEYS))),
        ]
        foot = [] if plain else foot
        if self.outcome:
            head.append(("", self.outcome))
        if self.around.problem:
            head.append(("", self.around.problem))
        if self.asked:
            head.append(("bold", self.asked.warning))
        left = rows - len(head) - len(foot)
        glance = self._glance(columns, left - min(len(found), max(_FEWEST, left // 2)))
        listed = self._listed(max(1, left - len(glance)))
        spare = left - len(glance) - len(listed)
        apart = [_BLANK] if spare > 0 else []
        lines = [*head, *apart * (spare > 1), *glance, *listed, *apart, *foot]
        return [(style, cut(text, columns)) for style, text in lines][:rows]

    def _command(self) -> tuple[str, ...]:
        command = self.entries[self.at].command
        return (f"  that is: {command}", command) if command else ("",)

    def _glance(self, columns: int, room: int) -> list[Line]:
        """Boards and nodes, a line each, a blank one behind them; as many as there is room for."""
        boards, nodes = self.around.board_rows(), self.around.node_rows()
        if self.asked or room < 2 or not boards + nodes:
            return []
        room -= 1
        kept_nodes = min(len(nodes), max(room - len(boards), room // 2))
        kept_boards = min(len(boards), room - kept_nodes)
        kept = [*boards[:kept_boards], *nodes[:kept_nodes]]
        missing = len(boards) + len(nodes) - len(kept)
        if missing and kept:
            kept = kept[:-1]
            more = [("", f"  and {missing + 1} more (-l, -stat show all)")]
        else:
            more = []
        return [*(("", line) for line in _aligned(kept, columns)), *more, _BLANK]

    def _listed(self, room: int) -> list[Line]:
        found = self.entries
        first = max(0, min(self.at - room // 2, len(found) - room))
        return [
            (
                "reverse" if place == self.at else "",
                f"{'>' if place == self.at else ' '} {place + 1:>2}  {entry.title}",
            )
            for place, entry in enumerate(found)
            if first <= place < first + room
        ]


def _fitting(columns: int, *texts: str) -> str:
    """The first of them that fits; the last is the shortest."""
    return next((text for text in texts if len(text) <= columns), texts[-1])


def _aligned(rows: Sequence[Row], columns: int) -> list[str]:
    """Rows in columns; where it is narrow, the middle column goes."""
    if columns < 60:
        rows = [(name, "", how) for name, _, how in rows]
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(2)]
    return [
        "  "
        + "".join(row[at].ljust(widths[at]) + " " * _NARROW for at in range(2) if widths[at])
        + row[2]
        for row in rows
    ]

"""A list of nodes: one is chosen by arrow keys, or by typing what is known of it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.model.node import Node


@dataclass(frozen=True)
class Choice:
    """What a person has typed so far, and on which of the nodes left the mark stands."""

    nodes: tuple[Node, ...]
    typed: str = ""
    mark: int = -1  # counted from the end where it is negative: the node seen last

    @property
    def left(self) -> tuple[tuple[int, Node], ...]:
        """The nodes that meet what was typed, each with its number in the whole list."""
        numbered = tuple(enumerate(self.nodes))
        if self.typed.isdecimal() and int(self.typed) < len(self.nodes):
            return (numbered[int(self.typed)],)
        wanted = self.typed.lower()
        return tuple(
            (number, node)
            for number, node in numbered
            if any(wanted in it.lower() for it in (node.name, node.uid, node.endpoint))
        )

    @property
    def at(self) -> int:
        """Where the mark stands in what is left."""
        return self.mark % len(self.left) if self.left else 0

    @property
    def chosen(self) -> str:
        """The uid under the mark; what was typed where no known node meets it."""
        return self.left[self.at][1].uid if self.left else self.typed

    def type(self, text: str) -> "Choice":
        """With other words typed: the mark goes to the best of what is left."""
        if text == self.typed:
            return self
        other = replace(self, typed=text)
        exact = [place for place, (_, node) in enumerate(other.left) if node.name == text]
        return replace(other, mark=exact[0] if exact else 0 if text else -1)

    def move(self, steps: int) -> "Choice":
        """With the mark so many nodes further down; behind the last comes the first."""
        return replace(self, mark=(self.at + steps) % len(self.left)) if self.left else self

    def rows(self, most: int) -> list[tuple[bool, str]]:
        """The rows to show, no more than that: whether the mark stands on it, and its text."""
        columns = zip(*map(_cells, self.nodes), strict=True)
        widths = [max(map(len, column)) for column in columns]
        first = max(0, min(self.at - most // 2, len(self.left) - most))
        return [
            (place == self.at, f"{number:>3}  " + _padded(_cells(node), widths))
            for place, (number, node) in enumerate(self.left)
            if first <= place < first + most
        ]


def _cells(node: Node) -> tuple[str, str, str]:
    return node.name, node.endpoint, node.uid


def _padded(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(map(str.ljust, cells, widths)).rstrip()

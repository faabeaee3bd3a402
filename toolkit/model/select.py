"""Which nodes are meant: terms such as `board=esp32` or `version<0.3.0`, all of which must hold.

A term is a fact of a node, a comparison and a value: `=` and `!=` take `*` for any characters, and
several values by comma; `<`, `<=`, `>`, `>=` compare versions by their numbers. A name may be
written with `.local`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from operator import ge, gt, le, lt

from toolkit.model.errors import InputError
from toolkit.model.node import LOCAL, Node

KNOWN = ("name", "uid", "address")  # without asking the node
TOLD = ("board", "version", "app")  # by the node itself
_ORDER: Mapping[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_TERM = re.compile(r"\s*(?P<fact>[a-z]+)\s*(?P<sign><=|>=|!=|<|>|=)\s*(?P<value>\S.*?)\s*")
_VERSION = re.compile(r"\d{1,9}(?:[.-]\d{1,9}){0,3}")


@dataclass(frozen=True)
class Term:
    """One condition; `numbers` is the value of a comparison by order."""

    fact: str
    sign: str
    value: str
    numbers: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """As it was written."""
        return f"{self.fact}{self.sign}{self.value}"

    @property
    def values(self) -> list[str]:
        """The values, one or more."""
        return [one.strip() for one in self.value.split(",")]

    def holds(self, said: str) -> bool:
        """Whether a fact of a node meets it; what a node does not tell meets nothing."""
        if not said:
            return False
        if self.sign in _ORDER:
            numbers = numbers_of(said)
            return bool(numbers) and _ORDER[self.sign](numbers, self.numbers)
        values = self.values
        if self.fact == "name":
            values = [one.removesuffix(LOCAL) for one in values]
        alike = any(fnmatchcase(said, one) for one in values)
        return alike == (self.sign == "=")


def parse(texts: Iterable[str]) -> tuple[Term, ...]:
    """Read the terms; InputError says what was expected."""
    return tuple(map(_term, texts))


def _term(text: str) -> Term:
    found = _TERM.fullmatch(text)
    if not found or found["fact"] not in (*KNOWN, *TOLD):
        facts = ", ".join((*KNOWN, *TOLD))
        raise InputError(
            f"--select: expected a term such as board=esp32 or 'version<0.3.0' ({facts}), "
            f"got {text!r}"
        )
    fact, sign, value = found["fact"], found["sign"], found["value"]
    if fact == "uid":
        value = value.lower()
    if sign not in _ORDER:
        return Term(fact, sign, value)
    numbers = numbers_of(value)
    if fact != "version" or not numbers:
        raise InputError(f"--select: {sign} compares versions such as 0.3.0, got {text!r}")
    return Term(fact, sign, value, numbers)


def numbers_of(version: str) -> tuple[int, ...]:
    """The four numbers of a version such as `0.3.0-1`, missing ones are 0; () for no version."""
    if not _VERSION.fullmatch(version):
        return ()
    numbers = tuple(map(int, re.split("[.-]", version)))
    return numbers + (0,) * (4 - len(numbers))


def possible(terms: Sequence[Term], nodes: Iterable[Node]) -> list[Node]:
    """The nodes that may be meant, by what is known without asking them."""
    return [node for node in nodes if meets(terms, _known(node), KNOWN)]


def meets(
    terms: Iterable[Term], facts: Mapping[str, str], named: Sequence[str] = (*KNOWN, *TOLD)
) -> bool:
    """Whether facts meet all terms; those about other facts than the `named` are left out."""
    return all(term.holds(facts.get(term.fact, "")) for term in terms if term.fact in named)


def _known(node: Node) -> Mapping[str, str]:
    return {"name": node.name, "uid": node.uid, "address": node.address}


def told_apart(nodes: Sequence[Node]) -> list[str]:
    """What nodes are called; those of one name with uid and address."""
    names = [node.name for node in nodes]
    return [
        node.name if names.count(node.name) == 1 else f"{node.name} ({node.uid} at {node.endpoint})"
        for node in nodes
    ]


def left_out(terms: Iterable[Term]) -> list[str]:
    """What becomes of nodes that are known, once they were asked; a step each, for people."""
    asked = dict.fromkeys(term.text for term in terms if term.fact in TOLD)
    unmet = [f"leave out who does not meet: {', '.join(asked)}"] if asked else []
    off = "list who is off as unreachable, and go on with the others (-stat tells who is on now)"
    return [*unmet, off]

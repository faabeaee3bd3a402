"""The text of `crontasks`, read as a node reads it: what it would refuse is told beforehand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.model import commands
from toolkit.model.commands import Refusal

_BLANKS = " \t\r\v\f"
_BEGINS = re.compile(r"[0-9*]|catchup=|sun(rise|set)([^A-Za-z0-9_]|$)")
_CATCHUP = re.compile(r"catchup=\s*([0-9]+)\s+")
_SUN = re.compile(r"(sunrise|sunset)\s*(?:[+-]\s*([0-9]+))?$")
_AT_SUN = re.compile(r"(^|[:\s])(sunrise|sunset)\s*([+-]\s*[0-9]+)?\s*$")
_ITEM = re.compile(r"\s*(?:\*|([0-9]+)\s*(?:(-)\s*([0-9]+))?)\s*(?:/\s*([0-9]+)\s*)?$", re.ASCII)
_LONGEST = 24  # characters of an item, as on a node
_FARTHEST = 1440  # minutes from a sun event, and of catching up
_ENTRIES, _RUNS = 12, 24  # that catch up: at most so many, and so often a day
_FIELDS = (("WD", 7), ("H", 24), ("M", 60), ("S", 60))


@dataclass
class _Entry:
    """The commands of an entry, its times before the first of them."""

    pieces: list[str] = field(default_factory=list[str])
    error: str = ""


def check(text: str) -> None:
    """Refusal, with the entry and what is wrong, unless every entry can be read and run."""
    known = runs = 0
    for index, entry in enumerate(_entries(text)):
        said = ";".join(entry.pieces)
        try:
            if entry.error:
                raise Refusal(entry.error)
            often = _runs_to_catch_up(entry.pieces[0])
            known, runs = known + bool(often), runs + often
            if often and (known > _ENTRIES or runs > _RUNS):
                raise Refusal(
                    f"expected at most {_ENTRIES} entries with catchup=, {_RUNS} runs a day, "
                    "got more"
                )
            first = entry.pieces[0].partition("!")[2].strip(_BLANKS)
            lines = (first, *entry.pieces[1:])
            if not sum([commands.check(line, often=True) for line in lines]):
                raise Refusal("expected WD:H:M:S!<module> <function>")
        except Refusal as refusal:
            raise Refusal(f"entry {index}: {refusal!s:.160} in '{said:.60}'") from None


def sun_event(text: str) -> str:
    """The first of `sunrise`, `sunset` at which an entry is due; empty where none is."""
    times = [when for when, is_one, _ in (it.partition("!") for it, _ in pieces(text)) if is_one]
    return next((found[2] for found in map(_AT_SUN.search, times) if found), "")


def _entries(text: str) -> Iterator[_Entry]:
    entry = _Entry()
    for piece, error in pieces(text):
        if entry.pieces and _BEGINS.match(piece):
            yield entry
            entry = _Entry()
        entry.pieces.append(piece)
        entry.error = entry.error or error
    if entry.pieces:
        yield entry


def pieces(text: str, ends: str = ";\n") -> Iterator[tuple[str, str]]:
    """What stands between `;` and line ends, each with the reason why it does not end, if any.

    What stands between bars is told where it is empty, too.
    """
    start, at, opens, error = 0, 0, True, ""
    bare = "|" in ends  # nothing has come since the last bar, or the beginning
    while at <= len(text):
        sign = text[at : at + 1] or "\n"
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        remark = sign == "#" and _is_remark(text, at)
        if remark or sign in ends:
            piece = text[start:at].strip(_BLANKS)
            if piece or (bare and sign == "|"):
                yield piece, error
            bare = sign == "|" or (bare and not piece)
            at = end if remark else at
            start, error = at + 1, ""
        elif opens and sign in "\"'[{":
            try:
                at = commands.closing(text[:end], at) - 1
            except Refusal as refusal:
                at, error = end - 1, str(refusal)
        opens = remark or sign in ends + " \t\r\v\f\n=(,"
        at += 1
    if bare:
        yield "", error


def _is_remark(text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "\n", text[at + 1 : at + 2] or "\n"
    return before == "\n" or (before in _BLANKS and after in _BLANKS + "\n")


def _expect(truth: object, sentence: str, came: str) -> None:
    if not truth:
        raise Refusal(f"expected {sentence}, got '{came}'")


def _runs_to_catch_up(piece: str) -> int:
    """Read the times of an entry; how often a day it is to be made up for."""
    when, _, command = (part.strip(_BLANKS) for part in piece.partition("!"))
    _expect(command, "WD:H:M:S!command or sunset!command", when)
    catches_up = when.startswith("catchup=")
    if catches_up:
        found = _CATCHUP.match(when[:_LONGEST])
        minutes = int(found[1]) if found else 0
        _expect(0 < minutes <= _FARTHEST, "catchup=1 to catchup=1440 and a blank", when)
        when = when[found.end() if found else 0 :]
    days, *times = (part.strip(_BLANKS) for part in when.split(":"))
    last = times[-1] if times else days
    sun = _SUN.match(last) if len(last) <= _LONGEST else None
    if sun:
        offset = int(sun[2] or 0)
        _expect(offset <= _FARTHEST, f"{sun[1]}+ or - 0-1440 minutes", str(offset))
        days, *times = ([days] if times else ["*"]) + times[:-1]
    _expect(len(times) == (0 if sun else 3), "WD:H:M:S or WD:sunset", when)
    fixed = sun or times[0][:1] != "*" or "," in times[0]
    _expect(fixed or not catches_up, "fixed hours after catchup=", when)
    often = 1
    for (name, size), text in zip(_FIELDS, (days, *times), strict=False):
        values = _values(name, size, text)
        often *= len(values) if name != "WD" else 1
    return often if catches_up else 0


def _values(name: str, size: int, text: str) -> set[int]:
    """The values that a field stands for."""
    found: set[int] = set()
    for item in text.split(","):
        parts = _ITEM.match(item) if len(item) <= _LONGEST else None
        first, last, step = 0, size - 1, 1
        good = parts is not None
        if parts:
            first, step = int(parts[1] or 0), int(parts[4] or 1)
            last = int(parts[3] or parts[1] or size - 1)
            good = max(first, last) < size and 0 < step <= size
            good = good and (not parts[4] or not parts[1] or bool(parts[2]))
        form = f"{name} 0-{size - 1} as *, */n, a, a-b or a-b/n, n 1-{size}"
        _expect(good, form, item.strip(_BLANKS))
        last += size if last < first else 0
        found |= {value % size for value in range(first, last + 1, step)}
    return found

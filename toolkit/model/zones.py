"""Time zones by the names of the world's list (Europe/Paris), as the rule that a node wants.

The rules are those of this computer's list of zones; one without a list has no hint to give.
"""

import re
import zoneinfo
from difflib import get_close_matches
from functools import cache
from pathlib import Path

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
_WORD = r"(<[A-Za-z0-9+-]+>|[A-Za-z]+)"
_ALONE = re.compile(rf"{_WORD}[+-]?[0-9][0-9:]*{_WORD}([+-]?[0-9][0-9:]*)?")
_LARGEST = 65536  # bytes of a zone's file
_LIKE = 0.75  # how much of a name is right where somebody meant it


def meant(text: str) -> str:
    """What to write instead of a zone's name, as the end of a sentence; empty where it is none."""
    name = _nearest(text.strip().replace(" ", "_"))
    rule = rule_of(name) if name else ""
    return f"; {name} is {rule}" if rule else ""


def unfinished(text: str) -> str:
    """What lacks a rule that names summer time alone; the end of a sentence, or empty.

    The days are those of a zone on this computer's list that begins so, else those of Europe.
    """
    if not _ALONE.fullmatch(text):
        return ""
    rules = [rule_of(name) for name in names().values()]
    whole = [rule for rule in rules if rule.startswith(f"{text},")]
    example = max(whole, key=whole.count) if whole else f"{text},M3.5.0,M10.5.0/3"
    return f"; it lacks the two days on which summer time begins and ends: {example}"


def rule_of(name: str) -> str:
    """The POSIX rule of a zone: the last line of its file; empty where there is none."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, name)
        if _NAME.fullmatch(name) and path.is_file() and path.stat().st_size <= _LARGEST:
            content = path.read_bytes()
            lines = content.rstrip(b"\n").rpartition(b"\n")
            return lines[2].decode("ascii", "replace") if content.startswith(b"TZif") else ""
    return ""


def _nearest(text: str) -> str:
    """The zone of that name, of its last word, or of nearly that name; empty where none is."""
    if not _NAME.fullmatch(text):
        return ""
    wanted, there = text.lower(), names()
    if wanted in there:
        return there[wanted]
    cities = {name.rpartition("/")[2]: whole for name, whole in there.items() if "/" in name}
    near = get_close_matches(wanted, [*there, *cities], 1, _LIKE)
    return (there.get(near[0]) or cities[near[0]]) if near else ""


@cache
def names() -> dict[str, str]:
    """All zones by their names in small letters."""
    return {name.lower(): name for name in sorted(zoneinfo.available_timezones())}

"""Which lines carry a secret: such a line is kept in no history and taken from no command line."""

import re

from toolkit.model import settings

# Names by which load modules call what nobody else should read, as parameter or setting.
_WORDS = r"\w*(?:pwd|passw|secret|token|psk|apikey)\w*"
_GIVEN = re.compile(rf"\b{_WORDS}\b['\"\])]*\s*[=:,(\s]\s*\S", re.IGNORECASE)
# In Python a secret has no name where a Wi-Fi is joined or opened: connect("home", "…"), key="…".
_CALLED = re.compile(r"\b(?:connect\s*\(|(?:key|pass)\s*=)\s*\S", re.IGNORECASE)
_NAMED = re.compile(rf"\b{_WORDS}\b", re.IGNORECASE)


def sets_a_secret(line: str) -> str | None:
    """The secret setting that this line gives a value to; None when it gives none."""
    secrets = "|".join(name for name, setting in settings.table().items() if setting.secret)
    found = re.search(rf"(?:^|\s)({secrets})(?:\s+|\s*=\s*)\S", line) if secrets else None
    return found[1] if found else None


def may_carry_a_secret(line: str) -> bool:
    """Whether to forget this line; rather once too often."""
    return _GIVEN.search(line) is not None


def masked(text: str) -> str:
    """A text for a file: each of its lines ends where a secret may begin."""
    return "\n".join(_masked(line) for line in text.split("\n"))


def masked_python(line: str) -> tuple[str, bool]:
    """A line at a Python prompt as `masked` has it, and whether what follows may be secret too."""
    called = _CALLED.search(line)
    line = f"{line[: called.end() - 1]}***" if called else line
    return _masked(line), bool(called or _NAMED.search(line))


def _masked(line: str) -> str:
    found = _GIVEN.search(line)
    return f"{line[: found.end() - 1]}***" if found else line

"""Which lines carry a secret: such a line is kept in no history and taken from no command line."""

import re

from toolkit.model import settings

# Names by which load modules call what nobody else should read, as parameter or setting.
_WORDS = r"\w*(?:pwd|passw|secret|token|psk|apikey)\w*"
_GIVEN = re.compile(rf"\b{_WORDS}\b['\"\])]*\s*[=:,(\s]\s*\S", re.IGNORECASE)
# In Python a secret has no name where a Wi-Fi is joined or opened: connect("home", "…"), key="…".
# What is called without an argument on its line, isconnected(), has none.
_CALLED = r"\w*connect\w*\s*\((?!\s*\))|(?:\b|_)(?:key|pass)\s*=(?!=)"
_IN_PYTHON = re.compile(rf"{_CALLED}|\b(?:{_WORDS}|(?:\w*_)?pw)\b", re.IGNORECASE)


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
    """A line at a Python prompt up to where a secret is named, and whether one is.

    Quotes and brackets may be between a name and its value: nothing behind the name is kept.
    """
    found = _IN_PYTHON.search(line)
    if not found:
        return line, False
    return line[: found.end()] + ("***" if line[found.end() :].strip() else ""), True


def _masked(line: str) -> str:
    found = _GIVEN.search(line)
    return f"{line[: found.end() - 1]}***" if found else line

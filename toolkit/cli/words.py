"""The words of a command line, before they mean anything: text that a person could have typed."""

import re
import unicodedata
from collections.abc import Sequence

from toolkit.model.errors import UsageError

LONGEST = 65_536  # characters: more than the longest setting, and than any path
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # show what is not
_CONTROL = ("Cc", "Zl", "Zp")
_NOTHING = re.compile(r"--[\w-]+=\s*")


def check(words: Sequence[str]) -> None:
    """UsageError for a word that is empty, endless, or would move the cursor where it is printed.

    The word itself is not told: it could be what must not be printed, and it could be a secret.
    """
    before = "devToolKit.py"
    for number, word in enumerate(words, 1):
        wrong = _wrong(word)
        if wrong:
            raise UsageError(f"word {number} of the command line, behind {before}: {wrong}")
        before = word if word.startswith("-") and len(word) < 30 else f"word {number}"


def _wrong(word: str) -> str:
    if not word.strip() or _NOTHING.fullmatch(word):
        return "expected a value, got nothing (a variable that is empty?)"
    if len(word) > LONGEST:
        return f"expected at most {LONGEST} characters, got {len(word)}"
    for place, character in enumerate(word, 1):
        if "\ud800" <= character <= "\udfff":
            return f"expected text in UTF-8, got a byte that is none, as character {place}"
        if character in _BIDI or unicodedata.category(character) in _CONTROL:
            return (
                "expected what can be typed on one line, got the control character "
                f"U+{ord(character):04X}, as character {place}"
            )
    return ""

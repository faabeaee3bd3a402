"""The text of a chain, read as a node reads it: what it would refuse is told beforehand."""

from toolkit.model import commands, crontab
from toolkit.model.commands import Refusal

_SHORTEST, _LONGEST = 20, 86_400_000  # ms between two rounds
_MOST = 8  # commands of a chain


def check(text: str) -> None:
    """Refusal unless it is `<ms> source | … | sink`, each a command of a module."""
    digits, _, line = text.strip().partition(" ")
    known = digits.isascii() and digits.isdigit() and len(digits) < 9
    if not known or not _SHORTEST <= int(digits) <= _LONGEST:
        form = f"<ms> source | … | sink, ms {_SHORTEST}-{_LONGEST}"
        raise Refusal(f"expected {form}, got '{digits:.40}'")
    count = 0
    for piece, error in crontab.pieces(line, "|\n"):
        if error or not piece:
            raise Refusal(error or "expected a command on both sides of each |")
        found = commands.checked(piece, often=True)
        if len(found) != 1 or not found[0].bare:
            raise Refusal(f"expected one command without ; & >json, got '{piece:.60}'")
        count += 1
    if not 2 <= count <= _MOST:
        raise Refusal(f"expected 2 to {_MOST} commands, | between them, got {count}")

"""The words that firmware holds in its ROM: `firmware_words.txt`, a word a line.

Those that somebody may ask a firmware's objects for: the words of Python, and of the modules of the
virtual board. A + marks those that stand in all of MicroPython's official images for kinds of
ESP32 and the Pico W, versions 1.24 to 1.27, and in the unix port.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("firmware_words.txt")


@cache
def _lines() -> Sequence[str]:
    return _FILE.read_text(encoding="utf-8").split()


@cache
def known_words() -> frozenset[str]:
    """All of them."""
    return frozenset(line.lstrip("+") for line in _lines())


@cache
def shared_words() -> Sequence[str]:
    """Those in every firmware, in the order of their length: whatever is named so costs nothing."""
    shared = [line[1:] for line in _lines() if line[0] == "+"]
    return sorted(shared, key=lambda word: (len(word), word))

"""The lines that a terminal would show of what a board's prompt sends; pure.

A prompt edits its line on the screen: it moves the cursor back, and clears what is behind it.
"""

import codecs
import re

LONGEST = 2000  # characters of a line; what comes behind them is left out, and that is told
_CONTROL = re.compile(r"\x1b\[(?P<number>\d{0,4})(?P<what>[A-Za-z])")
_BEGUN = re.compile(r"\x1b(\[[\d;?]{0,16})?")  # which the next bytes may complete
_OTHER = re.compile(r"\x1b(\[[\d;?]*[ -/]*[@-~]|.)", re.DOTALL)


class ShownLines:
    """Bytes in, whole lines out; `rest` is the line that has no end yet."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._waiting = ""
        self._line: list[str] = []
        self._at = 0
        self._cut = False

    @property
    def rest(self) -> str:
        """What stands on the line that has no end yet."""
        return "".join(self._line).rstrip() + (" …" if self._cut else "")

    def feed(self, data: bytes) -> list[str]:
        """The lines that end in it."""
        text, self._waiting = self._waiting + self._decoder.decode(data), ""
        ended: list[str] = []
        place = 0
        while place < len(text):
            if text[place] == "\x1b":
                taken = self._escape(text, place)
                if not taken:
                    self._waiting = text[place:]
                    break
                place += taken
                continue
            if text[place] == "\n":
                ended.append(self.rest)
                self._line, self._at, self._cut = [], 0, False
            else:
                self._put(text[place])
            place += 1
        return ended

    def _put(self, one: str) -> None:
        if one == "\r":
            self._at = 0
        elif one == "\b":
            self._at = max(0, self._at - 1)
        elif one == "\t":
            self._write(" " * (8 - self._at % 8))
        elif one.isprintable():
            self._write(one)

    def _write(self, text: str) -> None:
        room = max(0, LONGEST - self._at)
        self._cut = self._cut or len(text) > room
        text = text[:room]
        self._line += " " * (self._at - len(self._line))
        self._line[self._at : self._at + len(text)] = text
        self._at += len(text)

    def _escape(self, text: str, place: int) -> int:
        """How many characters a sequence takes; 0 for one that is not whole yet."""
        if _BEGUN.fullmatch(text, place):
            return 0
        found = _CONTROL.match(text, place)
        if found:
            self._move(found["what"], int(found["number"] or 0))
        other = found or _OTHER.match(text, place)
        return len(other[0]) if other else 1

    def _move(self, what: str, number: int) -> None:
        if what == "D":
            self._at = max(0, self._at - max(1, number))
        elif what == "C":
            self._at = min(LONGEST, self._at + max(1, number))
        elif what == "K" and number == 0:
            del self._line[self._at :]
        elif what == "K" and number == 2:  # the whole line
            self._line.clear()

"""What is said at a board's own prompt, and what it answers, as a transcript.

The board shows what is typed, so what it sends is all there is to keep. Its prompt is Python's: a
secret may be named in one line of a statement and stand in the next, or in what the board answers.
So from a line on that names one nothing is kept, until the prompt for the next statement.
"""

import re

from toolkit.model.secrecy import masked_python
from toolkit.model.shown_lines import ShownLines
from toolkit.operations.transcript import LEFT_OUT, Transcript

_PROMPT = re.compile(r">>> ?|\.\.\. ?|=== ?")
_STATEMENT = ">>>"


class CableTranscript:
    """Takes what a board sends, as it comes; `end` it."""

    def __init__(self, record: Transcript) -> None:
        self._record = record
        self._lines = ShownLines()
        self._hidden = False

    def heard(self, data: bytes) -> None:
        """Keep the lines that end in it; InputError when the file cannot be written."""
        for line in self._lines.feed(data):
            self._keep(line)

    def end(self) -> None:
        """Keep the line that never came to its end."""
        if self._lines.rest:
            self._keep(self._lines.rest)
        self._lines = ShownLines()

    def _keep(self, line: str) -> None:
        prompt = _PROMPT.match(line)
        if prompt and prompt[0].startswith(_STATEMENT):
            self._hidden = False
        if self._hidden or not line or (prompt and prompt[0].strip() == line):
            return
        shown, self._hidden = masked_python(line)
        told = "" if prompt else "  "
        more = f"  {LEFT_OUT}\n" if self._hidden else ""
        self._record.append(f"{told}{shown}\n{more}", timed=bool(prompt))

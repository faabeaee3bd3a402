"""Where an answer of the text shell ends: at the prompt, which no newline follows.

Pure: bytes go in, answers come out. It holds for this project's nodes (`node01 $ `, and the same
text inside of data escaped as `node01 \\$`) and for existing micrOS nodes, whose older releases
put two blanks behind the `$` and escape nothing.
"""

import re
from dataclasses import dataclass

from toolkit.model.errors import NodeError
from toolkit.model.text import clean, kilobytes

REPLY_LIMIT = 256 * 1024  # bytes of one answer
QUIET = 0.3  # seconds after which what looks like a prompt is taken for one
PASSWORD, CONFIGURE = "[password] ", "[configure] "

# What may be a prompt at the end of all that came; a name is never longer than 64.
_SHAPE = rb"((?:\[password\] )?(?:\[configure\] )?)(%s) \$( {1,2})$"
_ANY_PROMPT = re.compile(_SHAPE % rb"[^\s$]{1,64}")
_LONGEST_PROMPT = len(PASSWORD) + len(CONFIGURE) + 64 + len(" $  ")
_SECOND_BLANK = b" hello:"


@dataclass(frozen=True)
class Reply:
    """One answer and the prompt behind it."""

    text: str
    name: str
    locked: bool  # a password is owed
    configuring: bool


class Framing:
    """Collects what a node sends and tells where an answer ends.

    A prompt with the name known from the one before, at the start of a line, ends an answer at
    once. What only looks like a prompt (another name: the node was renamed; text before it: a
    module left out its newline) ends it when the node has been quiet for a moment: see `quiet`.
    """

    def __init__(self, limit: int = REPLY_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._name: bytes | None = None
        self._own_prompt: re.Pattern[bytes] | None = None
        self._blanks = 1

    def feed(self, data: bytes) -> None:
        """Take what came. NodeError when an answer grows without end."""
        self._buffer += data
        if len(self._buffer) > self._limit:
            self.clear()
            raise NodeError(f"it sent more than {kilobytes(self._limit)} without an end")
        if self._blanks == 1 and self._buffer.startswith(_SECOND_BLANK):
            # The second blank of an older node's prompt, come too late for the answer before.
            self._blanks = 2
            del self._buffer[0]

    def reply(self, *, quiet: bool = False) -> Reply | None:
        """The answer, once it is whole; with `quiet`, when nothing has come for a moment."""
        found = self._found()
        if not found or not (quiet or self._sure(found)):
            return None
        self._name = bytes(found[2])
        self._own_prompt = re.compile(_SHAPE % re.escape(self._name))
        self._blanks = max(self._blanks, len(found[3]))
        name = shown(self._name)
        text = shown(self._buffer[: found.start()]).replace(f"{name} \\$", f"{name} $")
        reply = Reply(
            text.removesuffix("\n"),
            name,
            found[1].startswith(b"[p"),
            found[1].endswith(b"[configure] "),
        )
        self._buffer.clear()
        return reply

    @property
    def plausible(self) -> bool:
        """Whether what came ends with what may be a prompt."""
        return self._found() is not None

    def rest(self) -> str:
        """What came without a prompt behind it: the last words of a closed connection."""
        text = shown(self._buffer).strip()
        self._buffer.clear()
        return text

    def clear(self) -> None:
        """Forget what came."""
        self._buffer.clear()

    def _found(self) -> re.Match[bytes] | None:
        start = max(0, len(self._buffer) - _LONGEST_PROMPT)
        own = self._own_prompt and self._own_prompt.search(self._buffer, start)
        return own or _ANY_PROMPT.search(self._buffer, start)

    def _sure(self, found: re.Match[bytes]) -> bool:
        if found.start() and self._buffer[found.start() - 1] != ord("\n"):
            return False
        return self._name is None or (found[2] == self._name and len(found[3]) >= self._blanks)


def shown(data: bytes | bytearray) -> str:
    """Bytes of a stranger as text that is safe to print: no escape sequence survives."""
    return clean(data.decode(errors="replace"))

"""A file on its way to a node: it goes on where a cut has left it, in chunks that find memory.

What has come of a file lies on the node in `<name>.part`; its sum says whether it is the beginning
of this one.
"""

from typing import Any, Protocol, cast

from toolkit.model.errors import NodeError, RefusedError
from toolkit.transport.answers import MEMORY
from toolkit.transport.payload import Source, beginning, size_of
from toolkit.transport.wire import CHUNK

LITTLE = 192  # bytes of a chunk that the smallest node has memory for
_IDLE = 12  # tries in a row that bring nothing: longer than a node waits for a silent desk
_PASSING = (MEMORY, "being put", "expected a chunk at")  # what is over in a moment


class Link(Protocol):
    """What carries it."""

    @property
    def leaf(self) -> bool:
        """Whether the node says that it has little memory."""
        ...

    async def request(self, op: str, /, **fields: Any) -> Any:
        """The value of a request."""
        ...

    async def send(self, op: str, source: Source, /, *, at: int, chunk: int, **fields: Any) -> Any:
        """The value of a request with a payload, from `at` on."""
        ...


class Putting:
    """One file; `over` tries it, over whatever link there is."""

    def __init__(self, name: str, source: Source) -> None:
        self._name = name
        self._source = source
        self._chunk = CHUNK
        self._most = 0  # bytes that had come at the beginning of the best try
        self.begun = False
        self.idle = 0

    async def over(self, link: Link) -> None:
        """Send what is missing of it."""
        self.begun = True
        if link.leaf:
            self._chunk = LITTLE
        at = await self._there(link)
        if at > self._most:
            self._most, self.idle = at, 0
        await link.send("put", self._source, at=at, chunk=self._chunk, name=self._name)

    def smaller(self, error: RefusedError) -> bool:
        """Whether a try in smaller chunks may help; then the next one is made in those."""
        if MEMORY not in str(error) or self._chunk == LITTLE:
            return False
        self._chunk = LITTLE
        return True

    def again(self, error: NodeError | RefusedError) -> bool:
        """Whether another try may help."""
        self.idle += 1
        if MEMORY in str(error):
            self._chunk = LITTLE
        final = isinstance(error, RefusedError) and not any(it in str(error) for it in _PASSING)
        return self.begun and not final and self.idle <= _IDLE

    async def _there(self, link: Link) -> int:
        """How much of it an earlier try has left on the node."""
        size, part = size_of(self._source), self._name + ".part"
        if size <= CHUNK:
            return 0  # asking takes longer
        try:
            told: object = await link.request("stat", name=part)
            there = cast(dict[str, object], told).get("size") if isinstance(told, dict) else None
            if type(there) is not int or not 0 < there <= size:
                return 0
            if await link.request("hash", name=part) == beginning(self._source, there):
                return there
            if there == size:  # the node would take it for whole
                await link.request("remove", name=part)
        except RefusedError:
            pass  # there is none
        return 0

"""What a virtual board printed last, for whoever looks at it or waits for more."""

import asyncio
from contextlib import suppress

_KEPT = 64 * 1024
_LONGEST_LINE = 4096  # bytes that are given without the end of their line


class Printed:
    """The last 64 KB of a console, counted from the board's making."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._count = 0  # bytes since the board was made
        self._news = asyncio.Event()

    def __str__(self) -> str:
        return self._kept.decode(errors="replace")

    def add(self, data: bytes) -> None:
        """The board printed this."""
        self._kept += data
        self._count += len(data)
        del self._kept[:-_KEPT]
        self.tell()

    def tell(self) -> None:
        """Wake who waits, although nothing was printed."""
        self._news.set()

    def lines(self, after: int | None) -> tuple[int, str]:
        """Whole lines that were printed behind the first `after` bytes, and where they end.

        None: all that has been printed is known. What is no longer kept is left out.
        """
        if after is None:
            return self._count, ""
        gone = self._count - len(self._kept)
        start = max(after, gone)
        new = bytes(self._kept[start - gone :])
        if len(new) < _LONGEST_LINE or new.endswith(b"\n"):
            new = new[: new.rfind(b"\n") + 1]
        return start + len(new), new.decode(errors="replace")

    async def news(self, seconds: float) -> None:
        """Wait until something is printed, or is told, but not longer."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

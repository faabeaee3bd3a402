"""A connection of the toolkit to the supervisor: the boards that it holds end with it."""

import asyncio
from typing import Any, Protocol

from toolkit.virtual.control_server import Request, serve


class Holds(Protocol):
    """Who starts boards, and stops them."""

    async def answer(self, request: Request) -> Any:
        """Answer any other request."""
        ...

    async def hold(self, holder: "Client", wanted: list[Request]) -> list[Request]:
        """Start boards for a connection."""
        ...

    async def let_go(self, holder: "Client") -> list[str]:
        """Stop those of a connection."""
        ...


class Client:
    """One connection; however its other end goes away, what it holds is let go."""

    def __init__(self, boards: Holds) -> None:
        self._boards = boards

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer until the other end leaves."""
        try:
            await serve(self._answer, reader, writer)
        finally:
            await self._boards.let_go(self)

    async def _answer(self, request: Request) -> Any:
        name = request.get("do")
        if name == "hold":
            return await self._boards.hold(self, request["boards"])
        if name == "let_go":
            return await self._boards.let_go(self)
        return await self._boards.answer(request)

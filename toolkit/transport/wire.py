"""Lines and chunks of a link, over one connection; tagged both ways once there are keys.

The peer is not trusted: lengths, depth and types are bounded before anything is looked at. What it
says in plain text, before its first line of the link, is kept for a person.
"""

import asyncio
import socket
from contextlib import suppress
from typing import NoReturn, Self, cast

from toolkit.model.errors import Busy, HungUp, InputError, NodeError, NoLink
from toolkit.model.node import endpoint
from toolkit.transport.framing import QUIET, shown
from toolkit.transport.jsonline import Fields, load
from toolkit.transport.tags import TAG, Seal, same
from toolkit.transport.textshell import BUSY, KEEPALIVE, cause

LINE = 1024  # bytes with its tag, without its LF
CHUNK = 1024
PRELUDE = 4096  # bytes of plain text before the first line
_WAITING = 4096  # bytes that may wait to be sent


class Wire:
    """An open connection; `close` it."""

    def __init__(
        self, where: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.where = where
        self.raw = b""  # the line that was read last, as it came
        self._reader = reader
        self._writer = writer
        self._early = bytearray()
        self._linked = False
        self._out: Seal | None = None
        self._back: Seal | None = None

    @classmethod
    async def open(cls, address: str, port: int, timeout: float) -> Self:
        """Connect; NodeError says why not."""
        where = endpoint(address, port)
        try:
            async with asyncio.timeout(timeout):
                reader, writer = await asyncio.open_connection(address, port, limit=PRELUDE)
        except (OSError, UnicodeError) as error:  # the latter: no name a network can have
            raise NodeError(
                f"{where} was not reached: {cause(error)}; is the node on, and on this "
                f"network? a search (-s) finds where it is now; at another port than usual, name "
                f"it ADDRESS:PORT"
            ) from error
        writer.transport.set_write_buffer_limits(_WAITING)
        _tune(writer.get_extra_info("socket"))
        return cls(where, reader, writer)

    @property
    def words(self) -> str:
        """What the node said in plain text, before the link."""
        return shown(self._early).strip()

    @property
    def sealed(self) -> bool:
        """Whether every line has a tag."""
        return self._out is not None

    def seal(self, out: Seal, back: Seal) -> None:
        """From now on every line has a tag, both ways."""
        self._out, self._back = out, back

    def hide(self, name: str, value: str) -> str:
        """A secret value for the line that is written next."""
        if self._out is None:
            raise InputError(f"{name} is a secret: it is only sent to a node that has logged in")
        return self._out.hide(name, value)

    def write(self, line: bytes, payload: bytes = b"") -> None:
        """Send a line, whole; it waits in memory as long as nobody asks for `drain`."""
        longest = LINE - (TAG + 1 if self._out else 0)
        if len(line) > longest:
            raise InputError(
                f"a request to a node has at most {longest} bytes, this one has {len(line)}"
            )
        tag = b" " + self._out.tag(line, payload) if self._out else b""
        self._writer.write(line + tag + b"\n" + payload)

    async def drain(self) -> None:
        """Wait until little waits to be sent."""
        with suppress(OSError):  # it is told by the one who reads
            await self._writer.drain()

    async def read(self) -> tuple[Fields, bytes]:
        """The next line, and its payload when it is a chunk; HungUp when nothing more comes."""
        line = await (self._line() if self._linked else self._first())
        return await self._checked(line)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self._reader.at_eof() or self._writer.is_closing()

    def say(self, text: bytes) -> None:
        """Send text, after the link."""
        self._writer.write(text)

    async def heard(self) -> bytes:
        """Text that came, after the link; empty when nothing more comes."""
        try:
            return await self._reader.read(4096)
        except OSError:
            return b""

    async def _line(self) -> bytes:
        try:
            line = await self._reader.readuntil(b"\n")
        except (asyncio.IncompleteReadError, OSError):
            raise HungUp(f"{self.where} hung up") from None
        except asyncio.LimitOverrunError:
            raise self._broken(f"a line of more than {LINE} bytes") from None
        if len(line) > LINE + 1:
            raise self._broken(f"a line of more than {LINE} bytes")
        return line[:-1]

    async def _first(self) -> bytes:
        """The first line of the link; what comes before it is the node's words."""
        early = self._early
        while True:
            try:
                sign = await self._reader.readexactly(1)
            except (asyncio.IncompleteReadError, OSError):
                raise self._gone() from None
            if sign == b"{" and early.endswith(b"\n"):
                self._linked = True
                return sign + await self._line()
            text = early.endswith(b"\n")  # a link would have begun behind the first LF
            early += sign
            if text or len(early) > PRELUDE:
                await self._last_words()

    async def _last_words(self) -> NoReturn:
        """What a text node says, which may be why it hangs up."""
        with suppress(TimeoutError, asyncio.IncompleteReadError, OSError):
            while len(self._early) < PRELUDE:
                async with asyncio.timeout(QUIET):
                    self._early += await self._reader.readexactly(1)
            raise self._foreign()
        raise self._gone() if self._reader.at_eof() else self._foreign()

    def _gone(self) -> NodeError:
        if BUSY.search(self.words):
            return Busy(
                f"{self.where} is busy: all its sessions are in use; try again when one is free"
            )
        if "Auth" in self.words:  # our line was taken for a password
            return self._foreign()
        said = f" with the words {self.words[:80]!r}" if self.words else ""
        return HungUp(f"{self.where} hung up{said}")

    def _foreign(self) -> NoLink:
        return NoLink(f"{self.where} answers the link with text, such as {self.words[:40]!r}")

    async def _checked(self, line: bytes) -> tuple[Fields, bytes]:
        tag = b""
        if self._back:
            line, blank, tag = line[: -TAG - 1], line[-TAG - 1 : -TAG], line[-TAG:]
            if blank != b" ":
                raise self._broken("a line without a tag")
        fields = self._parsed(line)
        payload = await self._payload(fields["size"]) if "at" in fields else b""
        if self._back and not same(
            self._back.tag(line, payload).decode(), tag.decode(errors="replace")
        ):
            raise self._broken("a line with a wrong tag: somebody is between us")
        self.raw = line
        return fields, payload

    def _parsed(self, line: bytes) -> Fields:
        try:
            fields = load(line)
        except ValueError:
            raise self._broken("a line that is no JSON") from None
        if not isinstance(fields, dict):
            raise self._broken("a line that is no object")
        return cast(dict[str, object], fields)

    async def _payload(self, size: object) -> bytes:
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= CHUNK:
            raise self._broken("a chunk of a wrong size")
        try:
            return await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError):
            raise HungUp(f"{self.where} hung up in the middle of a chunk") from None

    def silence(self, seconds: float) -> NodeError:
        """The error for a node that has not answered in time."""
        if self._linked:
            return HungUp(f"{self.where} has not answered within {seconds:g} s")
        if self._early:
            return self._foreign()
        return NodeError(
            f"{self.where} accepts the connection but says nothing; an older node serves "
            f"one client at a time, is another one connected?"
        )

    def _broken(self, what: str) -> NodeError:
        self.close()
        return NodeError(f"{self.where} was hung up on: it sent {what}")


def _tune(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEPALIVE:  # not every system has them
        if hasattr(socket, option):
            connection.setsockopt(socket.IPPROTO_TCP, int(getattr(socket, option)), value)

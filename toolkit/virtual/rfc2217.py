"""RFC 2217 front end of a board: a serial port over TCP, which has DTR and RTS.

Behind them stands the circuit of most modules: RTS alone pulls EN low (reset), DTR alone pulls IO0
low; a chip that comes out of reset with IO0 low waits for a download.
"""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any, Protocol, cast

import serial.rfc2217 as pyserial  # pyright: ignore[reportMissingTypeStubs]

from toolkit.virtual.board import Board

PORT = 2217
# The capacitor at EN: IO0 counts only when this has passed, so esptool may move both in turn.
_RISE_SECONDS = 0.005
# What a client that reads slowly may owe us; more is lost, as on the other line.
_MOST_UNSENT = 4 << 20


class _PortManager(Protocol):
    """What is used of pyserial's untyped manager."""

    def filter(self, data: bytes) -> Iterator[bytes]: ...
    def escape(self, data: bytes) -> Iterator[bytes]: ...


class _Wire:
    """A `serial.Serial` as pyserial's manager wants one; its control lines reset the board."""

    bytesize, parity, stopbits, baudrate, timeout = 8, "N", 1, 115200, 0
    xonxoff = rtscts = dsrdtr = break_condition = ri = False
    cts = dsr = cd = True

    def __init__(self, board: Board) -> None:
        self._board = board
        self._dtr = self._rts = False

    @property
    def dtr(self) -> bool:
        return self._dtr

    @dtr.setter
    def dtr(self, on: bool) -> None:
        self._move(dtr=bool(on), rts=self._rts)

    @property
    def rts(self) -> bool:
        return self._rts

    @rts.setter
    def rts(self, on: bool) -> None:
        self._move(dtr=self._dtr, rts=bool(on))

    def reset_input_buffer(self) -> None:
        pass

    reset_output_buffer = flush = reset_input_buffer

    def _move(self, *, dtr: bool, rts: bool) -> None:
        was_held, held = self._rts and not self._dtr, rts and not dtr
        self._dtr, self._rts = dtr, rts
        if held and not was_held:
            self._board.hold()
        elif was_held and not held:
            asyncio.get_running_loop().call_later(_RISE_SECONDS, self._rise)

    def _rise(self) -> None:
        if self._board.state != "held":
            return
        if self._dtr and not self._rts:
            self._board.enter_rom(say=True)
        else:
            self._board.press_reset()


async def serve(board: Board) -> asyncio.AbstractServer:
    """Offer the board's port at its own address, to one client at a time."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if board.mirror is not None:
            writer.close()
            return
        log = logging.getLogger(__name__)
        manager = cast(_PortManager, cast(Any, pyserial).PortManager(_Wire(board), writer, log))

        def mirror(data: bytes) -> None:
            if writer.transport.get_write_buffer_size() < _MOST_UNSENT:
                writer.write(b"".join(manager.escape(data)))

        board.mirror = mirror
        try:
            while data := await reader.read(65536):
                payload = b"".join(manager.filter(data))
                if payload:
                    board.received(payload)
        except ConnectionError:
            pass  # the client went without a word
        finally:
            board.mirror = None
            writer.close()

    return await asyncio.start_server(client, board.site.address, PORT)

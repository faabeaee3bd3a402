"""The daemon that plays the boards of one home: `python -m toolkit.virtual.supervisor HOME`.

It owns everything below HOME while it holds the lock on `supervisor.lock`. The system releases
that lock when the process dies, however it dies: whoever finds it free knows that none runs.
"""

import asyncio
import fcntl
import json
import logging
import logging.handlers
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Any

from toolkit.virtual import addresses, ending, local_socket, mdns
from toolkit.virtual.addresses import Block
from toolkit.virtual.air import NameServer, TimeServer
from toolkit.virtual.board import Board, BoardConfig, Site
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.configurations import CONFIG, PLACES, kept, numbers
from toolkit.virtual.control_server import (
    LONGEST_LINE,
    BoardControl,
    Request,
    RequestError,
    serve,
)
from toolkit.virtual.holding import Client

LOCK, SOCKET, BLOCK, LOG = "supervisor.lock", "supervisor.sock", "block", "supervisor.log"
CONTROL = "control.sock"
_LOG_BYTES = 200_000
_NTP_PORT = 48123
_DNS_PORT = 48053


_Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


class Supervisor:
    """All boards of a home."""

    def __init__(self, home: Path, block: Block) -> None:
        self._home, self._block = home, block
        self._boards: dict[str, Board] = {}
        self._servers: dict[str, list[asyncio.AbstractServer]] = {}
        self._held: dict[str, Client] = {}
        self._busy = asyncio.Lock()
        self.idle = asyncio.Event()

    @property
    def boards(self) -> int:
        """How many there are."""
        return len(self._boards)

    async def answer(self, request: Request) -> Any:
        """A request of the toolkit, one at a time."""
        async with self._busy:
            name = request.get("do")
            if name == "start":
                return await self._start_all(request["boards"])
            if name == "list":
                return [self._describe(board) for board in self._boards.values()]
            if name == "stop":
                return await self._stop(request["names"])
            if name == "power_cycle":
                return self._power_cycle(request["name"])
        raise RequestError(f"expected start, hold, list, stop or power_cycle, got {name!r}")

    async def hold(self, holder: Client, wanted: list[Request]) -> list[Request]:
        """Start boards that end with the connection of `holder`, all of them or none.

        One that runs already is described as not `fresh`, and goes on afterwards.
        """
        async with self._busy:
            before = set(self._boards)
            rows = await self._start_all(wanted)
            fresh = set(self._boards) - before
            self._held.update(dict.fromkeys(fresh, holder))
            return [{**row, "fresh": row["name"] in fresh} for row in rows]

    async def let_go(self, holder: Client) -> list[str]:
        """Stop what this connection holds and nobody has stopped; answers what that was."""
        async with self._busy:
            return await self._let_go(holder)

    async def _let_go(self, holder: Client) -> list[str]:
        names = [name for name, its in self._held.items() if its is holder]
        return await self._stop(names) if names else []

    async def _start_all(self, wanted: list[Request]) -> list[Request]:
        """All of them, or none: what did not run before is stopped again."""
        before = set(self._boards)
        with ExitStack() as unless_all_run:
            unless_all_run.callback(self._stop_all_but, before)
            rows = [await self._start(one) for one in wanted]
            unless_all_run.pop_all()
        return rows

    async def _start(self, wanted: Request) -> Request:
        name = wanted["name"]
        if name not in self._boards:
            try:
                self._boards[name] = self._make(wanted)
                await self._open_control(self._boards[name])
            except OSError as error:
                raise RequestError(f"{name} cannot be made: {error.strerror or error}") from error
        self._power_on(self._boards[name])
        return self._describe(self._boards[name])

    def _power_on(self, board: Board) -> None:
        board.power_on()
        if board.state == "off":
            raise RequestError(f"{board.config.name}: {board.last_exit}")

    def _make(self, wanted: Request) -> Board:
        folder = self._home / wanted["name"]
        number = self._number(folder)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)  # whoever reaches the sockets in it drives the board
        details: dict[str, Any] = {**kept(folder / CONFIG), **wanted, "number": number}
        details["engine"] = tuple(wanted["engine"])
        config = BoardConfig(**details)
        _write(folder / CONFIG, json.dumps(asdict(config), indent=1))
        mac = addresses.mac(self._home, CHIPS[config.chip], number)
        address = self._block.address(number)
        site = Site(folder, address, self._block.gateway, _NTP_PORT, _DNS_PORT, mac)
        return Board(config, site)

    def _number(self, folder: Path) -> int:
        """The place of a board in the block: its own of old, else the lowest that is free."""
        taken = {path.parent: number for path, number in numbers(self._home).items()}
        if folder in taken:
            return taken[folder]
        free = set(PLACES) - set(taken.values())
        if not free:
            raise RequestError(f"no more than {len(PLACES)} boards fit a home")
        return min(free)

    async def _open_control(self, board: Board) -> None:
        path = board.site.folder / CONTROL
        servers = self._servers.setdefault(board.config.name, [])
        servers.append(await _serve_unix(path, partial(serve, BoardControl(board).answer)))
        if board.config.rfc2217:
            # Imported here: only this needs pyserial.
            from toolkit.virtual import rfc2217

            servers.append(await rfc2217.serve(board))

    def _stop_all_but(self, names: set[str]) -> None:
        for name in set(self._boards) - names:
            self._remove(name)

    async def _stop(self, names: list[str] | None) -> list[str]:
        stopped = [name for name in self._boards if names is None or name in names]
        for name in stopped:
            self._remove(name)
        if not self._boards:
            self.idle.set()
        return stopped

    def _remove(self, name: str) -> None:
        for server in self._servers.pop(name, ()):
            server.close()
        board = self._boards.pop(name)
        self._held.pop(name, None)
        board.close()
        (board.site.folder / CONTROL).unlink(missing_ok=True)

    def _power_cycle(self, name: str) -> Request:
        board = self._boards.get(name)
        if board is None:
            raise RequestError(f"no board named '{name}' is running")
        board.power_off()
        self._power_on(board)
        return self._describe(board)

    def _describe(self, board: Board) -> Request:
        return {
            "name": board.config.name,
            "chip": board.chip.name,
            "port": str(board.port),
            "address": board.site.address,
            "mac": board.site.mac.hex(),
            "pid": board.pid,
            "running": board.state != "off",
            "folder": str(board.site.folder),
        }

    def true_time(self, address: str) -> float | None:
        """What the time server answers the board at `address`."""
        for board in self._boards.values():
            if board.site.address == address:
                return board.true_time()
        return None

    def names(self, address: str) -> dict[str, str] | None:
        """What the name server knows for the board at `address`; None: it does not answer."""
        for board in self._boards.values():
            if board.site.address == address:
                return board.names if board.internet else None
        return None

    def places(self, name: str) -> list[str]:
        """Where the boards are that answer to `<name>.local`, in lower case."""
        wanted, boards = f"{name}.local", self._boards.values()
        return [it.site.address for it in boards if (it.local_name or "").lower() == wanted]

    def close(self) -> None:
        for name in list(self._boards):
            self._remove(name)


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


async def _serve_unix(path: Path, client: _Serve) -> asyncio.AbstractServer:
    listener = local_socket.listen(path)
    return await asyncio.start_unix_server(client, sock=listener, limit=LONGEST_LINE)


async def _run(home: Path, starts: IO[str]) -> None:
    remembered = home / BLOCK
    claimed = addresses.claim(home, addresses.remembered(remembered))
    if claimed is None:
        raise SystemExit("no free block of loopback addresses was found")
    block, keeper = claimed
    _write(remembered, block.prefix)
    supervisor = Supervisor(home, block)
    loop = asyncio.get_running_loop()
    clock, _ = await loop.create_datagram_endpoint(
        lambda: TimeServer(supervisor.true_time), local_addr=(block.gateway, _NTP_PORT)
    )
    resolver, _ = await loop.create_datagram_endpoint(
        lambda: NameServer(supervisor.names), local_addr=(block.gateway, _DNS_PORT)
    )
    responder = await mdns.serve(supervisor.places)

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Client(supervisor).serve(reader, writer)

    server = await _serve_unix(home / SOCKET, client)
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.idle.set)
    waits = [
        asyncio.create_task(supervisor.idle.wait()),
        asyncio.create_task(ending.nobody_wants(starts, lambda: not supervisor.boards)),
        asyncio.create_task(ending.home_is_gone(home / LOCK)),
    ]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    if waits[-1].done():
        os._exit(0)  # with its boards; the names in a home that has been made anew are not its own
    # What is still being answered gets its answer before the lights go out.
    await asyncio.sleep(0.05)
    for task in waits:
        task.cancel()
    server.close()
    supervisor.close()
    clock.close()
    resolver.close()
    if responder:
        responder.close()
    keeper.close()
    (home / SOCKET).unlink(missing_ok=True)


def main() -> None:
    home = Path(sys.argv[1])
    lock = open(home / LOCK, "w")  # noqa: SIM115 - held until the process ends
    starts = open(home / ending.STARTS, "w")  # noqa: SIM115 - so is this, once it is taken
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit("another supervisor runs these boards") from None
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    # Ctrl-C is for the program on a board, and MicroPython must be born ignoring it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    handler = logging.handlers.RotatingFileHandler(home / LOG, maxBytes=_LOG_BYTES, backupCount=1)
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(message)s"
    )
    asyncio.run(_run(home, starts))


if __name__ == "__main__":
    main()

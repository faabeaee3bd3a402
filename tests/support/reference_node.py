"""The node's half of login and link, apart from the product: for tests of the desk.

    async def put(visit, request):
        return len(await visit.payload(request)) == 5 or refuse("refused", "not five bytes")

    async with ReferenceNode(uid, password, answers={"put": put, "run": "one answer"}) as node:
        ... a client of node.address, node.port ...

    with in_a_thread(ReferenceNode(uid, password)) as node:  # for a client that is not asyncio

An answer is a value, or a function (visit, request) → value, plain or async; what it may use stands
in reference_visit. Faults of the login are fields of the node; those of answers lie ready-made in
reference_faults.
"""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.listener import Listener
from tests.support.reference_sums import ROUNDS, Json, derive
from tests.support.reference_visit import HangUp, Visit
from tests.support.reference_wire import BadLineError, Wire

UID, PASSWORD, BOOT = "240ac4000001", "7K2M9QXT4WZ8B3HN", "9f86d081884c7d65"


class ReferenceNode(Listener):
    """It answers what it is told to answer."""

    def __init__(
        self,
        uid: str = UID,
        password: str = PASSWORD,
        *,
        answers: dict[str, Any] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        rounds: int = ROUNDS,
        patience: float = 20.0,
    ) -> None:
        super().__init__(host, port)
        self.uid, self.patience = uid, patience
        self.key = derive(password, uid, rounds)
        self.name, self.boot, self.auth = "node01", BOOT, True
        self.leaf = False  # it says that it has little memory
        self.answers: dict[str, Any] = {"hello": f"hello:{self.name}:{uid}:dev", **(answers or {})}
        # What it does wrong, and how it begins:
        self.greeting = f"{self.name} $ ".encode()
        self.busy = b""  # said instead of all else, as b"Connection is busy. Bye!\n"
        self.silent_at = ""  # "accept", "login", "proof"
        self.told_uid = ""  # another than its own
        self.told_rounds: Any = rounds
        self.wrong_proof = ""  # line 4 carries this one
        self.busy_wait = 0  # s: the penalty told in answer to `login`
        self.nonces: list[bytes] = []  # the next Ns; random ones behind them
        # What it saw:
        self.visits: list[Visit] = []
        self.asked: list[Json] = []  # each line that came
        self.proofs: list[Json] = []
        self.logins = 0
        self.errors: list[BaseException] = []  # lines that were none, among others

    def nonce(self) -> bytes:
        """Ns."""
        return self.nonces.pop(0) if self.nonces else os.urandom(16)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet who comes, and answer."""
        visit = Visit(self, Wire(reader, writer, patience=self.patience))
        self.visits.append(visit)
        try:
            if self.silent_at == "accept":
                await asyncio.sleep(self.patience)
            await visit.wire.raw(self.busy or self.greeting)
            if not self.busy:
                await visit.serve()
        except (EOFError, HangUp, OSError, TimeoutError):
            pass
        except (BadLineError, KeyError, TypeError, ValueError) as error:
            self.errors.append(error)


@contextmanager
def in_a_thread(node: ReferenceNode) -> Iterator[ReferenceNode]:
    """The node serves from a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(node.start(), loop).result()
        yield node
        asyncio.run_coroutine_threadsafe(node.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

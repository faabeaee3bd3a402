"""Unix sockets whose path may be longer than the system's limit, about 108 bytes; and requests."""

import json
import os
import select
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from toolkit.model.errors import EngineError, InputError

_LONGEST = 100
_LOOK_MS = 1000  # after which one that says nothing is looked at


@contextmanager
def _reachable(path: Path) -> Generator[str]:
    """A short name for `path`: itself, or by way of a descriptor of its folder."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def listen(path: Path) -> socket.socket:
    """A listening socket at `path`; one that a dead process left there is replaced."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _reachable(path) as name:
        listener.bind(name)
    path.chmod(0o600)
    listener.listen()
    listener.setblocking(False)
    return listener


def connect(path: Path, timeout: float) -> socket.socket:
    """A connection to the socket at `path`; OSError when nobody listens."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(timeout)
    try:
        with _reachable(path) as name:
            client.connect(name)
    except OSError:
        client.close()
        raise
    return client


def ask(
    client: socket.socket,
    lines: BinaryIO,
    request: dict[str, Any],
    whom: str,
    look: Callable[[], None] | None = None,
) -> Any:
    """One request, a JSON object in a line, and what it is answered on the connection's `lines`.

    InputError with the other end's own sentence, EngineError when it goes away; `whom` names it.
    `look` may raise why nothing will come: it is called before, so that nothing is done later that
    nobody waits for, and once a second while nothing is said.
    """
    if look:
        look()
    try:
        client.sendall(json.dumps(request).encode() + b"\n")
        if look:
            _wait(client, look)
        line = lines.readline()
    except OSError as error:
        raise EngineError(f"{whom} does not answer: {error}") from error
    if not line:
        raise EngineError(f"{whom} went away before it answered")
    answer = json.loads(line)
    if "error" in answer:
        raise InputError(answer["error"])
    return answer["ok"]


def _wait(client: socket.socket, look: Callable[[], None]) -> None:
    """Wait until something comes, for as long as the connection is patient."""
    give_up = time.monotonic() + (client.gettimeout() or 0)
    poll = select.poll()
    poll.register(client, select.POLLIN)
    while not poll.poll(_LOOK_MS):
        look()
        if time.monotonic() > give_up:
            raise TimeoutError("timed out")

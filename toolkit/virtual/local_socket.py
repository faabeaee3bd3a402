"""Unix sockets whose path may be longer than the system's limit, about 108 bytes; and requests."""

import json
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from toolkit.model.errors import EngineError, InputError

_LONGEST = 100


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


def ask(client: socket.socket, lines: BinaryIO, request: dict[str, Any], whom: str) -> Any:
    """One request, a JSON object in a line, and what it is answered on the connection's `lines`.

    InputError with the other end's own sentence, EngineError when it goes away; `whom` names it.
    """
    try:
        client.sendall(json.dumps(request).encode() + b"\n")
        line = lines.readline()
    except OSError as error:
        raise EngineError(f"{whom} does not answer: {error}") from error
    if not line:
        raise EngineError(f"{whom} went away before it answered")
    answer = json.loads(line)
    if "error" in answer:
        raise InputError(answer["error"])
    return answer["ok"]

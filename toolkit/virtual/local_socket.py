"""Unix sockets whose path may be longer than the system's limit of about 108 bytes."""

import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

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

"""A listening socket on loopback whose connections are served in threads, one each."""

import socket
import threading
from contextlib import suppress
from typing import Self


class Threaded:
    """Listens as soon as it is made; who inherits it says in `serve` what becomes of each."""

    def __init__(self, address: str, port: int = 0) -> None:
        self.address = address
        self.connections = 0
        self._listener = socket.create_server((address, port))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Hang up everywhere and listen no more."""
        for one in [self._listener, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def serve(self, connection: socket.socket) -> None:
        """Serve one connection, and close it."""
        raise NotImplementedError

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

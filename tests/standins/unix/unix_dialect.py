"""Make MicroPython's unix port answer as a board does, where the core would notice."""

import asyncio
import socket


def _board_peer(stream, name):
    """A board gives ("192.168.1.7", 50000); the unix port gives packed bytes."""
    peer = stream.e[name]
    if isinstance(peer, tuple):
        return peer
    family, packed, port = socket.sockaddr(peer)[:3]
    return socket.inet_ntop(family, packed), port


def install():
    asyncio.StreamReader.get_extra_info = _board_peer

"""The rarer work of the server: to listen, a place for one more, the end of all. Loaded for one."""

import asyncio
import gc
import socket

from micropython import const

_TCP = const(6)
_BACKLOG = const(4)
_STRANGERS = const(2)  # sessions of one address that have not logged in


def place_for(server, stream):
    """Return the address of who comes when there is a place; else tell so, and return None.

    What is sent there leaves at once: the pieces of an answer are not to wait for each other's
    acknowledgement, which clients hold back for some 40 to 200 ms.
    """
    if hasattr(socket, "TCP_NODELAY"):  # else that firmware has no such waiting, or no way out
        stream.s.setsockopt(_TCP, socket.TCP_NODELAY, 1)
    address = stream.get_extra_info("peername")[0]
    if room_for(server, address):
        return address
    stream.s.write(b"Connection is busy. Bye!\n")
    return None


def room_for(server, address):
    """Is there a place for one more, when need be that of somebody who does not use it?"""
    strangers = [session for session in server.sessions if session.half_open]
    if len([session for session in strangers if session.address == address]) >= _STRANGERS:
        return False
    if len(server.sessions) < server.most:
        return True
    if strangers:
        server.end(strangers[0], "had to make room")
        return True
    longest = max(server.sessions, key=lambda session: session.idle)
    if longest.idle < server.node.config.get("soctout"):
        return False
    server.end(longest, "had to make room")
    return True


async def listen(server):
    """Listen, or tell the log why that cannot be."""
    gc.collect()  # closes the socket of a listener that had no memory to go on
    try:
        server.listening = await asyncio.start_server(
            server.connected, server.host, server.port, _BACKLOG
        )
    except OSError as error:
        server.node.log.error("server: port %d: %r" % (server.port, error))


def close_others(server, kept):
    """End every session but this one, as after a change of the password.

    Over the link it is only what a word takes for its session: then the link is the same.
    """
    link = kept and kept.link
    for session in list(server.sessions):
        if session is not kept and (link is None or session.link is not link):
            server.end(session, "was ended")


async def close(server):
    """End every session and listen no longer."""
    server.listening.close()
    close_others(server, None)
    await server.listening.wait_closed()
    server.listening = None

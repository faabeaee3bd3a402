"""What the node tells who searches for nodes, asked over UDP and at each address it gets.

Loaded for either. All of it is a hint, which a reader has to check: nothing secret, nothing sure.
"""

import asyncio
import json
import os
import socket

from micropython import const

_ASKING = const(b"micros?1 ")  # how a probe begins; blanks follow
_SIZE = const(128)  # bytes of a probe at least: no answer is larger than two of them
_MOST = const(10)  # answers a second: somebody looks once a second
_LOOKS = const(32)  # datagrams taken at a time
_PAUSE = const(100)  # milliseconds an answer is put off at most
_GROUP = const(b"\xef\xff\x5a\x08")  # 239.255.90.8
_BROADCAST = const("255.255.255.255")
_PORT = const(9008)  # of UDP, whatever `socport` is: who searches cannot know that one


def begin(node, address, announced=True, port=_PORT):
    """Listen anew, as the socket or its group may have gone with a network; say who is here.

    What fails here is tried again within the minute, by core/health.py.
    """
    server = node.server
    if server.ear:
        server.ear.close()
        server.ear = None
    server.ear = ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.setblocking(False)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ear.bind(place(server.host, port))
    if announced:
        if hasattr(socket, "SO_BROADCAST"):  # else that firmware needs no leave for it
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        ear.sendto(told(node, address), place(_BROADCAST, port))
    if hasattr(socket, "IP_ADD_MEMBERSHIP"):
        own = bytes([int(part) for part in address.split(".")])
        ear.setsockopt(0, socket.IP_ADD_MEMBERSHIP, _GROUP + own)


def place(host, port):
    """Return an address as this firmware takes it."""
    return socket.getaddrinfo(host, port)[0][-1]


def told(node, address):
    """Return a beacon."""
    facts = {
        "micros": 1,
        "uid": node.uid,
        "name": node.config.get("devfid"),
        "address": address,
        "port": node.server.port,
        "version": node.version,
        "board": node.board,
    }
    if not node.secrets.get("claimed"):
        facts["unclaimed"] = True
    app = node.config.get("app")
    if app not in ("", "n/a") and len(json.dumps(app)) < 40:  # no room for many odd characters
        facts["app"] = app
    return json.dumps(facts).encode()


async def answer(server, data, address):
    """Answer who asks, each once, after a moment: a hundred nodes have heard the same question."""
    ear, asking = server.ear, []  # another one may take its place meanwhile
    for _ in range(_LOOKS):
        if data.startswith(_ASKING) and len(data) >= _SIZE and address not in asking:
            asking.append(address)
        try:
            data, address = ear.recvfrom(_SIZE)
        except OSError:
            break  # that was all
    if asking:
        await asyncio.sleep_ms(os.urandom(1)[0] * _PAUSE // 255)
        beacon = told(server.node, server.node.network.address)
        for address in asking[:_MOST]:
            try:
                ear.sendto(beacon, address)
            except OSError:
                pass  # it has gone, or it never was there

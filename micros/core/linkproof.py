"""The second step of a login on the link: each side proves that it knows the key. Loaded for it."""

import os
from binascii import hexlify, unhexlify

from core.once import once
from micropython import const

_DEAD = const(5)  # s after which a login that has begun is void


async def proof(link, request):
    """The op: who has proven it gets the node's own proof, and every line a tag from here on."""
    node, begun = link.node, link.proven
    if not begun or link.keys:
        return await link.shut("expected a login before its proof")
    wait = owed(link)
    if wait:
        return await denied(link, wait)
    now = node.clock.uptime()
    if now - begun[1] > _DEAD:
        return await link.shut("expected the proof within %d s" % _DEAD)
    shared, login, kept = node.link, once("login"), node.guesses
    hmac, said, link.proven = shared.hmac, begun[0], ()
    key = unhexlify(node.secrets.get("k") or "00")
    right = shared.base64(hmac(key, b"C", said)).decode()
    if request.given.get("p") != right:
        login.failed(kept, link.session.address, now)
        node.log.warn("a login from %s failed" % link.session.address)
        return await denied(link, login.owed_wait(kept, link.session.address, now))
    login.succeeded(kept, link.session.address)
    node.started = node.started or hexlify(os.urandom(8))
    mine = shared.base64(hmac(key, b"S", said + node.started))
    keys = hmac(key, b"KC", said), hmac(key, b"KS", said)
    await link.send(b'{"id":0,"ok":true,"boot":"%s","p":"%s"}' % (node.started, mine))
    link.keys = keys
    link.session.half_open = False
    return None


def owed(link):
    """The seconds that this address must wait, as for the text shell."""
    node, login = link.node, once("login")
    node.guesses = node.guesses or login.guesses()
    return login.owed_wait(node.guesses, link.session.address, node.clock.uptime())


async def denied(link, wait):
    """Tell who may not in when to try again, and end the connection."""
    await link.send(b'{"id":0,"error":"auth","wait":%d}' % wait)
    link.session.open = False

"""Who may speak on the link: each side proves that it knows the key. Loaded for a step.

What is hashed are the exact bytes of both lines, so they are made here by hand.
"""

import os
import re
import time
from binascii import hexlify, unhexlify
from hashlib import sha256

from core.errors import CommandError
from core.once import once
from micropython import const

_WHO = const("^[A-Za-z0-9_-]+$")
_CHALLENGE = const(22)  # characters
_DEAD = const(5)  # s after which a login that has begun is void


async def hello(link, _):
    """The op: who this is, open to everyone."""
    return link.session.answer("hello")


async def login(link, request):
    """The op: say which key this node has, and what the other side must prove it with."""
    given, node = request.given, link.node
    who, theirs = given.get("who"), given.get("c")
    if type(given.get("v")) is not int or given["v"] != 1:
        return await link.shut("expected version 1 of the login")
    if not isinstance(who, str) or len(who) > 16 or not re.match(_WHO, who):
        return await link.shut("expected who of 1 to 16 letters, digits, _ and -")
    if not isinstance(theirs, str) or len(theirs) != _CHALLENGE:
        return await link.shut("expected c of 22 characters")
    if link.proven is not None:
        return await link.shut("expected one login on a connection")
    wait = owed(link)
    if wait:
        return await denied(link, wait)
    key, rounds = await key_of(node)
    base64 = node.link.base64
    seed = os.urandom(16) + key + (node.memory() if node.memory else b"")
    mine = sha256(seed + b"%d" % time.ticks_us()).digest()[:16]
    line = b'{"id":0,"v":1,"uid":"%s","i":%d,"s":"%s"}'
    line = line % (node.uid.encode(), rounds, base64(mine))
    link.proven = sha256(request.line + b"\n" + line + b"\n").digest(), node.clock.uptime()
    return await link.send(line)


async def proof(link, request):
    """The op: who has proven it gets the node's own proof, and every line a tag from here on."""
    node, begun = link.node, link.proven
    if not begun or link.keys:
        return await link.shut("expected a login before its proof")
    wait = owed(link)
    if wait:
        return await denied(link, wait)
    shared, login = node.link, once("login")
    hmac, said, link.proven = shared.hmac, begun[0], ()
    kept, now = node.guesses, node.clock.uptime()
    pads = pads_of((await key_of(node))[0])
    right = shared.base64(hmac(pads, b"C", said)).decode()
    if now - begun[1] > _DEAD or request.given.get("p") != right:
        login.failed(kept, link.session.address, now)
        node.log.warn("a login from %s failed" % link.session.address)
        return await denied(link, login.owed_wait(kept, link.session.address, now))
    login.succeeded(kept, link.session.address)
    node.started = node.started or hexlify(os.urandom(8))
    mine = shared.base64(hmac(pads, b"S", said + node.started))
    keys = pads_of(hmac(pads, b"KC", said)), pads_of(hmac(pads, b"KS", said))
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


async def key_of(node):
    """The key and its rounds; a node that has none makes it from its password, and keeps it."""
    if not node.secrets.get("k"):
        key = hexlify(await once("key").derive(node.secrets.get("appwd") or "", node.uid)).decode()
        try:
            node.config.keep_secrets({"k": key, "i": 400})
        except (CommandError, MemoryError):
            node.secrets.update(k=key, i=400)  # the next start makes the same
    return unhexlify(node.secrets["k"]), node.secrets["i"]


def pads_of(key):
    """The two pads of a key of 32 bytes; there is no way to copy a hash that has begun."""
    padded = key + bytes(32)
    return bytes([it ^ 0x36 for it in padded]), bytes([it ^ 0x5C for it in padded])

"""The first step of a login on the link: with which key, and what is to be proven. Loaded for it.

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
    wait = once("linkproof").owed(link)
    if wait:
        return await once("linkproof").denied(link, wait)
    key, rounds = await key_of(node)
    base64 = node.link.base64
    seed = os.urandom(16) + key + (node.memory() if node.memory else b"")
    mine = sha256(seed + b"%d" % time.ticks_us()).digest()[:16]
    line = b'{"id":0,"v":1,"uid":"%s","i":%d,"s":"%s"}'
    line = line % (node.uid.encode(), rounds, base64(mine))
    link.proven = sha256(request.line + b"\n" + line + b"\n").digest(), node.clock.uptime()
    return await link.send(line)


async def key_of(node):
    """The key and its rounds; a node that has none makes it from its password, and keeps it."""
    if not node.secrets.get("k"):
        key = hexlify(await once("key").derive(node.secrets.get("appwd") or "", node.uid)).decode()
        try:
            node.config.keep_secrets({"k": key, "i": 400})
        except (CommandError, MemoryError):
            node.secrets.update(k=key, i=400)  # the next start makes the same
    return unhexlify(node.secrets["k"]), node.secrets["i"]

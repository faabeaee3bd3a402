"""The first step of a login on the link: with which key, and what is to be proven. Loaded for it.

What is hashed are the exact bytes of both lines, so this one is made by hand.
"""

import os
import re
import time
from binascii import unhexlify
from hashlib import sha256

from micropython import const

_WHO = const("^[A-Za-z0-9_-]+$")
_CHALLENGE = const(22)  # characters


def greet(link, request):
    """Say which key this node has, and what the other side must prove it with."""
    given, node = request.given, link.node
    who, theirs = given.get("who"), given.get("c")
    if type(given.get("v")) is not int or given["v"] != 1:
        return link.shut("expected version 1 of the login")
    if not isinstance(who, str) or len(who) > 16 or not re.match(_WHO, who):
        return link.shut("expected who of 1 to 16 letters, digits, _ and -")
    if not isinstance(theirs, str) or len(theirs) != _CHALLENGE:
        return link.shut("expected c of 22 characters")
    if link.proven is not None:
        return link.shut("expected one login on a connection")
    if not node.secrets.get("k"):
        file = "linkkey"
        return link.later, file, "make", request
    seed = os.urandom(16) + unhexlify(node.secrets["k"]) + (node.memory() if node.memory else b"")
    mine = node.link.base64(sha256(seed + b"%d" % time.ticks_us()).digest()[:16])
    line = b'{"id":0,"v":1,"uid":"%s","i":%d,"s":"%s"}'
    line = line % (node.uid.encode(), node.secrets["i"], mine)
    link.proven = sha256(request.line + b"\n" + line + b"\n").digest(), node.clock.uptime()
    return link.send(line)

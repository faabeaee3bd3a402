"""The first step of a login on the link: with which key, and what is to be proven. Loaded for it.

What is hashed are the exact bytes of both lines, so this one is made by hand.
"""

import os
import time
from binascii import unhexlify
from hashlib import sha256


def greet(link, request):
    """Say which key this node has, and what the other side must prove it with."""
    node = link.node
    seed = os.urandom(16) + unhexlify(node.secrets["k"]) + (node.memory() if node.memory else b"")
    mine = node.link.base64(sha256(seed + b"%d" % time.ticks_us()).digest()[:16])
    line = b'{"id":0,"v":1,"uid":"%s","i":%d,"s":"%s"}'
    line = line % (node.uid.encode(), node.secrets["i"], mine)
    link.proven = sha256(request.line + b"\n" + line + b"\n").digest(), node.clock.uptime()
    return link.send(line)

"""The second step of a login on the link: each side proves that it knows the key. Loaded for it."""

import os
from binascii import hexlify, unhexlify

from micropython import const

_DEAD = const(5)  # s after which a login that has begun is void


def check(link, request):
    """Who has proven it gets the node's own proof and the keys of both directions."""
    node, begun = link.node, link.proven
    if not begun:
        return link.shut("expected a login before its proof")
    said, when = begun
    link.proven = ()
    if node.clock.uptime() - when > _DEAD:
        return link.shut("expected the proof within %d s" % _DEAD)
    hmac, base64 = node.link.hmac, node.link.base64
    key = unhexlify(node.secrets.get("k") or "")  # none while a new password becomes a key
    name = "wrong"
    if key and request.given.get("p") == base64(hmac(key, b"C", said)).decode():
        name = "right"
        node.started = node.started or hexlify(os.urandom(8))
        mine = base64(hmac(key, b"S", said, node.started))
        little = b',"leaf":true' if link.most < 8 else b""
        link.proven = b'{"id":0,"ok":true,"boot":"%s","p":"%s"%s}' % (node.started, mine, little)
        request.keys = hmac(key, b"KC", said), hmac(key, b"KS", said)
    file = "linkwait"
    return link.later, file, name, request

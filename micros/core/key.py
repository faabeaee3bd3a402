"""The key of the link, made from the password. Loaded when that changes."""

import asyncio
from hashlib import sha256

from micropython import const

_ROUNDS = const(400)  # for a password that is changed on the node


async def rekey(node, session, password):
    """The link's key follows the password, and whoever knew the old one must come again."""
    node.config.keep_secrets(await made(node, password))
    node.server.close_others(session)


async def made(node, password):
    """The key of a password, as the secrets have it."""
    key = await derive(password, node.uid)
    return {"k": "".join("%02x" % byte for byte in key), "i": _ROUNDS}


async def derive(password, uid, rounds=_ROUNDS):
    """The key of the link: PBKDF2 with HMAC-SHA256, the loop is let in between."""
    inner = bytes(byte ^ 0x36 for byte in _padded(password))
    outer = bytes(byte ^ 0x5C for byte in _padded(password))
    block = b"micros-link-1:" + uid.encode() + b"\0\0\0\1"
    key = bytearray(32)
    for turn in range(rounds):
        block = sha256(outer + sha256(inner + block).digest()).digest()
        for index in range(32):
            key[index] ^= block[index]
        if turn % 20 == 19:
            await asyncio.sleep_ms(0)
    return bytes(key)


def _padded(password):
    return password.encode() + bytes(64 - len(password))  # at most 63 ASCII characters

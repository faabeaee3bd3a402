"""The SHA-256 of a file, from flash. Loaded for one file."""

import asyncio
from binascii import hexlify
from hashlib import sha256

from core.once import once
from micropython import const

_PIECE = const(512)  # bytes: a millisecond or two of any of these chips


async def digest(name):
    """Return it as hex digits. OSError where it cannot be."""
    total = sha256()
    await pieces(name, total.update)
    return hexlify(total.digest()).decode()


async def pieces(name, take):
    """Hand a file over in pieces; the loop is let in after each."""
    piece = bytearray(_PIECE)
    view = memoryview(piece)
    with open(name, "rb") as file:
        while size := file.readinto(piece):
            take(view[:size])
            await asyncio.sleep_ms(0)


async def hash(_, request):
    """Tell the SHA-256 of a file."""
    name = once("names").readable(request.given)
    try:
        return await digest(name)
    except OSError as error:
        raise once("flaw").refusal("hash " + name, error)

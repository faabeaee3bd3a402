"""An answer that is made piece by piece, whatever its length. Loaded for one."""

import asyncio
import json

from micropython import const

_PIECE = const(512)  # bytes
_LITTLE = const(192)  # on a leaf


async def told(link, request, pieces):
    """Send pieces of JSON text: return their value where that is short, else None after them."""
    text, sent, size = b"", 0, _LITTLE if link.node.port.LEAF else _PIECE
    for piece in pieces:
        text += piece.encode()
        while len(text) > size:
            await link.chunk(request, text[:size])
            text, sent = text[size:], sent + 1
        await asyncio.sleep_ms(0)
    if not sent:
        return json.loads(text)
    await link.chunk(request, text)
    return None

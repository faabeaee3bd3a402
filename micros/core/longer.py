"""An answer that is made piece by piece, whatever its length. Loaded for one."""

import asyncio
import json

from micropython import const

_PIECE = const(512)  # bytes


async def told(link, request, pieces):
    """Send pieces of JSON text: return their value where that is short, else None after them."""
    text, sent = b"", 0
    for piece in pieces:
        text += piece.encode()
        while len(text) > _PIECE:
            await link.chunk(request, text[:_PIECE])
            text, sent = text[_PIECE:], sent + 1
        await asyncio.sleep_ms(0)
    if not sent:
        return json.loads(text)
    await link.chunk(request, text)
    return None

"""The reference of files: bytes over a bare socket, in the pieces of the link. `copy.py port`."""

import asyncio
import sys

_PIECE = 1024
_piece = bytes(_PIECE)


async def _client(reader, writer):
    writer.s.setsockopt(6, 1, 1)  # TCP_NODELAY: no piece waits for the one before
    while True:
        order = await reader.readline()  # put or get, and how many bytes
        if not order:
            break
        word, size = order.split()
        left = int(size)
        while left > 0:
            if word == b"put":
                left -= len(await reader.readexactly(min(left, _PIECE)))
            else:
                writer.write(_piece[:left])
                await writer.drain()
                left -= _PIECE
        writer.write(b"\n")
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def _serve(port):
    server = await asyncio.start_server(_client, "127.0.0.1", port, 20)
    print("ready")
    await server.wait_closed()


asyncio.run(_serve(int(sys.argv[1])))

"""L1, the reference of all speeds: a bare line echo. `echo.py port`."""

import asyncio
import sys


async def _client(reader, writer):
    while True:
        line = await reader.readline()
        if not line:
            break
        writer.write(line)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def _serve(port):
    server = await asyncio.start_server(_client, "127.0.0.1", port, 20)
    print("ready")
    await server.wait_closed()


asyncio.run(_serve(int(sys.argv[1])))

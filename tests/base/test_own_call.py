"""The node calls itself: what becomes of the call, answered or not."""

import asyncio

from core import health


class Stream:
    """The node's own port, which answers this."""

    def __init__(self, *parts):
        self.parts = list(parts)
        self.closed = 0

    def write(self, _):
        pass

    async def drain(self):
        pass

    async def read(self, _):
        part = self.parts.pop(0)
        if part is None:
            raise OSError(104)
        return part

    def close(self):
        self.closed += 1

    async def wait_closed(self):
        pass


class Server:
    port = 9008


class Node:
    """As much of a node as its call of itself needs, two misses ago."""

    server = Server()
    misses = 2
    call = "the running one"


async def called(stream):
    """Let a node call itself where that answers; None: nobody listens."""

    async def connect(*_):
        if not stream:
            raise OSError(111)
        return stream, stream

    node, before = Node(), asyncio.open_connection
    asyncio.open_connection = connect
    try:
        await health.hello(node, "10.0.0.2")
    finally:
        asyncio.open_connection = before
    return node


async def test_an_answer_ends_the_misses_and_lets_the_call_go():
    for parts in ((b"hello:lamp:1",), (b"lamp ", b"$ hel", b"lo:lamp"), (b"busy",)):
        stream = Stream(*parts)
        node = await called(stream)
        assert (node.misses, node.asking, stream.closed) == (0, None, 1), parts


async def test_a_miss_stays_one_and_lets_the_call_go_too():
    for stream in (None, Stream(b""), Stream(b"lamp $ ", None), Stream(b"lamp $ ", b"")):
        node = await called(stream)
        assert (node.misses, node.asking) == (2, None)
        assert not stream or stream.closed == 1

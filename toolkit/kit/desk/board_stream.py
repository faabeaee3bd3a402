"""MicroPython's asyncio streams on CPython's event loop.

One object is reader and writer at once, `.s` is the socket and answers without waiting,
`write` tries at once and keeps the rest in `out_buf`, and only `wait_closed` frees the socket.
"""

import asyncio
import socket


class BoardSocket:
    """A non-blocking socket whose read and write answer None instead of raising EAGAIN."""

    def __init__(self, raw):
        self.raw = raw
        raw.setblocking(False)

    def read(self, size):
        try:
            return self.raw.recv(size)
        except BlockingIOError:
            return None

    def write(self, data):
        try:
            return self.raw.send(data)
        except BlockingIOError:
            return None

    def setsockopt(self, level, option, value):
        self.raw.setsockopt(level, option, value)

    def close(self):
        self.raw.close()


class BoardStream:
    """What a callback of MicroPython's `asyncio.start_server` is given, twice."""

    def __init__(self, raw, peer):
        self.s = BoardSocket(raw)
        self.out_buf = b""
        self._peer = peer

    def get_extra_info(self, name):
        return {"peername": self._peer}[name]

    async def _ready(self, add, remove):
        if self.s.raw.fileno() < 0:
            raise OSError(9, "closed")
        ready = asyncio.get_running_loop().create_future()
        add(self.s.raw, lambda: ready.done() or ready.set_result(None))
        try:
            await ready
        finally:
            if self.s.raw.fileno() >= 0:
                remove(self.s.raw)

    async def read(self, size=-1):
        loop = asyncio.get_running_loop()
        while True:
            await self._ready(loop.add_reader, loop.remove_reader)
            data = self.s.read(size)
            if data is not None:
                return data

    def write(self, data):
        if not self.out_buf:
            done = self.s.write(data)
            if done == len(data):
                return
            if done is not None:
                data = data[done:]
        self.out_buf += data

    async def drain(self):
        loop = asyncio.get_running_loop()
        if not self.out_buf:
            return await asyncio.sleep(0)
        while self.out_buf:
            await self._ready(loop.add_writer, loop.remove_writer)
            done = self.s.write(self.out_buf)
            if done is not None:
                self.out_buf = self.out_buf[done:]
        return None

    def close(self):
        pass

    async def wait_closed(self):
        self.s.close()


class BoardServer:
    """The accepting half of `asyncio.start_server`."""

    def __init__(self, raw, callback):
        self._raw, self._callback, self._sessions = raw, callback, set()
        self.task = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self):
        loop = asyncio.get_running_loop()
        try:
            while True:
                raw, peer = await loop.sock_accept(self._raw)
                stream = BoardStream(raw, peer)
                task = loop.create_task(self._callback(stream, stream))
                self._sessions.add(task)
                task.add_done_callback(self._sessions.discard)
        finally:
            self._raw.close()

    def close(self):
        self.task.cancel()

    async def wait_closed(self):
        await asyncio.wait([self.task])


async def start_server(callback, host, port, backlog=5, ssl=None):
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    raw.bind((host, port))
    raw.listen(backlog)
    raw.setblocking(False)
    return BoardServer(raw, callback)

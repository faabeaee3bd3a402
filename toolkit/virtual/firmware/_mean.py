"""Mean mode: what a board's network is allowed to do and a computer's rarely does.

Writes take less than they were given, or nothing for now; reads bring one segment at most. The
numbers of errors stay this computer's: the compiler puts `errno.NAME` into bytecode as a number.
"""

import network
from _link import libc
from _sockets import BoardSocket

_SEND_BUFFER = 2048
_SEGMENT = 1436
_EAGAIN = 11
_SHUT_RDWR = 2

_shutdown = libc.func("i", "shutdown", "ii")
_conversations = set()  # file numbers of the connections that were accepted


def _cut():
    """Whoever loses the network loses the connections over it."""
    for number in _conversations:
        _shutdown(number, _SHUT_RDWR)


network.when_lost.append(_cut)


class MeanSocket(BoardSocket):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._blocking = True
        self._turn = 0
        self.recv, self.send, self.write = self._recv, self._send, self._write
        self.setblocking, self.settimeout = self._set_blocking, self._set_timeout
        if options:
            _conversations.add(self.fileno())

    def close(self):
        _conversations.discard(self.fileno())
        super().close()

    def _set_blocking(self, on):
        self._blocking = bool(on)
        self._socket.setblocking(on)

    def _set_timeout(self, seconds):
        self._blocking = seconds is None or seconds > 0
        self._socket.settimeout(seconds)

    def _share(self, size):
        """How many of `size` bytes go this time; every third attempt finds the buffer full."""
        self._turn += 1
        if not self._blocking and self._turn % 3 == 0:
            return 0
        return min(size if self._turn % 2 else (size + 1) // 2, _SEND_BUFFER)

    def _recv(self, size, *flags):
        return self._socket.recv(min(size, _SEGMENT), *flags)

    def _send(self, data):
        share = self._share(len(data))
        if not share and data:
            raise OSError(_EAGAIN)
        return self._socket.send(memoryview(data)[:share])

    def _write(self, data, *bounds):
        """A blocking socket takes all, in pieces; another takes a piece and says how much."""
        data = memoryview(data.encode() if isinstance(data, str) else data)
        if bounds:
            start, size = (0, bounds[0]) if len(bounds) == 1 else bounds
            data = data[start : start + size]
        sent = 0
        while sent < len(data):
            share = self._share(len(data) - sent)
            count = self._socket.write(data[sent : sent + share]) if share else None
            if not count:
                break
            sent += count
            if not self._blocking:
                break
        return sent if sent or not data else None

    def sendall(self, data):
        self._set_blocking(True)
        self._write(data)

"""Mean mode: what a board's network is allowed to do and a computer's rarely does.

Writes take less than they were given, or nothing for now; reads bring one segment at most; and the
numbers of errors are those of the chip's C library, so only their names can be relied on.
"""

import uerrno
import usys
from _link import SETTINGS
from _sockets import BoardSocket

_SEND_BUFFER = 2048
_SEGMENT = 1436
_EAGAIN = 11
# Number on this computer → number in the ESP32's C library. The ESP8266's are this computer's.
_NUMBERS = {98: 112, 101: 114, 103: 113, 106: 127, 107: 128, 110: 116, 113: 118, 114: 120, 115: 119}
if SETTINGS["chip"] == "esp8266":
    _NUMBERS = {}


class Errno:
    """Stands for the module `errno`."""

    def __init__(self):
        self.errorcode = {}
        for name in dir(uerrno):
            if name[0] == "E":
                number = getattr(uerrno, name)
                number = _NUMBERS.get(number, number)
                setattr(self, name, number)
                self.errorcode[number] = name


usys.modules["errno"] = Errno()


def _translated(method):
    """The same method, raising errors as the board numbers them."""

    def call(*arguments):
        try:
            return method(*arguments)
        except OSError as error:
            raise OSError(_NUMBERS.get(error.errno, error.errno))

    return call


class MeanSocket(BoardSocket):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._blocking = True
        self._turn = 0
        native = self._socket
        self._native_send = _translated(native.send)
        self._native_write = _translated(native.write)
        self._native_recv = _translated(native.recv)
        for name in ("readinto", "read", "readline"):
            setattr(self, name, _translated(getattr(native, name)))
        for name in ("bind", "connect", "accept", "sendto", "recvfrom"):
            setattr(self, name, _translated(getattr(super(), name)))
        self.recv, self.send, self.write = self._recv, self._send, self._write
        self.setblocking, self.settimeout = self._set_blocking, self._set_timeout

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
        return self._native_recv(min(size, _SEGMENT), *flags)

    def _send(self, data):
        share = self._share(len(data))
        if not share and data:
            raise OSError(_EAGAIN)
        return self._native_send(memoryview(data)[:share])

    def _write(self, data, *bounds):
        """A blocking socket takes all, in pieces; another takes a piece and says how much."""
        data = memoryview(data.encode() if isinstance(data, str) else data)
        if bounds:
            start, size = (0, bounds[0]) if len(bounds) == 1 else bounds
            data = data[start : start + size]
        sent = 0
        while sent < len(data):
            share = self._share(len(data) - sent)
            count = self._native_write(data[sent : sent + share]) if share else None
            if not count:
                break
            sent += count
            if not self._blocking:
                break
        return sent if sent or not data else None

    def sendall(self, data):
        self._set_blocking(True)
        self._write(data)

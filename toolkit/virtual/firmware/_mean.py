"""Mean mode: what a board's network is allowed to do and a computer's rarely does.

Writes take less than they were given, or nothing for now; reads bring one segment at most; and the
numbers of errors are those of the chip's C library, so only their names can be relied on.
"""

import uerrno
import usys
from _link import SETTINGS

_SEND_BUFFER = 2048
_SEGMENT = 1436
_EAGAIN = 11
# Number on this computer → number in the ESP32's C library.
_NUMBERS = {98: 112, 101: 114, 103: 113, 104: 104, 106: 127, 107: 128, 110: 116, 111: 111}
_NUMBERS.update({113: 118, 114: 120, 115: 119, 95: 95, 105: 105})


class Errno:
    """Stands for the module `errno`."""

    def __init__(self):
        self.errorcode = {}
        for name in dir(uerrno):
            number = getattr(uerrno, name)
            if name[0] == "E":
                number = _NUMBERS.get(number, number)
                setattr(self, name, number)
                self.errorcode[number] = name


def translate(error):
    """The same error as the board would number it."""
    return OSError(_NUMBERS.get(error.errno, error.errno))


def _translated(method):
    def call(*arguments):
        try:
            return method(*arguments)
        except OSError as error:
            raise translate(error)

    return call


def hardened(base):
    """A class of sockets like `base`, but mean."""
    numbers_differ = SETTINGS["chip"] != "esp8266"
    if numbers_differ:
        usys.modules["errno"] = Errno()

    class socket(base):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            self._blocking = True
            self._turn = 0
            if numbers_differ:
                for name in ("readinto", "read", "readline"):
                    setattr(self, name, _translated(getattr(self, name)))
                for name in ("bind", "connect", "accept", "sendto", "recvfrom"):
                    setattr(self, name, _translated(getattr(self, name)))
            self.recv = self._recv
            self.send = self._send
            self.write = self._write
            self.setblocking = self._set_blocking
            self.settimeout = self._set_timeout

        def _set_blocking(self, on):
            self._blocking = bool(on)
            self._socket.setblocking(on)

        def _set_timeout(self, seconds):
            self._blocking = seconds is None or seconds > 0
            self._socket.settimeout(seconds)

        def _share(self, data):
            """How much of `data` goes this time; every third attempt finds the buffer full."""
            self._turn += 1
            if not self._blocking and self._turn % 3 == 0:
                return 0
            share = len(data) if self._turn % 2 else (len(data) + 1) // 2
            return min(share, _SEND_BUFFER)

        def _recv(self, size):
            try:
                return self._socket.recv(min(size, _SEGMENT))
            except OSError as error:
                raise translate(error) if numbers_differ else error

        def _send(self, data):
            share = self._share(data)
            if not share and data:
                raise OSError(_EAGAIN)
            try:
                return self._socket.send(memoryview(data)[:share])
            except OSError as error:
                raise translate(error) if numbers_differ else error

        def _write(self, data, *bounds):
            data = memoryview(data.encode() if isinstance(data, str) else data)
            if bounds:
                data = data[: bounds[0]] if len(bounds) == 1 else data[bounds[0] :][: bounds[1]]
            sent = 0
            while sent < len(data):
                share = self._share(data[sent:])
                if not share:
                    break
                try:
                    count = self._socket.write(data[sent : sent + share])
                except OSError as error:
                    raise translate(error) if numbers_differ else error
                if not count:
                    break
                sent += count
                if not self._blocking:
                    break  # a board's stack takes what fits and says how much
            return sent or (None if data else 0)

        def sendall(self, data):
            self._set_blocking(True)
            self._write(data)

    return socket

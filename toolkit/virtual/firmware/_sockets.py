"""Sockets of the board: its own address stands for 0.0.0.0, and there are only so many sockets.

A socket is wrapped because the interpreter's own takes no (host, port) pairs. What moves data is
bound straight to the native methods, so a wrapped socket is as fast as a bare one. On an ESP8266
it is looked up each time, and for datagrams: the bound methods would take 300 bytes a socket,
which a chip has free.

What is sent to all comes to the gateway's address alone, where a search on this computer hears it.
"""

import time

import network
import uio
import usocket
from _link import SETTINGS
from usocket import (  # noqa: F401
    AF_INET,
    SO_BROADCAST,
    SO_KEEPALIVE,
    SO_REUSEADDR,
    SOCK_DGRAM,
    SOCK_STREAM,
    SOL_SOCKET,
)

IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP = 0, 6, 17
IP_ADD_MEMBERSHIP, TCP_NODELAY = 35, 1
SOCK_RAW = 3

_ADDRESS = SETTINGS["address"]
_FULL, _UNREACHABLE, _NOT_CONNECTED = SETTINGS["socket_errors"]
_NO_NAME = -2 if SETTINGS["chip"] == "esp8266" else -202
_DNS_MS = 5000
_SERVERS = {123: SETTINGS["ntp_port"], 53: SETTINGS["dns_port"]}  # no root, no low ports
_GET_FILENO, _CLOSE = 10, 4
_STRAIGHT = ("readinto", "read", "readline", "recv", "send", "write", "settimeout", "setblocking")
_SHORT_OF_MEMORY = SETTINGS["chip"] == "esp8266"
_open = 0


def _numeric(host):
    parts = host.split(".")
    return len(parts) == 4 and all(part.isdigit() for part in parts)


def getaddrinfo(host, port, af=0, kind=0, _proto=0, _flags=0):
    if host in ("", None):
        host = "0.0.0.0"
    if not _numeric(host):
        host = _resolve(host)
    return [(AF_INET, kind or SOCK_STREAM, 0, "", (host, int(port)))]


def _resolve(name):
    if name == "localhost":
        return "127.0.0.1"
    if network.online() and name in SETTINGS["names"]:
        return SETTINGS["names"][name]
    if SETTINGS["mean"]:
        time.sleep_ms(_DNS_MS)
    raise OSError(_NO_NAME)


def _native(address):
    """The interpreter's form of (host, port), where the virtual air has it."""
    host, port = address[0], address[1]
    if host in ("", "0.0.0.0"):
        host = _ADDRESS
    elif not host.startswith("127."):
        if host[:4] not in ("255.", "239."):
            raise OSError(_UNREACHABLE)
        host = SETTINGS["gateway"]
    return usocket.getaddrinfo(host, port)[0][-1]


def _outgoing(address):
    if not network.reachable():
        raise OSError(_UNREACHABLE)
    if address[0] == SETTINGS["gateway"]:
        address = address[0], _SERVERS.get(address[1], address[1])
    return _native(address)


def _readable(native):
    _family, host, port = usocket.sockaddr(native)[:3]
    return ".".join(str(part) for part in host), port


class BoardSocket(uio.IOBase):
    def __init__(self, af=AF_INET, kind=SOCK_STREAM, proto=0, *, _native=None):
        global _open
        self._is_open = False
        if _open >= SETTINGS["sockets"]:
            if _native:
                _native.close()
            raise OSError(_FULL)
        self._socket = _native or usocket.socket(af, kind)
        self._bound = _native is not None
        self._is_open = True
        _open += 1
        for name in () if _SHORT_OF_MEMORY or kind == SOCK_DGRAM else _STRAIGHT:
            setattr(self, name, getattr(self._socket, name))

    def __getattr__(self, name):
        if name in _STRAIGHT:
            return getattr(self._socket, name)
        raise AttributeError(name)

    def __del__(self):
        self.close()

    def fileno(self):
        return self._socket.fileno() if self._is_open else -1

    def ioctl(self, request, _argument):
        if request == _GET_FILENO:
            return self._socket.fileno()
        if request == _CLOSE:
            self.close()
        return 0

    def bind(self, address):
        self._socket.bind(_native(address))
        self._bound = True

    def listen(self, backlog=2):
        self._socket.listen(backlog)

    def accept(self):
        while True:
            peer, address = self._socket.accept()
            if network.reachable():
                return self._adopt(peer), _readable(address)
            peer.close()  # nobody could have come here

    def _adopt(self, native):
        return type(self)(_native=native)

    def _own_address(self):
        if not self._bound:
            self._socket.bind(_native((_ADDRESS, 0)))
            self._bound = True

    def connect(self, address):
        target = _outgoing(address)
        self._own_address()
        self._socket.connect(target)

    def sendto(self, data, address):
        target = _outgoing(address)
        self._own_address()
        return self._socket.sendto(data, target)

    def recvfrom(self, size):
        while True:
            data, address = self._socket.recvfrom(size)
            if network.reachable():
                return data, _readable(address)

    def sendall(self, data):
        self._socket.setblocking(True)
        self._socket.write(data)

    def setsockopt(self, level, option, value):
        if level in (SOL_SOCKET, IPPROTO_TCP):
            self._socket.setsockopt(level, option, value)

    def makefile(self, *_mode):
        return self

    def close(self):
        global _open
        if self._is_open:
            self._is_open = False
            _open -= 1
            self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

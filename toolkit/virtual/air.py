"""The virtual air: the Wi-Fi networks a board can see, the servers for names and for the time.

Everything of it is on loopback; nothing of a board's traffic ever leaves this computer.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

_NTP_EPOCH = 2_208_988_800
_SERVER, _VERSION_4, _STRATUM = 4, 4 << 3, 2
_DNS_HEADER = 12


@dataclass(frozen=True)
class Network:
    """A Wi-Fi network; one without a password is open."""

    ssid: str
    password: str
    bssid: str = "02005e100001"
    channel: int = 6
    rssi: int = -50

    def as_settings(self) -> dict[str, Any]:
        return asdict(self)


DEFAULT = Network("virtual-wifi", "virtual-wifi")
TIME_SERVERS = ("pool.ntp.org", "time.google.com", "time.cloudflare.com")


class TimeServer(asyncio.DatagramProtocol):
    """Answers SNTP with this computer's time, or with what `moment` says for the asker."""

    def __init__(self, moment: Callable[[str], float | None]) -> None:
        self._moment = moment
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # The selector loop's transport is no subclass of the class that describes it.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        moment = self._moment(addr[0])
        if self._transport is None or moment is None or len(data) < 48:
            return
        seconds, part = divmod(moment, 1)
        stamp = struct.pack("!II", int(seconds) + _NTP_EPOCH & 0xFFFFFFFF, int(part * 2**32))
        head = struct.pack("!BBbb", _VERSION_4 | _SERVER, _STRATUM, 6, -20)
        # Reference, origin (what the asker sent), received, sent.
        answer = head + bytes(12) + stamp + data[40:48] + stamp + stamp
        self._transport.sendto(answer, addr)


class NameServer(asyncio.DatagramProtocol):
    """Answers DNS questions with what `names` knows for the asker, or not at all."""

    def __init__(self, names: Callable[[str], Mapping[str, str] | None]) -> None:
        self._names = names
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        names = self._names(addr[0])
        if self._transport is not None and names is not None and len(data) > _DNS_HEADER:
            self._transport.sendto(_dns_answer(data, names), addr)


def _dns_answer(question: bytes, names: Mapping[str, str]) -> bytes:
    """RFC 1035: the header, the question again, and the address where there is one."""
    labels: list[str] = []
    at = _DNS_HEADER
    while at < len(question) and question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode(errors="replace"))
        at += 1 + question[at]
    address = names.get(".".join(labels))
    counts = struct.pack("!4H", 1, int(address is not None), 0, 0)
    flags = b"\x81\x80" if address else b"\x81\x83"  # 3: no such name
    answer = question[:2] + flags + counts + question[_DNS_HEADER : at + 5]
    if address:
        answer += b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
    return answer


def now() -> float:
    """This computer's time."""
    return time.time()

"""The virtual air: the Wi-Fi networks a board can see, the names it can resolve, the time server.

Everything of it is on loopback; nothing of a board's traffic ever leaves this computer.
"""

import asyncio
import struct
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, cast

_NTP_EPOCH = 2_208_988_800
_SERVER, _VERSION_4, _STRATUM = 4, 4 << 3, 2


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


def now() -> float:
    """This computer's time."""
    return time.time()

"""`ntptime`: ask a time server over UDP and set the clock."""

import socket
import struct
import time as _clock

import machine

host = "pool.ntp.org"
timeout = 1
_NTP_TO_2000 = 3155673600


def _ask():
    query = bytearray(48)
    query[0] = 0x1B
    address = socket.getaddrinfo(host, 123)[0][-1]
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        client.settimeout(timeout)
        client.sendto(query, address)
        answer = client.recv(48)
    finally:
        client.close()
    return struct.unpack("!I", answer[40:44])[0] - _NTP_TO_2000


def settime():
    moment = _clock.gmtime(_ask())
    machine.RTC().datetime(moment[:3] + (moment[6] + 1,) + moment[3:6] + (0,))


time = _ask

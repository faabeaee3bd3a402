"""The time server: asked when it is due. Loaded for each question.

Seconds are counted from 1970.
"""

import asyncio
import socket
import struct

from micropython import const

_SINCE_1900 = const(2208988800)  # seconds from the epoch of the protocol to 1970
_DAY = const(86400)  # seconds to the next question after an answer
_AGAIN = const(60)  # seconds to the next question after none
_ANSWER = const(2000)  # milliseconds to wait


async def keep(node):
    """Ask the server of the settings, note when to ask again; tell whether it answered."""
    host = node.config.get("ntphost")
    now = node.clock.uptime()
    node.time_due = now + _DAY
    if not host:
        return False
    try:
        utc = await ask(host)
    except OSError as error:
        node.time_due = now + _AGAIN
        node.log.warn("ntp: %s: %r" % (host, error))
        return False
    node.clock.set(utc, "ntp")
    node.port.set_utc(utc)
    return True


async def ask(host):
    """Return UTC seconds since 1970 as the server tells them; OSError when it does not."""
    address = socket.getaddrinfo(host, 123)[0][-1]  # may hold the loop: the firmware's resolver
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        question = bytearray(48)
        question[0] = 0x1B
        sock.sendto(question, address)
        for _ in range(_ANSWER // 50):
            await asyncio.sleep_ms(50)
            try:
                answer = sock.recv(48)
            except OSError:
                continue
            return parsed(answer)
        raise OSError("no answer from " + host)
    finally:
        sock.close()


def parsed(answer):
    """Return UTC seconds from an answer; a server that does not know the time is refused."""
    if len(answer) < 48 or answer[0] & 7 != 4 or answer[0] >> 6 == 3 or answer[1] == 0:
        raise OSError("a time server answered without the time")
    # the 32-bit seconds wrap in 2036: what lies before 1968 belongs to the next round
    seconds = struct.unpack("!I", answer[40:44])[0]
    if seconds < 0x80000000:
        seconds += 1 << 32
    return seconds - _SINCE_1900

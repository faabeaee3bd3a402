"""The time server: asked when it is due. Loaded for each question.

Names are asked for here too: the firmware's resolver holds the loop for seconds, or for good
(micropython issue 18797). RFC 5905 and 1035 tell the formats. Seconds are counted from 1970.
"""

import os
import socket
import struct

from micropython import const

_SINCE_1900 = const(2208988800)  # seconds from the epoch of the protocol to 1970
_DAY = const(86400)  # seconds to the next question after an answer
_LEAST = const(64)  # seconds to the next one after none; twice as many each time
_MOST = const(1024)
_LOOKS = const(60)  # for an answer, every 50 ms; the question is sent again at each 20th


async def keep(node):
    """Ask the servers in turn until one tells the time, note when to ask again."""
    hosts = [host for host in node.config.get("ntphost").replace(" ", "").split(";") if host]
    told = False
    while hosts and not told and node.network.mode == "sta":
        host = hosts.pop(0)
        try:
            utc = await ask(node.network, host)
            told = node.clock.set(utc, "ntp")
            if not told:
                raise OSError("tells a time that cannot be")
            node.port.set_utc(utc)
        except OSError as error:
            node.log.warn("ntp: %s: %s" % (host, error))
    node.time_wait = 0 if told else min(max(node.time_wait * 2, _LEAST), _MOST)
    node.time_due = node.clock.uptime() + (node.time_wait or _DAY)
    return told


async def ask(network, host):
    """Return UTC at a full second, when that begins; OSError where the server does not tell it."""
    if not host.replace(".", "").isdigit():
        host = await resolved(network, host)
    mark = os.urandom(8)  # comes back: a stranger cannot answer
    question = b"\x23" + bytes(39) + mark
    answer = await exchange(network, question, (host, 123), 24, mark)
    utc = parsed(answer) + 1
    await network.pause(1000 - (answer[44] * 1000 >> 8))  # the rest of the second
    return utc


async def exchange(network, question, address, at, mark):
    """Send a question, return the answer that has the mark at its place."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        for look in range(_LOOKS):
            if look % 20 == 0:
                sock.sendto(question, address)
            await network.pause(50)
            try:
                answer = sock.recv(512)
            except OSError:
                continue
            if answer[at : at + len(mark)] == mark:
                return answer
        raise OSError("no answer from %s:%d" % address)
    finally:
        sock.close()


def parsed(answer):
    """Return UTC seconds from an answer; a server that does not know the time is refused."""
    knows = len(answer) > 47 and answer[0] & 7 == 4 and answer[0] >> 6 < 3 and 0 < answer[1] < 16
    if not knows or not any(answer[40:44]):
        raise OSError("answers without the time " + str(answer[12:16]))  # there a kiss of death
    # the 32-bit seconds wrap in 2036: what lies before 1968 belongs to the next round
    seconds = struct.unpack("!I", answer[40:44])[0]
    if seconds < 0x80000000:
        seconds += 1 << 32
    return seconds - _SINCE_1900


async def resolved(network, name):
    """Return the address of a name as the name server of the joined network tells it."""
    gateway, server = network.station.ifconfig()[2:]
    mark = os.urandom(2)
    labels = [bytes([len(label)]) + label.encode() for label in name.split(".")]
    question = mark + b"\x01\0\0\x01\0\0\0\0\0\0" + b"".join(labels) + b"\0\0\x01\0\x01"
    address = (gateway if server == "0.0.0.0" else server, 53)
    answer = await exchange(network, question, address, 0, mark)
    for at in range(len(question), len(answer) - 13):  # of type address, of the Internet, 4 bytes
        if answer[at : at + 4] == b"\0\x01\0\x01" and answer[at + 8 : at + 10] == b"\0\x04":
            return "%d.%d.%d.%d" % tuple(answer[at + 10 : at + 14])
    raise OSError("no such name")

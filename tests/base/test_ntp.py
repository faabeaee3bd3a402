# ruff: noqa: UP031 - the dialect of MicroPython
"""The time server: asked without holding the loop, believed only where it can be."""

import struct
import sys

from core.once import once
from fakes import Settings
from network_bench import Journal
from radio import Clock

NOW = 1_800_000_000  # January 2027
SINCE_1900 = 2_208_988_800
SERVER, OTHER, NAMES = "10.0.0.5", "10.0.0.6", "192.168.1.1"


class Socket:
    """A UDP socket: a question goes to a server of the test, the answer comes after `delay`."""

    def __init__(self, air):
        self.air = air
        self.waiting = []
        air.open += 1

    def setblocking(self, on):
        assert on is False

    def sendto(self, data, address):
        self.air.asked.append(address)
        if self.air.down:
            raise OSError(113, "EHOSTUNREACH")
        answers = self.air.servers[address[1]](bytes(data), address[0])
        self.waiting += [(self.air.clock.ms + self.air.delay, answer) for answer in answers]

    def recv(self, size):
        assert size >= 512
        if not self.waiting or self.waiting[0][0] > self.air.clock.ms:
            raise OSError(11, "EAGAIN")
        return self.waiting.pop(0)[1]

    def close(self):
        self.air.open -= 1


class Network:
    """`socket` of the firmware, and the network the node is in; nothing takes real time."""

    AF_INET, SOCK_DGRAM = 2, 2

    def __init__(self):
        self.clock = Clock()
        self.servers = {123: self.time, 53: self.name}
        self.names = {"time.home": SERVER, "other.home": OTHER}
        self.utc = {SERVER: NOW, OTHER: NOW}
        self.change = lambda answer: answer  # what a server does to its answer
        self.name_change = lambda answer: answer
        self.delay = 20
        self.down = False
        self.open = 0
        self.asked = []
        self.mode = "sta"
        self.dns = NAMES
        self.station = self

    def socket(self, *_kind):
        return Socket(self)

    def getaddrinfo(self, *_):
        raise AssertionError("the firmware's resolver holds the loop")

    async def pause(self, milliseconds):
        await self.clock.sleep_ms(milliseconds)

    def ifconfig(self):
        return ("192.168.1.7", "255.255.255.0", "192.168.1.1", self.dns)

    def time(self, question, host):
        assert len(question) == 48
        assert question[0] & 7 == 3
        utc = self.utc.get(host)
        if utc is None:
            return []
        ms = utc * 1000 + self.clock.ms + self.delay
        head = bytes([0x24, 2, 6, 0xEC]) + bytes(20) + question[40:48] + bytes(8)
        sent = struct.pack("!II", (ms // 1000 + SINCE_1900) & 0xFFFFFFFF, ms % 1000 * 4294967)
        return [self.change(head + sent)]

    def name(self, question, host):
        assert host == NAMES
        name, at = [], 12
        while question[at]:
            name.append(question[at + 1 : at + 1 + question[at]].decode())
            at += question[at] + 1
        address = self.names.get(".".join(name))
        flags = b"\x81\x80\0\x01" if address else b"\x81\x83\0\x01"
        if not address:
            return [question[:2] + flags + b"\0\0\0\0\0\0" + question[12:]]
        # an alias before the address, as pools have it
        alias = b"\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x04\x01x\xc0\x0c"
        end = b"\xc0\x2a\0\x01\0\x01\0\0\0\x3c\0\x04" + bytes(map(int, address.split(".")))
        whole = question[:2] + flags + b"\0\x02\0\0\0\0" + question[12:] + alias + end
        return [self.name_change(whole)]


class Time:
    """The node's clock."""

    def __init__(self, air):
        self.air = air
        self.told = None
        self.at = None

    def uptime(self):
        return self.air.clock.uptime()

    def set(self, utc, source):
        assert source == "ntp"
        if not 1_735_689_600 <= utc < 2_429_913_600:
            return False
        self.told, self.at = utc, self.air.clock.ms
        return True


class Node:
    """What core/ntp.py asks of a node."""

    def __init__(self, hosts=SERVER):
        self.network = self.air = Network()
        sys.modules["socket"], self._kept = self.air, sys.modules.get("socket")
        self.config = Settings(ntphost=hosts)
        self.clock = Time(self.air)
        self.log = Journal()
        self.port = self
        self.firmware = None
        self.time_due = self.time_wait = 0

    def set_utc(self, utc):
        self.firmware = utc

    async def keep(self):
        sys.modules.pop("core.ntp", None)  # who has it from before has the real socket
        try:
            return await once("core.ntp").keep(self)
        finally:
            if self._kept:
                sys.modules["socket"] = self._kept
            else:
                del sys.modules["socket"]
            assert self.air.open == 0


async def kept(node):
    told = await node.keep()
    sys.modules["socket"] = node.air
    return told


async def test_the_clock_is_set_at_a_full_second_and_asked_again_a_day_later():
    for delay in (20, 300, 900):
        node = Node()
        node.air.delay = delay
        node.air.clock.ms = 123
        assert await node.keep() is True
        off = node.clock.told * 1000 - (NOW * 1000 + node.clock.at)
        assert -60 <= off <= 60, off  # a look every 50 ms, and the way
        assert node.firmware == node.clock.told
        assert 86400 <= node.time_due - node.clock.uptime() + 1 <= 86401
        assert node.air.asked == [(SERVER, 123)]


async def test_a_name_is_asked_for_at_the_networks_name_server():
    node = Node("time.home")
    assert await node.keep() is True
    assert node.air.asked == [(NAMES, 53), (SERVER, 123)]
    node = Node("time.home")
    node.air.dns = "0.0.0.0"  # DHCP told none: the gateway usually knows
    assert await node.keep() is True


async def test_a_name_that_is_not_known_is_told():
    node = Node("nobody.home")
    assert await node.keep() is False
    assert node.log.at("warn") == ["ntp: nobody.home: no such name"]
    assert node.clock.told is None


async def test_a_name_server_that_says_nothing_is_given_up_after_three_questions():
    node = Node("time.home")
    node.air.servers[53] = lambda *_: []
    assert await node.keep() is False
    assert node.air.asked == [(NAMES, 53)] * 3
    assert node.log.at("warn") == ["ntp: time.home: no answer from 192.168.1.1:53"]
    assert node.air.clock.ms < 4000


async def test_a_lost_packet_is_made_good():
    node = Node()
    honest, count = node.air.time, []

    def lossy(question, host):
        count.append(1)
        return honest(question, host) if len(count) == 3 else []

    node.air.servers[123] = lossy
    assert await node.keep() is True


async def test_an_answer_cut_at_any_place_is_no_crash():
    for size in range(59):
        node = Node("time.home")
        node.air.name_change = lambda answer, size=size: answer[:size]
        assert await node.keep() is False
        node = Node()
        node.air.change = lambda answer, size=size: answer[: min(size, 47)]
        assert await node.keep() is False
        assert node.clock.told is None


async def test_only_a_record_of_four_bytes_is_an_address():
    node = Node("time.home")
    alias, other = b"\0\x05\0\x01\0\0\0\x3c\0\x04", b"\0\x01\0\x01\0\0\0\x3c\0\x10"
    node.air.name_change = lambda answer: answer.replace(alias, other)
    assert await node.keep() is True
    assert node.air.asked[-1] == (SERVER, 123)


async def test_a_stranger_cannot_answer():
    for change in (
        lambda answer: answer[:24] + b"guessing" + answer[32:],
        lambda answer: bytes(24) + answer[40:48] + answer[32:],
    ):
        node = Node()
        node.air.change = change
        assert await node.keep() is False
        assert node.clock.told is None


async def test_a_server_that_lies_or_does_not_know_is_not_believed():
    def sent(seconds):
        return lambda answer: answer[:40] + struct.pack("!I", seconds) + answer[44:]

    def head(first, stratum=2):
        return lambda answer: bytes([first, stratum]) + answer[2:]

    lies = {
        "not synchronised": head(0xE4),
        "a question": head(0x23),
        "kiss of death": lambda answer: b"\x24\0\x06\xecABCDEFGHRATE" + answer[16:],
        "stratum 16": head(0x24, 16),
        "no time": sent(0),
        "1999": sent(915_148_800 + SINCE_1900),
        "2024": sent(1_710_000_000 + SINCE_1900),
        "1970": sent(SINCE_1900),
        "2100": sent((4_102_444_800 + SINCE_1900) & 0xFFFFFFFF),
    }
    for name, lie in lies.items():
        node = Node()
        node.air.change = lie
        assert await node.keep() is False, name
        assert node.clock.told is None, name
        assert len(node.log.at("warn")) == 1, name
        assert 64 <= node.time_due - node.clock.uptime() <= 65


async def test_the_second_round_of_the_32_bit_seconds_is_understood():
    node = Node()
    node.air.utc[SERVER] = 2_100_000_000  # July 2036
    assert await node.keep() is True
    assert 0 <= node.clock.told - 2_100_000_000 <= 2


async def test_the_next_server_is_asked_when_one_has_no_answer_or_lies():
    for first in ("nobody.home", SERVER):
        node = Node(" %s; other.home ;third.home" % first)
        node.air.utc = {OTHER: NOW, SERVER: 1000}
        assert await node.keep() is True
        assert node.air.asked[-1] == (OTHER, 123)
        assert len(node.log.at("warn")) == 1


async def test_questions_become_rarer_while_nobody_answers():
    node = Node()
    node.air.down = True
    waits = []
    for _ in range(7):
        assert await kept(node) is False
        waits.append(node.time_wait)
        assert node.time_due == node.clock.uptime() + node.time_wait
    assert waits == [64, 128, 256, 512, 1024, 1024, 1024]
    node.air.down = False
    assert await node.keep() is True
    assert node.time_wait == 0


async def test_nobody_is_asked_without_a_server_or_outside_a_network():
    node = Node("")
    assert await node.keep() is False
    assert node.air.asked == []
    node = Node()
    node.network.mode = "ap"
    assert await node.keep() is False
    assert node.air.asked == []


async def test_no_call_holds_the_loop():
    node = Node("time.home;nobody.home")
    await node.keep()
    assert node.air.clock.held == []

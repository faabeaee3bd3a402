"""A node tells who it is when it is asked over UDP: to everybody, shortly, and never more."""

import json
import os
import socket

from core import about, beacon, health

from fake_node import FakeNode

PROBE = b"micros?1 " + b" " * 119


def place(port):
    return socket.getaddrinfo("127.0.0.1", port)[0][-1]


class Asked:
    """A node that can be asked over UDP on a free port, and who asks it, for `async with`."""

    def __init__(self, **settings):
        self.node = FakeNode(**settings)
        self.server = self.node.server
        self.server.listening = self  # nobody comes over TCP
        self.task = self
        self.asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.asker.setblocking(False)

    def done(self):
        """Whether who listens for TCP has ended."""
        return False

    async def __aenter__(self):
        for _ in range(50):
            number = os.urandom(2)
            self.heard_at = 33_000 + (number[0] * 256 + number[1]) % 12_000
            try:
                beacon.begin(self.node, "127.0.0.1", False, self.heard_at)
                return self
            except OSError:
                pass  # somebody has that port
        raise AssertionError("no free port")

    async def __aexit__(self, *_):
        self.asker.close()
        self.server.ear.close()
        self.server.ear = None

    def send(self, *packets):
        for packet in packets:
            self.asker.sendto(packet, place(self.heard_at))

    async def answers(self):
        """What comes back once the node has looked."""
        await self.server.look_after()
        found = []
        try:
            while True:
                found.append(self.asker.recv(1000))
        except OSError:
            return found


async def test_a_probe_is_answered_with_what_hello_and_version_tell():
    async with Asked(app="n/a") as here:
        here.node.secrets["claimed"] = True
        here.send(PROBE)
        (told,) = await here.answers()
        assert json.loads(told) == {
            "micros": 1,
            "uid": "240ac4000001",
            "name": "node01",
            "address": "127.0.0.2",
            "port": here.server.port,
            "version": "0.1.0-0",
            "board": "esp32",
        }
        assert await here.answers() == []


async def test_a_node_without_owner_says_so_and_names_its_application():
    async with Asked(app="lamp") as here:
        here.send(PROBE)
        (told,) = await here.answers()
        told = json.loads(told)
        assert (told["unclaimed"], told["app"]) == (True, "lamp")


async def test_no_secret_is_told():
    async with Asked() as here:
        here.node.secrets.update(stapwd="the secret of the air", k="00ff00ff")
        here.send(PROBE)
        (told,) = await here.answers()
        for secret in here.node.secrets.values():
            assert not isinstance(secret, str) or secret.encode() not in told


async def test_garbage_is_not_answered_and_hides_no_probe():
    async with Asked() as here:
        here.send(b"", b"x", b"micros?1 ", PROBE[:127], b"micros?2 " + bytes(119), bytes(3000))
        here.send(*[os.urandom(number * 7) for number in range(20)])
        assert await here.answers() == []
        here.send(os.urandom(200), PROBE + b"and more", os.urandom(200))
        assert len(await here.answers()) == 1


async def test_an_answer_is_never_larger_than_twice_the_probe():
    for app in ("x" * 24, '"\\"\\"\\"\\"\\"\\"\\"\\"\\"\\"\\"\\"', "\n" * 24, "\u00e9" * 24):
        async with Asked(devfid="n" * 24, app=app) as here:
            here.node.network.address = "255.255.255.255"
            here.node.version = "999.999.999-99"
            here.send(PROBE)
            (told,) = await here.answers()
            assert len(told) <= 2 * len(PROBE)
            assert json.loads(told)["name"] == "n" * 24


async def test_who_asks_often_is_answered_once_a_second_and_ten_are_answered_at_most():
    async with Asked() as here:
        here.send(*[PROBE] * 8)
        assert len(await here.answers()) == 1
        others = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(15)]
        for other in others:
            other.setblocking(False)
            other.sendto(PROBE, place(here.heard_at))
        await here.server.look_after()
        answered = 0
        for other in others:
            try:
                answered += len(other.recv(1000)) > 0
            except OSError:
                pass
            other.close()
        assert answered == 10


class Firmware:
    """A `socket` that keeps what is done to the sockets it makes."""

    AF_INET, SOCK_DGRAM, SOL_SOCKET, SO_REUSEADDR, SO_BROADCAST = 2, 2, 1, 2, 6
    IP_ADD_MEMBERSHIP = 35

    def __init__(self, broken=()):
        self.broken = broken
        self.made = []

    def getaddrinfo(self, host, port):
        return [(2, 1, 0, "", (host, port))]

    def socket(self, *_):
        if "memory" in self.broken:
            raise MemoryError
        if "socket" in self.broken:
            raise OSError(23)
        self.made.append(Socket(self.broken))
        return self.made[-1]


class Socket:
    def __init__(self, broken):
        self.broken = broken
        self.sent, self.options, self.open = [], [], True

    def setblocking(self, on):
        assert not on

    def setsockopt(self, *option):
        self.options.append(option)

    def bind(self, address):
        if "bind" in self.broken:
            raise OSError(98)

    def sendto(self, data, address):
        if "sendto" in self.broken:
            raise OSError(113)
        self.sent.append((data, address))

    def recvfrom(self, _):
        raise OSError(9)

    def close(self):
        self.open = False


def with_firmware(work, broken=()):
    firmware, before = Firmware(broken), beacon.socket
    beacon.socket = firmware
    try:
        work(firmware)
    finally:
        beacon.socket = before


def test_a_node_announces_itself_to_all_and_joins_the_group_where_its_address_is():
    def work(firmware):
        node = FakeNode()
        beacon.begin(node, "10.0.0.7")
        (ear,) = firmware.made
        ((told, where),) = ear.sent
        assert where == ("255.255.255.255", 9008)
        assert (json.loads(told)["uid"], json.loads(told)["address"]) == (node.uid, "10.0.0.7")
        assert (1, 6, 1) in ear.options
        assert (0, 35, b"\xef\xff\x5a\x08\x0a\x00\x00\x07") in ear.options
        assert node.server.ear is ear

    with_firmware(work)


def test_at_another_address_it_listens_anew():
    def work(firmware):
        node = FakeNode()
        beacon.begin(node, "10.0.0.7")
        beacon.begin(node, "192.168.4.1")
        assert [made.open for made in firmware.made] == [False, True]
        assert node.server.ear is firmware.made[1]

    with_firmware(work)


async def test_what_fails_disturbs_nobody_and_comes_back_with_the_next_address():
    for broken in ("memory", "socket", "bind", "sendto"):
        node = FakeNode()
        with_firmware(lambda _, node=node: about.announce(node, "10.0.0.7", "sta"), (broken,))
        here = Asked()
        node.server.listening = here
        await node.server.look_after()  # the socket it may have is none
        with_firmware(lambda _, node=node: about.announce(node, "10.0.0.8", "ap"))
        assert node.server.ear.open
        assert len(node.server.ear.sent) == 1
        here.asker.close()


class Visitor:
    """Somebody who is being served: the node does not call itself then."""

    idle = 0


def test_once_a_minute_the_socket_is_made_anew_and_nothing_announced():
    def work(firmware):
        node = FakeNode()
        node.server.sessions.append(Visitor())
        about.announce(node, "127.0.0.2", "sta")
        health.ask(node)
        assert [(made.open, len(made.sent)) for made in firmware.made] == [(False, 1), (True, 0)]
        node.network.address = ""
        health.ask(node)
        assert len(firmware.made) == 2

    with_firmware(work)


def test_a_minute_without_memory_or_socket_is_waited_out():
    for broken in ("memory", "socket", "bind"):
        node = FakeNode()
        node.server.sessions.append(Visitor())
        with_firmware(lambda _, node=node: health.ask(node), (broken,))
        with_firmware(lambda _, node=node: health.ask(node))
        assert node.server.ear.open


def test_a_node_on_the_smallest_chip_opens_nothing():
    def work(firmware):
        node = FakeNode()
        node.port.LEAF = True
        node.server.sessions.append(Visitor())
        about.announce(node, "10.0.0.7", "sta")
        health.ask(node)
        assert (firmware.made, node.server.ear) == ([], None)

    with_firmware(work)


class Full:
    """A socket of a node without memory."""

    def recvfrom(self, _):
        raise MemoryError


async def test_a_node_without_memory_does_not_answer_and_goes_on():
    here = Asked()
    here.server.ear = Full()
    await here.server.look_after()
    assert here.server.seen == 0 and here.server.listening is here
    here.asker.close()

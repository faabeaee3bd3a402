# ruff: noqa: UP031 - the dialect of MicroPython
"""Firmware comes in pieces of any size: what of it is written where, and what is refused."""

import asyncio
import sys
from binascii import hexlify
from hashlib import sha256

BLOCK, ROOM = 4096, 5 * 4096
HEAD = b"\xe9\x01\x02\x20" + bytes(8) + b"\0\0" + bytes(10)
HEAD_C3 = HEAD[:12] + b"\x05\0" + HEAD[14:]


class Partition:
    """Two of them in memory, and no otadata."""

    RUNNING, TYPE_DATA = 1, 1
    alone = False
    flash = None
    written = None

    def __init__(self, which):
        self.place = 0 if which == Partition.RUNNING else 1

    @staticmethod
    def find(kind, subtype):
        return []

    @staticmethod
    def mark_app_valid_cancel_rollback():
        raise OSError(1, "ESP_FAIL")

    def info(self):
        return 0, 16 + self.place, self.place * ROOM, ROOM, "ota_%d" % self.place, False

    def get_next_update(self):
        if Partition.alone:
            raise OSError(2)
        return Partition(0)

    def readblocks(self, block, buffer):
        if not self.place:
            buffer[:] = HEAD[: len(buffer)] + bytes(max(len(buffer) - len(HEAD), 0))
        else:
            buffer[:] = Partition.flash[block * BLOCK : block * BLOCK + len(buffer)]

    def writeblocks(self, block, buffer):
        assert len(buffer) == BLOCK
        Partition.written.append(block)
        Partition.flash[block * BLOCK : (block + 1) * BLOCK] = buffer


class Esp32:
    """The module of the firmware."""

    Partition = Partition


sys.modules["esp32"] = Esp32
from core import fwcoming, fwparts, fwwhole  # noqa: E402
from core.errors import CommandError  # noqa: E402
from port import esp32_ota  # noqa: E402


class Port:
    LEAF, file = False, "port.esp32"


class Node:
    port, staged, trial, slot = Port, None, None, "/a"

    def __init__(self, trial=None):
        self.record = {"trial": trial, "run": "a"}
        Partition.flash, Partition.written = bytearray(b"\xff" * ROOM), []
        Partition.alone = False

    def slots(self, work):
        assert work == "newest"
        return self.record


class Desk:
    """The link of a node, and a request with its payload in pieces of this size."""

    keys = True

    def __init__(self, node, piece=1024):
        self.node, self.piece = node, piece

    def ask(self, work, data, payload=b"", **given):
        self.given = dict(given, size=len(payload), digest=hexlify(sha256(data).digest()).decode())
        self.payload, self.taken = payload, 0
        return asyncio.run(work(self, self))

    async def part(self, _):
        piece = self.payload[self.taken : self.taken + self.piece]
        assert piece, "more was wanted than was told"
        self.taken += len(piece)
        return piece

    async def event(self, _, value):
        pass

    def begin(self, data, **given):
        about = dict(image=len(data), head=hexlify(data[:24]).decode())
        about.update(given)
        return self.ask(fwcoming.begin, data, marks(data), **about)

    def put(self, data, start=0, end=None):
        return self.ask(fwcoming.put, data, data[start:end], **{"from": start})


def image(size, head=HEAD):
    return head + bytes([(n * 7 + n // 256) & 255 for n in range(size - len(head))])


def marks(data):
    found = b""
    for at in range(0, len(data), BLOCK):
        block = data[at : at + BLOCK]
        found += sha256(block + b"\xff" * (BLOCK - len(block))).digest()[:8]
    return found


def refused(work, *arguments, **given):
    try:
        work(*arguments, **given)
    except CommandError as error:
        return str(error)
    raise AssertionError("it was not refused")


def test_pieces_of_any_size_make_the_same_blocks():
    for size in (BLOCK, BLOCK + 1, 2 * BLOCK - 1, 3 * BLOCK + 1400, ROOM):
        for piece in (1, 7, 1000, 1024, 5000) if size < 2 * BLOCK else (1000, 1024):
            node, data = Node(), image(size)
            desk = Desk(node, piece)
            assert desk.begin(data) == {"partition": "ota_1", "from": 0}
            assert desk.put(data) == {"from": size}
            assert Partition.written == list(range(-(-size // BLOCK)))
            rest = -size % BLOCK
            assert Partition.flash[: size + rest] == data + b"\xff" * rest
            assert (
                desk.ask(fwwhole.verify, data)["digest"] == hexlify(sha256(data).digest()).decode()
            )
            assert node.staged[1] is True


def test_what_is_there_is_told_in_whole_blocks_and_never_more_than_the_image():
    node, data = Node(), image(3 * BLOCK + 5)
    desk = Desk(node)
    desk.begin(data)
    desk.put(data, 0, 2 * BLOCK)
    assert desk.begin(data)["from"] == 2 * BLOCK
    Partition.flash[BLOCK + 3] ^= 1
    assert desk.begin(data)["from"] == BLOCK
    desk.put(data, BLOCK)
    assert desk.begin(data)["from"] == len(data)
    for piece in (1, 3, 8, 13):  # marks that come in pieces of any size
        assert Desk(node, piece).begin(data)["from"] == len(data)


def test_a_put_that_does_not_fit_where_it_stands_writes_nothing():
    node, data = Node(), image(3 * BLOCK + 5)
    desk = Desk(node)
    desk.begin(data)
    for start, end in ((BLOCK, 2 * BLOCK), (-5, None), (0, 100), (0, BLOCK + 1)):
        assert refused(desk.put, data, start, end)
    given = {"from": 0}
    assert "at most" in refused(desk.ask, fwcoming.put, data, data + b"?", **given)
    assert "go on at 0, got False" in refused(desk.ask, fwcoming.put, data, data, **{"from": False})
    assert "begin again" in refused(desk.put, data + b"?")
    assert Partition.written == []
    assert "missing" in refused(desk.ask, fwwhole.verify, data)


def test_the_chip_of_an_image_is_that_of_the_one_that_runs():
    assert (esp32_ota.chip(HEAD), esp32_ota.chip(HEAD_C3)) == (0, 5)
    for none in (b"", HEAD[:23], b"\xea" + HEAD[1:], b"\xe9\0" + HEAD[2:], b"\xe9\x11" + HEAD[2:]):
        assert esp32_ota.chip(none) is None
    desk = Desk(Node())
    assert "number 0" in refused(desk.begin, image(BLOCK, HEAD_C3))
    lying = image(BLOCK, HEAD_C3)  # its head is told as another than it has
    desk.begin(lying, head=hexlify(HEAD).decode())
    desk.put(lying)
    assert "got one for 5" in refused(desk.ask, fwwhole.verify, lying)


def test_nothing_comes_while_anything_is_on_trial_or_where_there_is_no_room():
    data = image(BLOCK)
    for trial, what in (("b", "a release is on trial"), ("ota_1", "firmware is on trial")):
        assert what in refused(Desk(Node(trial)).begin, data)
    node = Node()
    node.record = None
    assert "boot record" in refused(Desk(node).begin, data)
    desk = Desk(Node())
    assert "its partition only" in refused(desk.begin, image(ROOM + 1))
    Partition.alone = True
    assert "no second partition" in refused(desk.begin, data)


def test_a_name_of_an_image_is_no_token_of_a_release():
    node, data = Node(), image(BLOCK)
    desk = Desk(node)
    desk.begin(data)
    assert node.staged[0] != desk.given["digest"]
    assert type(node.staged[0]) is bytes  # what comes as JSON never is
    for digest in ("", "00" * 31, "zz" * 32, None, 5, ["00" * 32]):
        assert refused(fwparts.digest, {"digest": digest})

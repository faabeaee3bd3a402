"""The power is cut at every write while firmware goes on trial, starts, stays or goes back.

LittleFS with the boot record and the chip's otadata lie in one flash; the partitions are the
virtual board's own stand-in. After any cut, and a second one in the start that follows, a whole
firmware runs, and the record knows which one is on trial, if one is.
"""

import asyncio
import hashlib
import struct
import sys

from tests.support.sweep import chosen, full

INTERPRETERS = ("micropython",)
REPOSITORY = __file__[: __file__.rindex("/tests/")]
BLOCK = 4096
OTADATA, FIRST, SECOND = 0xD000, 0x10000, 0x12000
NEW, PENDING, VALID, INVALID, ABORTED = range(5)
if sys.implementation.name == "micropython":
    sys.path.append(REPOSITORY + "/tests/base")

    class Machine:
        """The names that /slots takes from the firmware."""

        PWRON_RESET = RTC = WDT = Timer = reset = reset_cause = None

    class Link:
        """The virtual board's settings, as far as the stand-in looks at them."""

        SETTINGS = dict.fromkeys(("fs_offset", "fs_size"), 0)

    Link.SETTINGS.update(ota=True, firmware=FIRST)

    class Storage:
        """What the stand-in takes from the virtual board: here of the chip that has power."""

        chip = None

        @staticmethod
        def chip_read(offset, size):
            return Storage.chip.read(offset, size)

        @staticmethod
        def chip_write(offset, data):
            Storage.chip.change(offset, data)

        @staticmethod
        def chip_erase(offset):
            Storage.chip.change(offset, b"\xff" * BLOCK)

    sys.modules["machine"] = Machine
    sys.modules["_link"] = Link
    sys.modules["_storage"] = Storage
    sys.path.append(REPOSITORY + "/toolkit/virtual/firmware")
    import _partition

    sys.modules["esp32"] = _partition
    sys.path.pop()
    import slots
    from bench import Board, Flash, PowerCut
    from core import deciding, fwtold, fwverdict, fwwhole
    from core.errors import CommandError
    from port import esp32_ota

    for name in ("fwparts", "steps", "store", "survivor", "verdict"):
        __import__("core." + name)  # what is loaded later must be here before there is a board
else:
    Flash = object

SLICE, SEED = 60, 11
RECORD = {"run": "a", "trial": None, "tries": 0, "failed": None, "back": [0, 1, 0, 0]}


def image(seed):
    """Return firmware of one segment."""
    data = bytes([0xE9, 1, 2, 32]) + b"\0" * 19 + b"\1" + struct.pack("<II", 0x3FFB0000, 64)
    data += seed * 64
    data += bytes(16 - len(data) % 16)
    return data + hashlib.sha256(data).digest()


OLD, FRESH = image(b"o"), image(b"n")


class Chip(Flash):
    """The flash of a board: a file system, behind it otadata; table and firmware never change."""

    def ioctl(self, operation, block):
        return self.blocks - 2 if operation == 4 else Flash.ioctl(self, operation, block)

    def copy(self):
        return Chip(self.blocks, bytearray(self.content))

    def change(self, offset, data):
        assert OTADATA <= offset < OTADATA + 2 * BLOCK
        self._change((self.blocks - 2) * BLOCK + offset - OTADATA, data)

    def read(self, offset, size):
        if OTADATA <= offset < OTADATA + 2 * BLOCK:
            start = (self.blocks - 2) * BLOCK + offset - OTADATA
            return bytes(self.content[start : start + size])
        for begins, data in ((0x8000, TABLE), (FIRST, OLD), (SECOND, FRESH)):
            if begins <= offset < begins + BLOCK:
                piece = data[offset - begins : offset - begins + size]
                return piece + b"\xff" * (size - len(piece))
        raise AssertionError


def row(kind, subtype, offset, size, label):
    label += bytes(16 - len(label))  # MicroPython packs what is too short as it lies in memory
    return struct.pack("<2sBBII16sI", b"\xaa\x50", kind, subtype, offset, size, label, 0)


TABLE = row(1, 0, OTADATA, 2 * BLOCK, b"otadata") + row(0, 16, FIRST, 2 * BLOCK, b"ota_0")
TABLE += row(0, 17, SECOND, 2 * BLOCK, b"ota_1")


class Port:
    LEAF, file = False, "port.esp32"


class Node:
    """As much of a node as the verdicts need."""

    port, release, slot, overdue, safe = Port, [0, 1, 0, 0], "/a", None, False
    trial = staged = None

    def __init__(self):
        self.clock = self.log = self.tasks = self
        self.problems, self.left = [], False
        self.slots = lambda work, *arguments: getattr(slots, work)(*arguments)

    def uptime(self):
        return 100

    def memory(self, data=None):
        """It holds nothing that a start could count."""
        return b""

    def error(self, text):
        self.problems.append(text)

    def spawn(self, work):
        work.close()

    def restart(self):
        self.left = True


class Asked:
    """A request, and the link it came by."""

    keys = True

    def __init__(self, node, **given):
        self.node, self.given = node, given


def boot_loader(chip):
    """Choose what starts, as the chip does; return where it lies."""
    entries = []
    for sector in range(2):
        number, state, check = struct.unpack("<I20xII", chip.read(OTADATA + sector * BLOCK, 32))
        counts = check == _partition._checksum(number) and number != 0xFFFFFFFF
        if counts and state == PENDING:
            _partition._write(sector, number, ABORTED)
        entries.append(
            (number if counts and state not in (PENDING, INVALID, ABORTED) else 0, state)
        )
    number, state = max(entries)
    sector = entries.index((number, state))
    if not any(entry[0] for entry in entries):
        if not any(entry[1] in (PENDING, ABORTED) for entry in entries):
            _partition._write(0, 1, VALID)
        return FIRST
    if state == NEW:
        _partition._write(sector, number, PENDING)
    return (FIRST, SECOND)[(number - 1) % 2]


def power(chip):
    Storage.chip = chip
    return Board(chip)


def start(chip):
    """Start a board up to where its node knows of a trial; return the node."""
    Link.SETTINGS["firmware"] = boot_loader(chip)
    record = slots.found()
    assert record, "no record"
    slot, change = slots.decide(record)
    assert (slot, change) == ("a", None)
    node = Node()
    if record["trial"]:
        node.trial = [None, 0, record["trial"]]
        fwtold.started(node, record)
    return node


def state(chip):
    """Start, and say how it is."""
    node = start(chip)
    record = slots.newest()
    runs = "old" if Link.SETTINGS["firmware"] == FIRST else "new"
    if node.trial:
        assert runs == "new" and record["trial"] == "ota_1" and esp32_ota.state() == PENDING
        return "new on trial"
    assert not record["trial"], record
    if runs == "new":
        assert esp32_ota.valid() and record["failed"] is None, (record, esp32_ota.state())
        return "new stays"
    return "old, the new one failed" if record["failed"] else "old"


def commit():
    node = Node()
    node.staged = [hashlib.sha256(FRESH).digest(), True, len(FRESH), len(FRESH)]
    given = {"digest": "".join("%02x" % byte for byte in node.staged[0])}
    asyncio.run(fwwhole.commit(Asked(node), Asked(node, **given)))


def on_trial():
    node = start(Storage.chip)
    assert node.trial
    return node


def confirm():
    asked = Asked(on_trial(), partition="ota_1")
    assert asyncio.run(fwverdict.confirm(asked, asked)) == "confirmed"


def end():
    node = on_trial()
    deciding.end(node, 1)
    assert node.left


def fresh():
    """Return a board whose first firmware runs."""
    chip = Chip(34)
    Storage.chip = chip
    with Board(formatted(chip)):
        slots.attempt(dict(RECORD, auto=0, wdt=0))
        assert state(chip) == "old"
    return chip


def formatted(chip):
    import vfs

    vfs.VfsLfs2.mkfs(chip)
    return chip


def done(chip, *work):
    """Return the flash after all that."""
    chip = chip.copy()
    with power(chip):
        for each in work:
            each()
    return chip.copy()


def cuts(what, before, work):
    """Cut the power at each write of that work, each torn in three ways, and in the start after."""
    whole = before.copy()
    with power(whole):
        work()
    places = [(cut, tear) for cut in range(1, whole.writes + 1) for tear in (0, 1, 2)]
    found, again = {}, {}
    for flash in torn(before, work, chosen(places, SLICE, SEED)):
        seen = flash.copy()
        with power(seen):
            told = state(seen)
        found[told] = found.get(told, 0) + 1
        second = [(cut, tear) for cut in range(1, seen.writes + 1) for tear in (0, 1, 2)]
        if not full():
            second = second[:: len(second) // 6 + 1]
        for twice in torn(flash, lambda: start(Storage.chip), second):
            with power(twice):
                told = state(twice)
            again[told] = again.get(told, 0) + 1
    total = sum(found.values()) + sum(again.values())
    print("%s: cuts: %d, %s, then cut again: %s, bricked: 0" % (what, total, found, again))
    return set(found) | set(again)


def torn(before, work, places):
    """Yield the flash as each cut leaves it, powered again."""
    for cut, tear in places:
        flash = before.copy()
        with power(flash):
            flash.cut, flash.torn = cut, tear
            try:
                work()
            except (PowerCut, OSError, CommandError):
                pass
        assert flash.dead
        yield flash.copy()


def test_a_cut_in_the_commit_leaves_the_old_one_or_a_trial():
    found = cuts("commit", fresh(), commit)
    assert found == {"old", "old, the new one failed", "new on trial"}


def test_a_cut_in_the_first_start_leaves_a_trial_or_the_old_one():
    before = done(fresh(), commit)
    found = cuts("first start", before, on_trial)
    assert found <= {"old, the new one failed", "new on trial"}


def test_a_cut_in_the_confirmation_leaves_the_new_one_or_the_old_one():
    before = done(fresh(), commit)
    found = cuts("start and confirmation", before, confirm)
    assert found <= {"old, the new one failed", "new on trial", "new stays"}
    assert "new stays" in found


def test_a_cut_in_the_way_back_leaves_the_old_one():
    before = done(fresh(), commit)
    found = cuts("start and way back", before, end)
    assert found <= {"old, the new one failed", "new on trial"}


def test_after_a_failed_one_the_next_goes_its_way():
    before = done(fresh(), commit, end, lambda: start(Storage.chip))
    found = cuts("the next commit", before, commit)
    assert found == {"old, the new one failed", "new on trial"}
    after = done(before, commit, confirm)
    with power(after):
        assert state(after) == "new stays"


def test_a_start_that_finds_what_is_confirmed_in_otadata_alone_takes_it_for_confirmed():
    chip = done(fresh(), commit)
    with power(chip):
        on_trial()
        esp32_ota.stay()
        assert state(chip) == "new stays"

"""The power is cut at every write while a file comes: it is the old one or the new one, whole.

On a real LittleFS; and what has come of the new one is either gone on with, or begun anew.
"""

import asyncio
import sys
from binascii import hexlify
from hashlib import sha256

from tests.support.sweep import chosen

INTERPRETERS = ("micropython",)
REPOSITORY = __file__[: __file__.rindex("/tests/")]
if sys.implementation.name == "micropython":
    sys.path.append(REPOSITORY + "/tests/base")
    sys.path.append(REPOSITORY + "/tests/core")
    for name in "arrived digest flaw names receive reload room shadow".split():
        __import__("core." + name)  # all that is loaded later must be here before there is a board
    from bench import Board, PowerCut, get
    from bench import put as lay
    from core import files
    from core.errors import CommandError
    from core.put import put
    from fake_node import FakeNode
    from fake_ops import FakeLink, FakeRequest

SLICE, SEED = 40, 11
OLD = b"the old file " * 300


def content(size):
    block = bytes([each * 7 & 255 for each in range(256)])
    return (block * (size // 256 + 1))[:size]


def send(data, start=0):
    """Put a file, its chunks from `start` on."""
    parts = [(at, data[at : at + 1024]) for at in range(start, len(data), 1024)]
    about = {"name": "/x", "size": len(data), "sha256": hexlify(sha256(data).digest()).decode()}
    asyncio.new_event_loop()
    assert asyncio.run(FakeLink(FakeNode(), parts).ask(put, FakeRequest(**about))) is True


def cut(flash, work, where, torn):
    """Let the power go at a write; the flash as it is then."""
    flash = flash.copy()
    with Board(flash):
        flash.cut, flash.torn = where, torn
        try:
            work()
        except (PowerCut, OSError, CommandError):
            pass
    assert flash.dead
    return flash.copy()


def again(data):
    """Send what is missing, as a desk does that looks at what has come."""
    there = len(get("/x.part") or b"")
    if get("/x.part") != data[:there]:
        there = 0
    send(data, there)


def swept(size, old):
    """Cut a file of this size at each write; count what is found, and what is found in the end."""
    data, found, resumed = content(size), {"old": 0, "new": 0, "lost": 0}, 0
    with Board(blocks=40) as board:
        if old is not None:
            lay("/x", old)
    with Board(board.flash.copy()) as whole:
        send(data)
    places = [(where, torn) for where in range(1, whole.flash.writes + 1) for torn in (0, 1, 2)]
    for where, torn in chosen(places, SLICE, SEED):
        flash = cut(board.flash, lambda: send(data), where, torn)
        with Board(flash):
            now = get("/x")
            found["old" if now == old else "new" if now == data else "lost"] += 1
            resumed += bool(get("/x.part"))
            again(data)
            assert (get("/x"), get("/x.part")) == (data, None)
    print("%d bytes: %s, gone on with: %d" % (size, found, resumed))
    return found, resumed


def test_a_file_is_the_old_or_the_new_one_whenever_the_power_goes():
    for size in (0, 60, 1024, 5000, 40_000):
        for old in (OLD, None):
            found, _ = swept(size, old)
            assert found["lost"] == 0
            assert found["old"] > 0


def test_what_came_long_before_the_cut_need_not_come_again():
    _, resumed = swept(40_000, OLD)
    assert resumed > 0


def test_a_rename_over_a_file_leaves_one_of_both_whenever_the_power_goes():
    data = content(3000)

    def rename():
        asyncio.new_event_loop()
        request = FakeRequest(name="/new", to="/x")
        assert asyncio.run(files.rename(FakeLink(FakeNode()), request)) is True

    with Board(blocks=40) as board:
        lay("/x", OLD)
        lay("/new", data)
    with Board(board.flash.copy()) as whole:
        rename()
    found = {"old": 0, "new": 0, "lost": 0}
    for where in range(1, whole.flash.writes + 1):
        for torn in (0, 1, 2):
            with Board(cut(board.flash, rename, where, torn)):
                now = get("/x"), get("/new")
                state = {(OLD, data): "old", (data, None): "new"}.get(now, "lost")
                found[state] += 1
    print("rename:", found)
    assert found["lost"] == 0
    assert found["old"] > 0


def test_the_sweep_finds_a_file_that_is_overwritten():
    data = content(5000)

    def overwrite():
        with open("/x", "wb") as file:
            for at in range(0, len(data), 1024):
                file.write(data[at : at + 1024])
                file.flush()

    with Board(blocks=40) as board:
        lay("/x", OLD)
    with Board(board.flash.copy()) as whole:
        overwrite()
    lost = 0
    for where in range(1, whole.flash.writes + 1):
        with Board(cut(board.flash, overwrite, where, 0)):
            lost += get("/x") not in (OLD, data)
    print("overwritten: lost", lost)
    assert lost > 0

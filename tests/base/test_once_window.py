"""What a file that cannot be had for a moment is told to be: on a board it comes out of a pack."""

import os

from core.once import once, pane
from fakes import folder, write

INTERPRETERS = ("micropython",)


def entry(name, place):
    return name.encode() + bytes(17 - len(name)) + place.to_bytes(3, "little")


def nothing(_):
    raise OSError(2)  # which an import makes of every failure to look


def asked(name, content):
    """The error with which a file of a pack cannot be imported."""
    pane.pack = folder() + "/pack"
    write(pane.pack, content)
    mounted = os.listdir("/")
    try:
        once(name)
    except (MemoryError, OSError, ImportError, ValueError) as error:
        assert os.listdir("/") == mounted
        return type(error)
    finally:
        pane.pack = None
    raise AssertionError("it was imported")


def test_a_file_wants_memory_that_is_there_and_cannot_be_looked_at_else_it_is_gone():
    pack = entry("core.thin", 60) + entry("core.thing", 60) + bytes(20) + b"M\x06"
    pane.stat = nothing
    try:
        assert asked("thing", pack) is MemoryError
        assert asked("port.thing", pack) is OSError
        assert asked("thin", pack[:25]) is MemoryError
        assert asked("thing", pack[:25]) is OSError  # torn
        assert asked("thing", b"") is OSError
    finally:
        del pane.stat


def test_what_is_not_a_file_of_this_firmware_is_no_want_of_memory():
    pack = entry("core.thing", 40) + bytes(20) + b"M\x01\x00\x00garbage"
    assert asked("thing", pack) is ValueError

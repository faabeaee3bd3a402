"""What a file that cannot be had for a moment is told to be: on a board it comes out of a slot."""

import os

from core.once import once, window
from fakes import folder

INTERPRETERS = ("micropython",)


def nothing(_):
    raise OSError(2)  # which an import makes of every failure to look


def asked(place):
    """The error with which a file of a slot cannot be imported."""
    window.slot, window.stat = place, nothing
    try:
        once("thing")
    except (MemoryError, OSError, ImportError) as error:
        return type(error)
    finally:
        window.slot = None
        del window.stat
    raise AssertionError("it was imported")


def test_a_file_wants_memory_that_is_there_and_cannot_be_looked_at_else_it_is_gone():
    place = folder()
    os.mkdir(place + "/core")
    open(place + "/core/thing.mpy", "w").close()
    assert asked(place) is MemoryError
    os.remove(place + "/core/thing.mpy")
    assert asked(place) is OSError
    os.rmdir(place + "/core")

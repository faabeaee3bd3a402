"""What is loaded for a moment leaves its memory behind."""

import gc
import sys

INTERPRETERS = ("micropython",)

if sys.implementation.name == "micropython":
    from core.once import Rare, once


def live():
    gc.collect()
    gc.collect()
    return gc.mem_alloc()


def load():
    """Load and use a module in a frame that is gone afterwards."""
    once("core.pinmap").names("esp32", "n/a", None)


def test_a_module_of_a_moment_leaves_no_memory_taken():
    load()  # its names stay known to the interpreter
    before = live()
    for _ in range(5):
        load()
    assert live() - before < 64
    assert "core.pinmap" not in sys.modules


def test_a_module_that_is_kept_anyway_stays():
    import core.pinmap

    assert once("core.pinmap") is sys.modules["core.pinmap"]
    assert core.pinmap.names
    del sys.modules["core.pinmap"]


def test_a_rare_module_is_loaded_for_each_use():
    rare = Rare("core.pinmap")
    assert rare.names("esp32", "n/a", None)["builtin"] == 2
    assert "core.pinmap" not in sys.modules

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
    once("core.asjson").json_text({})


def test_a_module_of_a_moment_leaves_no_memory_taken():
    load()  # its names stay known to the interpreter
    before = live()
    for _ in range(5):
        load()
    assert live() - before < 64
    assert "core.asjson" not in sys.modules


def test_a_module_that_is_kept_anyway_stays():
    import core.asjson

    assert once("core.asjson") is sys.modules["core.asjson"]
    assert core.asjson.plain
    del sys.modules["core.asjson"]


def test_a_rare_module_is_loaded_for_each_use():
    rare = Rare("core.asjson")
    assert rare.json_text([2]) == "[2]"
    assert "core.asjson" not in sys.modules


def test_the_rarer_functions_of_a_part_are_loaded_with_the_part_as_their_first_argument():
    class Part(Rare):
        file = "core.asjson"

        def __init__(self):
            self.level = 5

    part = Part()
    assert part.level == 5
    assert part.plain() == str(part)
    assert "core.asjson" not in sys.modules
    try:
        part.nothing()
    except AttributeError:
        return
    raise AssertionError("nothing is there")

"""A MicroPython whose scheduler is not found is refused at the start of a board, in a sentence."""

import subprocess
from pathlib import Path

import pytest

from toolkit.virtual.engine import Engine

_FIRMWARE = Path(__file__).parents[2] / "toolkit" / "virtual" / "firmware"
_BLIND = """
import usys, uctypes
class Blind:
    UINT8, UINT16, UINT32, UINT64, INT16 = 0, 0, 0, 0, 0
    struct = uctypes.struct
    def bytearray_at(self, _address, size): return bytearray(size)
usys.modules["uctypes"] = Blind()
import _words
"""
_DEAF = "import _words; _words.prove(lambda _: None, lambda: None)"
_SEES = """
import _words
words, looks = _words.scheduler, []
def interrupt():
    words.length = 1
    words.state = min(words.state, 0)
_words.prove(looks.append, interrupt)
print(len(looks) > 0, words.state)
"""


def _run(engine: Engine, code: str) -> tuple[int, str]:
    done = subprocess.run(
        [*engine.command, "-c", code], cwd=_FIRMWARE, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("code", [_BLIND, _DEAF])
def test_what_is_not_found_or_does_nothing_ends_the_start_with_a_sentence(
    engine: Engine, code: str
) -> None:
    assert _run(engine, code) == (
        1,
        "virtual board: this MicroPython keeps what it schedules at a place that is not known\n",
    )


def test_what_is_found_has_a_function_begin(engine: Engine) -> None:
    assert _run(engine, _SEES) == (0, "True 1\n")

"""The MicroPython that the tests are given is a 32-bit one, as boards are."""

import subprocess

import pytest
from tests.support.boards import engine_cache
from toolkit.virtual.engine import provide

from harness import engine_command

INTERPRETERS = ("cpython",)
LARGEST = 0x7FFFFFFF  # on a board


@pytest.mark.parametrize("user", ["core", "virtual boards"])
def test_the_engine_of_the_tests_has_32_bits(user):
    """On a computer that runs none this fails; budgets and the wrap of ticks allow for 64 bits."""
    command = engine_command() if user == "core" else provide(engine_cache(), print).command
    words = [*command, "-c", "import sys; print(sys.maxsize)"]
    said = int(subprocess.run(words, capture_output=True, timeout=60, check=True).stdout)
    wrong = f"expected MicroPython with a sys.maxsize of {LARGEST:#x}, got {said:#x} of {command}"
    assert said == LARGEST, f"{wrong}: name a 32-bit one in MICROS_MICROPYTHON"

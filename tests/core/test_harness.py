"""The harness itself: both interpreters are really there, and both dialects are spoken."""

import asyncio
import sys
import time

from micropython import const

_FORTY_TWO = const(42)


def test_board_names_exist():
    assert _FORTY_TWO == 42
    start = time.ticks_ms()
    assert 0 <= time.ticks_diff(time.ticks_add(start, 5), start) == 5


async def test_an_async_test_is_awaited():
    await asyncio.sleep_ms(1)
    flag = asyncio.ThreadSafeFlag()
    flag.set()
    await flag.wait()


def test_ticks_wrap_as_on_a_32_bit_board():
    top = (1 << 30) - 1
    if sys.maxsize > 1 << 31 and sys.implementation.name == "micropython":
        top = (1 << 62) - 1  # a 64-bit engine wraps later
    assert time.ticks_add(top, 1) == 0
    assert time.ticks_diff(0, top) == 1

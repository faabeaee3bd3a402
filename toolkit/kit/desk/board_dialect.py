"""Teach CPython's own modules the names that MicroPython has beyond them.

The desktop bends to the board: board code uses `ticks_ms`, `sleep_ms`, `ThreadSafeFlag` and the
board's streams as they are there. `install()` is called once, before any board code is imported.
"""

import asyncio
import gc
import os
import sys
import time
import traceback

import board_stream

_PERIOD = 1 << 30  # a 32-bit board's ticks wrap here, and so do ours


def _ticks_ms():
    return time.monotonic_ns() // 1_000_000 % _PERIOD


def _ticks_us():
    return time.monotonic_ns() // 1_000 % _PERIOD


def _ticks_add(ticks, delta):
    if not -_PERIOD // 2 <= delta < _PERIOD // 2:
        raise OverflowError("ticks interval overflow")
    return (ticks + delta) % _PERIOD


def _ticks_diff(later, earlier):
    return (later - earlier + _PERIOD // 2) % _PERIOD - _PERIOD // 2


def _sleep_ms(milliseconds):
    return asyncio.sleep(max(milliseconds, 0) / 1000)


async def _wait_for_ms(awaitable, milliseconds):
    return await asyncio.wait_for(awaitable, milliseconds / 1000)


class _ThreadSafeFlag:
    """A flag with one waiter that clears itself when the waiter wakes."""

    def __init__(self):
        self._event = asyncio.Event()

    def set(self):
        self._event.set()

    def clear(self):
        self._event.clear()

    async def wait(self):
        await self._event.wait()
        self._event.clear()


def _print_exception(exception, file=None):
    lines = traceback.format_exception(type(exception), exception, exception.__traceback__)
    (file or sys.stdout).write("".join(lines))


def _ilistdir(path="."):
    for entry in os.scandir(path):
        kind = 0x4000 if entry.is_dir() else 0x8000
        yield entry.name, kind, 0, entry.stat().st_size


def install():
    """Add the names; those that CPython has keep their own meaning, `start_server` excepted."""
    gc.freeze()  # the core collects all the time: what pytest holds need not be gone through
    time.ticks_ms, time.ticks_us = _ticks_ms, _ticks_us
    time.ticks_add, time.ticks_diff = _ticks_add, _ticks_diff
    time.sleep_ms = lambda milliseconds: time.sleep(milliseconds / 1000)
    time.sleep_us = lambda microseconds: time.sleep(microseconds / 1_000_000)
    asyncio.sleep_ms, asyncio.wait_for_ms = _sleep_ms, _wait_for_ms
    asyncio.ThreadSafeFlag = _ThreadSafeFlag
    asyncio.start_server = board_stream.start_server
    gc.mem_free = lambda: 100_000
    gc.mem_alloc = lambda: 30_000
    gc.threshold = lambda *_amount: -1
    sys.print_exception = _print_exception
    os.ilistdir = _ilistdir

# ruff: noqa: UP031 - the dialect of MicroPython
"""Exhaustive sweeps: every case when MICROS_SWEEP=full, else a seeded slice that is told.

Plain enough for MicroPython too, where most of them run.
"""

import os


def full() -> bool:
    """Whether sweeps run in full."""
    return os.getenv("MICROS_SWEEP") == "full"


def chosen(cases: list, slice_size: int, seed: int) -> list:
    """All cases in full, else so many of them, picked by the seed, in their order."""
    cases = list(cases)
    if full() or slice_size >= len(cases):
        print("sweep: all %d cases" % len(cases))
        return cases
    print("sweep: %d of %d cases, seed %d" % (slice_size, len(cases), seed))
    state, left, wanted, picked = seed, len(cases), slice_size, []
    for case in cases:
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        if (state >> 8) % left < wanted:  # so that exactly `wanted` of them are picked
            picked.append(case)
            wanted -= 1
        left -= 1
    return picked


def rounds(all_of_them: int, slice_size: int) -> int:
    """How many rounds a long run has: all of them in full, else a slice."""
    count = all_of_them if full() else slice_size
    print("sweep: %d of %d rounds" % (count, all_of_them))
    return count

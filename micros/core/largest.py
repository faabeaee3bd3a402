"""The largest free piece of memory, by trying. Loaded to look."""

import gc

from micropython import const

_MOST = const(32768)  # bytes: a larger piece tells nothing more, and lies in the way for a while
_FULL = const(
    "not enough memory, free now: %d bytes, the largest piece %d%s; 'reboot safe' has more"
)


def fits(size):
    """Tell whether a piece of this size can be had; in a frame of its own, which lets it go."""
    try:
        bytearray(size)
    except MemoryError:
        return False
    return True


def largest_block():
    """Return the size of the largest free piece of memory, up to 32768 B."""
    gc.collect()
    low, high = 0, min(gc.mem_free(), _MOST)
    middle = high
    while high - low > 64:
        if fits(middle):
            low = middle
        else:
            high = middle
        middle = (low + high) // 2
        fits(1)  # takes the place on the stack where the last piece may still be remembered
        gc.collect()
    return low


def full():
    """Return what is said when memory was missing."""
    free, piece = gc.mem_free(), largest_block()
    return _FULL % (free, piece, ", or larger" if piece == _MOST else "")

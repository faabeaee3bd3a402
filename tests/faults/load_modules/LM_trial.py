"""A person's own module that asks much of a node: long answers, all memory, wrong exceptions."""

import gc

_held = []


def big(size):
    return "x" * size


def fill(leave):
    """Hold memory until no more than `leave` bytes are free."""
    gc.collect()
    while gc.mem_free() > leave + 64:
        try:
            _held.append(bytearray(min(256, gc.mem_free() - leave)))
        except MemoryError:
            break
    gc.collect()
    return gc.mem_free()


def let_go():
    _held.clear()
    gc.collect()


def free():
    gc.collect()
    return gc.mem_free()


def interrupted():
    raise KeyboardInterrupt


def left():
    raise SystemExit


def generated(count):
    for number in range(count):
        yield number


def many():
    return {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}

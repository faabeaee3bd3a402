"""Where the interpreter keeps what `_signals` writes into. Found at a start, then no more needed.

KEYBOARD is the address of the one KeyboardInterrupt, `interrupted`; `exception.value` takes it, and
it is raised before the program's next step (`exception.some`: a part of it that is not 0 then).
`scheduler.state` is that of the functions that are scheduled: 1
idle, 0 pending, below locked; `scheduler.length` is their number.
"""

import ffi
import micropython
import uctypes
import ustruct

_SIGINT, _SETMASK = 2, 2
_AROUND = 4096  # bytes before and after the KeyboardInterrupt
_WORD = ustruct.calcsize("P")
_PATIENCE = 100  # steps of a program, more than the scheduler's queue is long

_libc = ffi.open("libc.so.6")


def _give_up():
    print("virtual board: this MicroPython keeps what it schedules at a place that is not known")
    raise SystemExit(1)


def _address(thing):
    """`id` loses the upmost bit but one, where small numbers have 31 bits."""
    found = id(thing)
    return found + (1 << 31) if found < 0 else found


def _caught():
    try:
        _libc.func("i", "raise", "i")(_SIGINT)
        for _ in range(_PATIENCE):
            pass
    except KeyboardInterrupt as error:
        return error
    return _give_up()


def _find_exception(names):
    """Behind the two dictionaries of the program, which are one in a module, and two pointers."""
    memory = bytes(uctypes.bytearray_at(_base, _AROUND))
    place = memory.find(ustruct.pack("PP", names, names))
    if place < 0 or any(memory[place + 4 * _WORD : place + 5 * _WORD]):
        _give_up()
    kind = uctypes.UINT32 if _WORD == 4 else uctypes.UINT64
    found = uctypes.struct(_base + place + 4 * _WORD, {"value": kind, "some": uctypes.UINT16 | 2})
    try:
        found.value = KEYBOARD
        for _ in range(_PATIENCE):
            pass
    except KeyboardInterrupt:
        return found
    return _give_up()


def _find_scheduler():
    """What changes when a function is scheduled, and changes back when it has run."""
    size, ran = 2 * _AROUND, []
    idle = bytes(uctypes.bytearray_at(_base, size))
    micropython.schedule(ran.append, None)
    due = bytes(uctypes.bytearray_at(_base, size))
    for _ in range(_PATIENCE):
        pass
    after = bytes(uctypes.bytearray_at(_base, size))
    for place in range(0, size - 32, 2):
        if idle[place] == 1 and not due[place] and after[place] == 1 and not idle[place + 1]:
            for far in range(2, 32):
                if due[place + far] == 1 and not idle[place + far] and not after[place + far]:
                    shape = {"state": uctypes.INT16, "length": uctypes.UINT8 | far}
                    return uctypes.struct(_base + place, shape)
    return _give_up()


def prove(look, interrupt):
    """Fill the scheduler's queue with `look`, wherever it goes on, and see one begin by a word."""
    looks = []

    def counted(_):
        looks.append(1)
        look(_)

    def fill(function):
        try:
            while True:
                micropython.schedule(function, None)
        except RuntimeError:  # it is full
            pass

    for function in counted, look:
        micropython.schedule(fill, function)
        for _ in range(_PATIENCE):
            pass
        if function is counted:
            before = len(looks)
            interrupt()
            for _ in range(_PATIENCE):
                pass
    if len(looks) <= before:
        _give_up()


_libc.func("i", "pthread_sigmask", "ipp")(_SETMASK, bytes(128), None)
micropython.kbd_intr(3)
interrupted = _caught()
KEYBOARD = _address(interrupted)
_base = KEYBOARD - _AROUND
exception = _find_exception(_address(globals()))
scheduler = _find_scheduler()

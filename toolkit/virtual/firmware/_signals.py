"""Interrupts: a thread notices what has come, and the program looks at it between two steps.

The interpreter calls a scheduled function where the program allocates nothing and holds no lock.
A handler of a signal would be called anywhere, and one that comes while a mutex of the interpreter
is just taken waits for itself for good: so none of ours runs Python. The thread waits for the link,
for Ctrl-C and for the time a look asked for; then it schedules `_look`. A program that waits does
not notice that, so signals end its wait until the look has begun; their handler is a function of
libc that does nothing. The thread allocates nothing and touches nothing of the program.

Ctrl-C is a signal that nobody handles. At the end of a look it becomes the exception the
interpreter raises before the program's next step; where it keeps that is found at the start, and
tried. A look itself, and what it takes from the link, is never broken off, only what it calls of
the program.
"""

import _thread

import ffi
import micropython
import uctypes
import ustruct

_SIGINT, _POKE = 2, 35
_SETMASK = 2
_FILE = 0o2004000  # of what is opened: closed at exec, never waits
_GAP = 300  # µs: the program's turn after a look
_TURN = 2  # ms between two signals to a program that is to begin with a look
_SLICE = 64  # turns after which it is scheduled again
_BACK = 4096  # bytes before the interpreter's KeyboardInterrupt

libc = ffi.open("libc.so.6")
_poll = libc.func("i", "poll", "pii")
_read = libc.func("i", "read", "ipi")
_write = libc.func("i", "write", "ipi")
_sleep = libc.func("i", "usleep", "i")
_mask = libc.func("i", "pthread_sigmask", "ipp")
_set_timer = libc.func("i", "timerfd_settime", "iipp")
_send_signal = libc.func("i", "pthread_kill", "Pi")
_program = libc.func("P", "pthread_self", "")()
_schedule = micropython.schedule
_looks = []
_raises = False  # Ctrl-C raises KeyboardInterrupt where the program stands
_struck = False  # Ctrl-C has come, and nothing was raised yet

# What the thread and the program share.
_wanted = bytearray(1)  # the thread is about to schedule a look, or has
_due = bytearray(1)  # the program has
_looking = bytearray(1)
_within = bytearray(1)  # a look calls a function of the program
_raising = bytearray(1)  # the thread is about to break that off
_next = bytearray(ustruct.calcsize("llll"))
_one = ustruct.pack("Q", 1)
_count, _strikes = bytearray(8), bytearray(128)


def on_signal(signal, handler):
    """Have the function at this address called; nothing comes in between."""
    action = ustruct.pack("P128siP", handler, b"\xff" * 128, 0x10000000, 0)
    libc.func("i", "sigaction", "iPp")(signal, action, None)


def _address(thing):
    """`id` loses the upmost bit but one, where small numbers have 31 bits."""
    found = id(thing)
    return found + (1 << 31) if found < 0 else found


def _find():
    """Where the interpreter keeps the exception it is to raise: a word, and what to write there.

    Behind the program's two dictionaries and two pointers of its exception handlers.
    """
    _mask(_SETMASK, bytes(128), None)
    try:
        libc.func("i", "raise", "i")(_SIGINT)
        while True:
            pass
    except KeyboardInterrupt as error:
        value = _address(error)
    memory = bytes(uctypes.bytearray_at(value - _BACK, _BACK))
    names = _address(globals())
    place = memory.find(ustruct.pack("PP", names, names))
    size = ustruct.calcsize("P")
    kind = uctypes.UINT32 if size == 4 else uctypes.UINT64
    where = value - _BACK + place + 4 * size
    word = uctypes.struct(where, {"value": kind})
    if place < 0 or word.value:
        raise SystemExit("this MicroPython keeps its exceptions at a place that is not known")
    try:
        word.value = value
        while True:
            pass
    except KeyboardInterrupt:
        return word, uctypes.bytearray_at(where + _odd(value), 1), value


def _odd(value):
    """Which byte of this address is not 0."""
    place = 0
    while not value >> 8 * place & 255:
        place += 1
    return place


micropython.kbd_intr(3)
_pending, _is_pending, _keyboard = _find()
_unused = bytearray(8)
_nowhere = uctypes.struct(uctypes.addressof(_unused), {"value": uctypes.UINT32})
_only = bytearray(128)
_only[0] = 1 << _SIGINT - 1
_mask(_SETMASK, _only, None)  # for the thread, too
_interrupts = libc.func("i", "signalfd", "ipi")(-1, _only, _FILE)
_timer = libc.func("i", "timerfd_create", "ii")(1, _FILE)
_bell = libc.func("i", "eventfd", "ii")(0, _FILE)
_waits, _bells = bytearray(), bytearray(ustruct.pack("ihh", _bell, 1, 0))


def watch(look):
    """Have `look()` called by every interrupt."""
    _looks.append(look)


def come_again(microseconds):
    """Interrupt after this time, 0 = never; only to be called by a look."""
    seconds, micros = divmod(microseconds, 1000000)
    ustruct.pack_into("llll", _next, 0, 0, 0, seconds, micros * 1000)
    _set_timer(_timer, 0, _next, None)


def interrupt():
    """Interrupt as soon as possible. Allocates nothing."""
    if not _due[0]:
        _due[0] = 1
        _schedule(_look, None)
        _write(_bell, _one, 8)


def strike():
    """As if Ctrl-C had come."""
    global _struck
    _struck = True
    interrupt()


def was_struck():
    """Whether a Ctrl-C was remembered; it is then forgotten."""
    global _struck
    _take_strike()
    struck, _struck = _struck, False
    return struck


def _take_strike():
    global _struck
    if _read(_interrupts, _strikes, 128) > 0:
        _struck = True


def interruptible(on):
    """Whether Ctrl-C raises KeyboardInterrupt from now on."""
    global _raises
    _raises = on
    _pending.value = 0


def within(on):
    """Whether what runs now is the program's own, called by a look; Ctrl-C breaks it off."""
    _within[0] = on and _raises and _looking[0]
    if not on:
        while _raising[0]:
            _sleep(1)
        if _is_pending[0]:
            _pending.value = 0
            strike()


def _look(_):
    try:
        _looking[0] = 1
        _wanted[0] = _due[0] = 0
        _take_strike()
        for look in _looks:
            look()
    finally:
        where = _strike_at()
        # No jump from here on: the interpreter would raise there what is to meet the program.
        where.value = _keyboard
        _looking[0] = 0
        _write(_bell, _one, 8)


def _strike_at():
    """Where to write the exception: nowhere, unless Ctrl-C has come and is to raise it."""
    global _struck
    if not (_struck and _raises):
        return _nowhere
    _struck = False
    return _pending


def _attend():
    """The thread."""
    while True:
        found = _poll(_waits, 4, -1)
        _read(_bell, _count, 8)
        if found > 0 and (_waits[6] or _waits[14] or _waits[22]):
            _have_look()
        turns = 0
        while _wanted[0] or _due[0] or _looking[0] or _is_pending[0]:
            if _within[0]:
                _break_off()
            if not _looking[0] or _is_pending[0]:
                _send_signal(_program, _POKE)
            turns += 1
            if turns % _SLICE == 0 and not _looking[0]:
                _have_look()  # there was no memory for it to begin
            _poll(_bells, 1, _TURN)
            _read(_bell, _count, 8)
        _sleep(_GAP)


def _break_off():
    """Ctrl-C for what a look calls of the program."""
    _raising[0] = 1
    if _within[0] and _read(_interrupts, _strikes, 128) > 0:
        _pending.value = _keyboard
    _raising[0] = 0


def _have_look():
    _wanted[0] = 1
    try:
        _schedule(_look, None)
    except RuntimeError:  # several are waiting
        pass


def begin(link):
    """Begin with interrupts; one comes whenever there is something in this open file."""
    global _waits
    for file in link, _interrupts, _timer, _bell:
        _waits += ustruct.pack("ihh", file, 1, 0)
    on_signal(_POKE, libc.addr("abs"))
    _thread.start_new_thread(_attend, ())
    interrupt()

"""Interrupts: signals of the link and of timers have the program look at what has come.

The interpreter calls what is scheduled between two steps of a program, where it holds no lock and
allocates nothing. A signal comes anywhere, even while one of its mutexes is just taken. So handlers
do no more than write a few words of its memory: that something is scheduled, and the exception it
is to raise. Nothing of that can be in the way of what it is doing; and where it writes the same
word just then and nothing is scheduled, another signal follows, until the look has begun. That
also ends the waiting of a program that was just about to wait when the first one came. Where those
words are is found at the start, and tried.

A handler has no jump, because the interpreter looks at those words at each of them. It allocates
nothing, and its few variables have their place on the stack.

Ctrl-C would break off a look or an allocation in its middle. So it is only remembered, and becomes
an exception at the end of a look; in what a look calls of the program, at once.
"""

import ffi
import micropython
import uctypes
import ustruct

_SIGINT, _SIGIO, _ALARM, _AGAIN, _OPENING = 2, 29, 35, 36, 37
_RESTART = 0x10000000
_SETMASK = 2
_F_SETFL, _F_SETOWN, _O_ASYNC = 4, 8, 0o20000
_PEEK = 0x62  # MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT
_GAP = 300  # µs: the program's turn after a look
_AROUND = 4096  # bytes before and after the interpreter's KeyboardInterrupt
_PATIENCE = 100  # steps of a program, more than the scheduler's queue is long
_WORD = ustruct.calcsize("P")

libc = ffi.open("libc.so.6")
_control = libc.func("i", "fcntl", "iii")
_receive = libc.func("i", "recv", "ipii")
_set_timer = libc.func("i", "timer_settime", "Pipp")
_looks = []
_link = -1
_raises = False  # Ctrl-C raises KeyboardInterrupt where the program stands
_looking = False
_struck = bytearray(1)  # Ctrl-C has come, and nothing was raised yet
_within = bytearray(1)  # a look calls a function of the program that it breaks off


def on_signal(signal, handler):
    """Have the function at this address called; nothing comes in between."""
    action = ustruct.pack("P128siP", handler, b"\xff" * 128, _RESTART, 0)
    libc.func("i", "sigaction", "iPp")(signal, action, None)


def watch(look):
    """Have `look()` called by every interrupt."""
    _looks.append(look)


def come_again(microseconds):
    """Interrupt after this time, 0 = never; only to be called by a look."""
    if microseconds:
        microseconds = max(microseconds - _GAP, 1)
    seconds, micros = divmod(microseconds, 1000000)
    ustruct.pack_into("llll", _next, 0, 0, 0, seconds, micros * 1000)


def interrupt(_=None):
    """Interrupt as soon as possible. Also a handler."""
    _set_timer(_again, 0, _every, None)
    _length.value = 1
    _state.value = min(_state.value, 0)  # idle becomes pending, locked stays so


def strike(_=None):
    """Ctrl-C. Also a handler."""
    _struck[0] = 1
    _exceptions[_within[0]].value = _keyboard
    interrupt()


def was_struck():
    """Whether a Ctrl-C was remembered; it is then forgotten."""
    if not _struck[0]:
        return False  # and what comes just now is not forgotten
    _struck[0] = 0
    return True


def interruptible(on):
    """Whether Ctrl-C raises KeyboardInterrupt from now on."""
    global _raises
    _raises = on
    _exception.value = 0


def within(on):
    """Whether what runs now is the program's own, called by a look; Ctrl-C breaks it off."""
    _within[0] = on and _raises and _looking
    if not on:
        _exception.value = 0  # whoever came too late for it has struck, too


def _look(_):
    global _looking
    try:
        _looking = True
        _quiet()
        for look in _looks:
            look()
    finally:
        _looking = False
        _set_timer(_opening, 0, _gap, None)
        where = _strike_at()
        # No jump from here on: the interpreter would raise there what is to meet the program.
        where.value = _keyboard


def _quiet():
    _set_timer(_again, 0, _never, None)
    _control(_link, _F_SETFL, 0)
    _set_timer(_alarm, 0, _never, None)
    _set_timer(_opening, 0, _never, None)


def _strike_at():
    """Where to write the exception: nowhere, unless Ctrl-C has come and is to raise it."""
    if not (_raises and was_struck()):
        return _nowhere
    _set_timer(_again, 0, _every, None)  # whoever waits does not notice
    return _exception


def _open(_):
    """The handler that ends the program's turn."""
    _control(_link, _F_SETFL, _O_ASYNC)
    _set_timer(_alarm, 0, _next, None)
    _nothing_or_interrupt[_receive(_link, None, 0, _PEEK) > 0](None)


def _nothing(_):
    pass


def _timer(signal, handler):
    """A timer of the system that raises a signal."""
    on_signal(signal, handler)
    event = bytearray(64)
    ustruct.pack_into("ii", event, ustruct.calcsize("P"), signal, 0)
    place = bytearray(8)
    libc.func("i", "timer_create", "ipp")(1, event, place)
    return ustruct.unpack("P", place)[0]


def _address(thing):
    """`id` loses the upmost bit but one, where small numbers have 31 bits."""
    found = id(thing)
    return found + (1 << 31) if found < 0 else found


def _caught():
    """The interpreter's one KeyboardInterrupt."""
    try:
        libc.func("i", "raise", "i")(_SIGINT)
        for _ in range(_PATIENCE):
            pass
        _give_up()
    except KeyboardInterrupt as error:
        return error


def _find_exception(base):
    """Where the exception that is to be raised is kept.

    Behind the two dictionaries of the program, which are one in a module, and two pointers.
    """
    names = _address(globals())
    memory = bytes(uctypes.bytearray_at(base, _AROUND))
    place = memory.find(ustruct.pack("PP", names, names)) + 4 * _WORD
    return base + place if place >= 4 * _WORD and not any(memory[place : place + _WORD]) else 0


def _find_state(base):
    """Where the scheduler's state and its number of functions are: what a function changes."""
    size = 2 * _AROUND
    ran = []
    idle = bytes(uctypes.bytearray_at(base, size))
    micropython.schedule(ran.append, None)
    due = bytes(uctypes.bytearray_at(base, size))
    while not ran:
        pass
    after = bytes(uctypes.bytearray_at(base, size))
    for place in range(0, size - 32, 2):
        if idle[place] == 1 and not due[place] and after[place] == 1 and not idle[place + 1]:
            for far in range(2, 32):
                if due[place + far] == 1 and not idle[place + far] and not after[place + far]:
                    return base + place, base + place + far
    return 0, 0


def _give_up():
    print("virtual board: this MicroPython keeps what it schedules at a place that is not known")
    raise SystemExit(1)


def _word(address, kind):
    return uctypes.struct(address, {"value": kind})


def _find():
    """The words of the interpreter: what handlers write into."""
    libc.func("i", "pthread_sigmask", "ipp")(_SETMASK, bytes(128), None)
    micropython.kbd_intr(3)
    value = _address(_caught())
    base = value - _AROUND
    exception = _find_exception(base)
    state, length = _find_state(base)
    if not (exception and state):
        _give_up()
    size = uctypes.UINT32 if _WORD == 4 else uctypes.UINT64
    return (
        value,
        _word(exception, size),
        _word(state, uctypes.INT16),
        _word(length, uctypes.UINT8),
        _word(uctypes.addressof(_unused), size),
    )


_unused = bytearray(8)
_keyboard, _exception, _state, _length, _nowhere = _find()
_exceptions = (_nowhere, _exception)
_nothing_or_interrupt = (_nothing, interrupt)
_callbacks = (  # to be kept: the system knows their addresses
    ffi.callback("v", interrupt, "i"),
    ffi.callback("v", _open, "i"),
    ffi.callback("v", strike, "i"),
)
_interrupt, _reopen, _strike = (callback.cfun() for callback in _callbacks)
_alarm, _again = _timer(_ALARM, _interrupt), _timer(_AGAIN, _interrupt)
_opening = _timer(_OPENING, _reopen)
_next, _never = bytearray(4 * _WORD), bytes(4 * _WORD)
_gap = ustruct.pack("llll", 0, 0, 0, _GAP * 1000)
_every = ustruct.pack("llll", 0, 2000000, 0, 2000000)


def begin(link):
    """Begin with interrupts; one comes whenever there is something in this open file."""
    global _link
    _link = link
    on_signal(_SIGIO, _interrupt)
    _control(_link, _F_SETOWN, libc.func("i", "getpid", "")())
    interrupt()


def _try():
    """Fill the scheduler's queue with looks, wherever it goes on, and begin one by a word."""
    looks = []

    def fill(_):
        try:
            while True:
                micropython.schedule(_look, None)
        except RuntimeError:  # it is full
            pass

    watch(lambda: looks.append(1))
    micropython.schedule(fill, None)
    for _ in range(_PATIENCE):
        pass
    before = len(looks)
    interrupt()
    for _ in range(_PATIENCE):
        pass
    _looks.clear()
    if not before or len(looks) != before + 1:
        _give_up()


_try()
on_signal(_SIGINT, _strike)

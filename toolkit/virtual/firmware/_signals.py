"""Interrupts: signals of the link and of timers have the program look at what has come.

The interpreter calls what is scheduled between two steps of a program, where it holds no lock and
allocates nothing. A signal comes anywhere, even while one of its mutexes is just taken. So handlers
do no more than write a few words of its memory: that something is scheduled, and the exception it
is to raise. Nothing of that can be in the way of what it is doing; and where it writes the same
word just then and nothing is scheduled, another signal follows, until the look has begun. That
also ends the waiting of a program that was just about to wait when the first one came. Where those
words are is found at the start, and tried (`_words`).

A handler has no jump, because the interpreter looks at those words at each of them. It allocates
nothing, and its few variables have their place on the stack. Where the stack of a program is nearly
used up, calling it is refused instead, and the refusal leaves it by the program's way: so nothing
is held back while one runs, and each timer comes again until its handler has done its part.

Ctrl-C would break off a look or an allocation in its middle. So it is only remembered, and becomes
an exception at the end of a look; in what a look calls of the program, at once.
"""

import _words
import ffi
import uctypes
import ustruct
import usys

_SIGINT, _SIGIO, _ALARM, _AGAIN, _OPENING = 2, 29, 35, 36, 37
_RESTART, _NODEFER = 0x10000000, 0x40000000
_F_SETFL, _F_SETOWN, _O_ASYNC = 4, 8, 0o20000
_POLLIN = 1
_GAP = 300  # µs: the program's turn after a look
_OFTEN = 2000000  # ns until a timer comes again
_WORD = ustruct.calcsize("P")

libc = ffi.open("libc.so.6")
_control = libc.func("i", "fcntl", "iii")
_poll = libc.func("i", "poll", "pii")  # it sets no error number where nothing has come
_set_timer = libc.func("i", "timer_settime", "Pipp")
_looks = []
_link = -1
_raises = False  # Ctrl-C raises KeyboardInterrupt where the program stands
_looking = False
_unused = bytearray(8)
_struck = bytearray(1)  # Ctrl-C has come, and nothing was raised yet
_within = bytearray(1)  # a look calls a function of the program that it breaks off


def on_signal(signal, handler):
    """Have the function at this address called."""
    action = ustruct.pack("P128siP", handler, bytes(128), _RESTART | _NODEFER, 0)
    libc.func("i", "sigaction", "iPp")(signal, action, None)


def watch(look):
    """Have `look()` called by every interrupt."""
    _looks.append(look)


def come_again(microseconds):
    """Interrupt after this time, 0 = never; only to be called by a look."""
    if microseconds:
        microseconds = max(microseconds - _GAP, 1)
    seconds, micros = divmod(microseconds, 1000000)
    ustruct.pack_into("llll", _next, 0, 0, _OFTEN, seconds, micros * 1000)


def interrupt(_=None):
    """Interrupt as soon as possible. Also a handler."""
    _set_timer(_again, 0, _every, None)
    _scheduler.length = 1
    _scheduler.state = min(_scheduler.state, 0)  # idle becomes pending, locked stays so


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
    _struck[0] |= _exception.some != 0
    _exception.value = 0


def within(on):
    """Whether what runs now is the program's own, called by a look; Ctrl-C breaks it off."""
    _within[0] = 0  # before any jump: the exception may be raised there
    if on:
        _forget_way()
        _within[0] = _raises and _looking
    else:
        (_nowhere, _exception)[_looking].value = 0  # who came too late for it has struck, too


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
    _forget_way()
    return _exception


def _forget_way():
    """The interpreter's one KeyboardInterrupt keeps where it came through the last time."""
    _interrupted.__traceback__ = None


def _open(_):
    """The handler that ends the program's turn."""
    _control(_link, _F_SETFL, _O_ASYNC)
    _set_timer(_alarm, 0, _next, None)
    _nothing_or_interrupt[_poll(_links, 1, 0) > 0](0)
    _set_timer(_opening, 0, _never, None)


def _timer(signal, handler):
    """A timer of the system that raises a signal."""
    on_signal(signal, handler)
    event = bytearray(64)
    ustruct.pack_into("ii", event, ustruct.calcsize("P"), signal, 0)
    place = bytearray(8)
    libc.func("i", "timer_create", "ipp")(1, event, place)
    return ustruct.unpack("P", place)[0]


_keyboard, _exception, _scheduler = _words.KEYBOARD, _words.exception, _words.scheduler
_interrupted = _words.interrupted
_nowhere = uctypes.struct(uctypes.addressof(_unused), {"value": uctypes.UINT32})
_exceptions = (_nowhere, _exception)
_nothing_or_interrupt = (abs, interrupt)
_callbacks = (  # to be kept: the system knows their addresses
    ffi.callback("v", interrupt, "i"),
    ffi.callback("v", _open, "i"),
    ffi.callback("v", strike, "i"),
)
_interrupt, _reopen, _strike = (callback.cfun() for callback in _callbacks)
_alarm, _again = _timer(_ALARM, _interrupt), _timer(_AGAIN, _interrupt)
_opening = _timer(_OPENING, _reopen)
_next, _never = bytearray(4 * _WORD), bytes(4 * _WORD)
_gap = ustruct.pack("llll", 0, _OFTEN, 0, _GAP * 1000)
_every = ustruct.pack("llll", 0, _OFTEN, 0, _OFTEN)
_links = bytearray(8)


def begin(link):
    """Begin with interrupts; one comes whenever there is something in this open file."""
    global _link
    _link = link
    ustruct.pack_into("ihh", _links, 0, link, _POLLIN, 0)
    on_signal(_SIGIO, _interrupt)
    _control(_link, _F_SETOWN, libc.func("i", "getpid", "")())
    interrupt()


_words.prove(_look, interrupt)
on_signal(_SIGINT, _strike)
del _words, usys.modules["_words"]

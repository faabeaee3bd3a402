"""Interrupts: signals of the link and of a clock have the program look at what has come.

A signal's handler only schedules `_look`, which the interpreter calls where the program stands. A
program that was just about to wait does not notice; so another signal, whose handler is a function
of libc that does nothing, ends its wait, until `_look` has begun.

To enter a handler in Python, to schedule and to leave what was scheduled, the interpreter takes a
mutex. A handler that comes while the program is just taking or leaving it waits for itself, for
good. So handlers do not nest, and none comes from before a look is scheduled until some time after
it has ended. That time is two timers, of which the second is started by the first one's handler,
which takes no mutex: where the system stops the program in between for long, the program still
gets on before a handler that takes it. What is left is a signal that, after a quiet time, meets
the few nanoseconds in which a collection of garbage takes the mutex.

Ctrl-C would end a look in its middle, or a handler, and what was just taken from the link were
lost, or the heap locked for good. So it is only remembered when it comes, and raised after the
look, where no other handler is near.
"""

import ffi
import micropython
import ustruct

_SIGINT = 2
_SIGIO, _ALARM, _AGAIN, _SETTLING, _OPENING = 29, 35, 36, 37, 38
_RESTART = 0x10000000
_F_SETFL, _F_SETOWN, _O_ASYNC = 4, 8, 0o20000
_PEEK = 0x62  # MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT
_GAP = 150  # µs, twice: the program's turn after a look
_NEAR, _FAR = 20, 20000  # µs: what is left of it before a Ctrl-C is raised, and after

libc = ffi.open("libc.so.6")
_action = libc.func("i", "sigaction", "iPp")
_control = libc.func("i", "fcntl", "iii")
_receive = libc.func("i", "recv", "ipii")
_raise = libc.func("i", "raise", "i")
_set_timer = libc.func("i", "timer_settime", "Pipp")
_looks = []
_link = -1
_due = False  # `_look` is scheduled and has not begun
_looking = False
_raises = False  # Ctrl-C raises KeyboardInterrupt where the program stands
_struck = False  # Ctrl-C has come, and nothing was raised yet


def on_signal(signal, handler):
    """Have the function at this address called; nothing comes in between."""
    _action(signal, _entry(handler), None)


def _entry(handler):
    return ustruct.pack("P128siP", handler, b"\xff" * 128, _RESTART, 0)


def watch(look):
    """Have `look()` called by every interrupt."""
    _looks.append(look)


def come_again(microseconds):
    """Interrupt after this time, 0 = never; only to be called by a look."""
    if microseconds:
        microseconds = max(microseconds - 2 * _GAP, 1)
    seconds, micros = divmod(microseconds, 1000000)
    ustruct.pack_into("llll", _next, 0, 0, 0, seconds, micros * 1000)


def interrupt(_=None):
    """Interrupt as soon as possible. Allocates nothing."""
    global _due
    if not _due:
        _due = True  # first: no Ctrl-C is raised from here on
        if not _looking:
            _action(_SIGINT, _remember, None)
        _quiet()
        micropython.schedule(_look, None)
        _set_timer(_again, 0, _every, None)


def _quiet():
    _control(_link, _F_SETFL, 0)
    _set_timer(_alarm, 0, _never, None)
    _set_timer(_settling, 0, _never, None)
    _set_timer(_opening, 0, _never, None)


def strike(_signal=None):
    """Ctrl-C. Called without the interpreter's lock: it neither allocates nor jumps."""
    global _struck
    _struck = True
    if _raises and not _looking and not _due:
        _quiet()
        _set_timer(_settling, 0, _near, None)


def was_struck():
    """Whether a Ctrl-C was remembered; it is then forgotten."""
    global _struck
    if not _struck:
        return False  # and what comes just now is not forgotten
    _struck = False
    return True


def interruptible(on):
    """Whether Ctrl-C raises KeyboardInterrupt from now on."""
    global _raises
    _raises = on
    _action(_SIGINT, _remember, None)


def within(on):
    """Whether Ctrl-C raises in a look, which calls the program's own functions."""
    if _looking:
        _action(_SIGINT, _keyboard if on and _raises else _remember, None)


def _look(_):
    global _due, _looking
    _looking = True
    try:
        _action(_SIGINT, _remember, None)
        _due = False
        _quiet()
        _set_timer(_again, 0, _never, None)
        for look in _looks:
            look()
    finally:
        if not _due:
            _set_timer(_settling, 0, _near if _struck else _gap, None)
        _looking = False


def _settled(_):
    """Called without the interpreter's lock: it neither allocates nor jumps."""
    global _struck
    if _looking:
        _set_timer(_settling, 0, _near, None)
    elif _due:
        pass  # it ends with this
    elif _struck and _raises:
        _struck = False
        _action(_SIGINT, _keyboard, None)
        _raise(_SIGINT)  # the system holds it back until this handler has ended
        _set_timer(_opening, 0, _far, None)
    else:
        _set_timer(_opening, 0, _gap, None)


def _open(_):
    _action(_SIGINT, _remember, None)
    _control(_link, _F_SETFL, _O_ASYNC)
    _set_timer(_alarm, 0, _next, None)
    if _receive(_link, None, 0, _PEEK) > 0:
        interrupt()


def _timer(signal, handler):
    """A timer of the system that raises a signal."""
    on_signal(signal, handler)
    event = bytearray(64)
    ustruct.pack_into("ii", event, ustruct.calcsize("P"), signal, 0)
    place = bytearray(8)
    libc.func("i", "timer_create", "ipp")(1, event, place)
    return ustruct.unpack("P", place)[0]


_callbacks = (  # to be kept: the system knows their addresses
    ffi.callback("v", interrupt, "i", lock=True),
    ffi.callback("v", _settled, "i"),
    ffi.callback("v", _open, "i", lock=True),
    ffi.callback("v", strike, "i"),
)
_interrupt, _settle, _reopen, _strike = (callback.cfun() for callback in _callbacks)
_remember = _entry(_strike)
_keyboard = bytearray(len(_remember))  # the interpreter's own handler
micropython.kbd_intr(3)
_action(_SIGINT, None, _keyboard)
_alarm, _settling = _timer(_ALARM, _interrupt), _timer(_SETTLING, _settle)
_opening, _again = _timer(_OPENING, _reopen), _timer(_AGAIN, libc.addr("abs"))
_next, _never = bytearray(ustruct.calcsize("llll")), bytes(ustruct.calcsize("llll"))
_gap, _near, _far = (ustruct.pack("llll", 0, 0, 0, it * 1000) for it in (_GAP, _NEAR, _FAR))
_every = ustruct.pack("llll", 0, 2000000, 0, 2000000)


def begin(link):
    """Begin with interrupts; one comes whenever there is something in this open file."""
    global _link
    _link = link
    on_signal(_SIGIO, _interrupt)
    _control(_link, _F_SETOWN, libc.func("i", "getpid", "")())
    interrupt()

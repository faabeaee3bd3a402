"""Interrupts: a thread watches the link and the clock, and has the program look at them.

It schedules `_look`, which the program's thread runs wherever it stands, and sends it a signal,
which ends a wait. A program that was just about to wait does not notice that one; it comes again
until `_look` has begun. After a look the program has its turn, whatever has come meanwhile.

No signal's handler schedules anything. For that, and to enter a handler in Python, the interpreter
takes a mutex; a handler that comes while the program's thread is just taking or leaving it waits
for itself, for good. This thread waits for the other one, as it should. What must stay true:

- It allocates nothing, and only the program's thread runs what is scheduled.
- Signals let system calls go on (SA_RESTART): to collect garbage, the interpreter waits until this
  thread has shown its stack, and takes a call that was cut short for the answer. Ctrl-C alone is
  different: the interpreter raises it from the signal, wherever the program stands.
"""

import _thread

import ffi
import micropython
import ustruct
from _interrupts import run

_SIGINT, _SIGIO = 2, 29
_TURN = 150  # µs
_IN, _ADD = 1, 1
_BLOCK, _UNBLOCK = 0, 1

libc = ffi.open("libc.so.6")
set_signal = libc.func("p", "signal", "ip")
_control = libc.func("i", "epoll_ctl", "iiip")
_wait = libc.func("i", "epoll_wait", "ipii")
_mask = libc.func("i", "sigprocmask", "ipp")
_sleep = libc.func("i", "usleep", "i")
_send_signal = libc.func("i", "kill", "ii")
_process = libc.func("i", "getpid", "")()
_epoll = libc.func("i", "epoll_create1", "i")(0)
_event = bytearray(16)
_both = ustruct.pack("I", (1 << (_SIGINT - 1)) + (1 << (_SIGIO - 1))) + bytes(124)
_looks = []
_due = _looking = False  # until `_look` has begun, until it has ended


def watch(number, look):
    """Have `look()` called by interrupts as long as the open file `number` has something to read.

    It is called by others as well, when there is nothing.
    """
    event = bytearray(16)
    ustruct.pack_into("I", event, 0, _IN)
    _looks.append(look)
    _control(_epoll, _ADD, number, event)


def _look(_):
    global _due, _looking
    try:
        _due = False
        for look in _looks:
            look()
        run()
    finally:
        _looking = False


def _interrupt():
    """The thread."""
    global _due, _looking
    while True:
        if _wait(_epoll, _event, 1, -1) <= 0:
            continue  # it was stopped to show its stack
        ended = False
        _due = _looking = True
        micropython.schedule(_look, None)
        while not ended:
            ended = not _looking
            if _due:
                _send_signal(_process, _SIGIO)
            _sleep(_TURN)


def begin():
    """Begin to interrupt the program."""
    set_signal(_SIGIO, libc.addr("abs"))  # does nothing, but ends a wait
    _mask(_BLOCK, _both, None)  # which the thread inherits: they are for the program's
    _thread.start_new_thread(_interrupt, ())
    _mask(_UNBLOCK, _both, None)

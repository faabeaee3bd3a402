"""The wire to the supervisor: what the board is, commands that come in, events that go out.

A command raises SIGIO; the signal's handler may not allocate, so it only schedules the reading.
A program that was just about to wait would not see it: what is scheduled is run by the next signal
that ends its poll, so a second signal follows, until the reading is done.
"""

import ffi
import micropython
import ujson
import uos
import ustruct
from _interrupts import run

SETTINGS = ujson.loads(uos.getenv("MICROS_BOARD"))

_SIGIO, _AGAIN = 29, 36
_AGAIN_AFTER = ustruct.pack("llll", 0, 0, 0, 2000000)  # ns
_F_SETFL, _F_SETOWN, _O_ASYNC = 4, 8, 0o20000
_MSG_PEEK, _MSG_TRUNC, _MSG_DONTWAIT = 2, 0x20, 0x40
_PR_SET_PDEATHSIG, _SIGKILL = 1, 9

libc = ffi.open("libc.so.6")
exit_now = libc.func("v", "_exit", "i")
set_signal = libc.func("p", "signal", "ip")
_receive = libc.func("i", "recv", "ipii")
_send = libc.func("i", "send", "ipii")
set_timer = libc.func("i", "timer_settime", "Pipp")
_socket = SETTINGS["link"]
_handlers = {}
_reading = False
_again = None


def on(kind, handler):
    """Have `handler(*values)` called for commands of this kind."""
    _handlers[kind] = handler


def tell(*event):
    """Send an event; waits while the supervisor is busy, so that none is lost."""
    data = ujson.dumps(event).encode()
    while _send(_socket, data, len(data), 0) < 0:
        pass


def system_timer(signal, callback):
    """The handle of a timer of the system that raises a signal."""
    width = ustruct.calcsize("P")
    event = bytearray(64)
    ustruct.pack_into("ii", event, width, signal, 0)
    place = bytearray(8)
    set_signal(signal, callback.cfun())
    libc.func("i", "timer_create", "ipp")(1, event, place)
    return ustruct.unpack("P", place)[0]


def _taken(_):
    global _reading
    _reading = False
    _drain()
    run()


def _drain():
    """Take every command that has arrived."""
    while True:
        size = _receive(_socket, None, 0, _MSG_PEEK | _MSG_TRUNC | _MSG_DONTWAIT)
        if size <= 0:
            return
        buffer = bytearray(size)
        _receive(_socket, buffer, size, _MSG_DONTWAIT)
        kind, *values = ujson.loads(buffer)
        handler = _handlers.get(kind)
        if handler:
            handler(*values)


def ask(*event):
    """Send an event and wait for the command that answers it; only before listen()."""
    answered = []
    on(event[0], answered.append)
    tell(*event)
    while not answered:
        _receive(_socket, None, 0, _MSG_PEEK)
        _drain()
    return answered[0]


def _arrived(_):
    global _reading
    if not _reading:
        try:
            micropython.schedule(_taken, None)
            _reading = True
        except RuntimeError:
            pass  # the queue is full; the next signal tries again
    set_timer(_again, 0, _AGAIN_AFTER, None)


def _missed(_):
    if _reading:
        set_timer(_again, 0, _AGAIN_AFTER, None)


_callback = ffi.callback("v", _arrived, "i", lock=True)
_second = ffi.callback("v", _missed, "i", lock=True)


def listen():
    """Begin to take commands, and die with the supervisor."""
    global _again
    _again = system_timer(_AGAIN, _second)
    libc.func("i", "prctl", "iiiii")(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    control = libc.func("i", "fcntl", "iii")
    set_signal(_SIGIO, _callback.cfun())
    control(_socket, _F_SETOWN, libc.func("i", "getpid", "")())
    control(_socket, _F_SETFL, _O_ASYNC)
    _arrived(None)  # what came before; only ever read where interrupts are handled

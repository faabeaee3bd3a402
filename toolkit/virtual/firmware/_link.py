"""The wire to the supervisor: what the board is, commands that come in, events that go out."""

import ujson
import uos
from _interrupts import run
from _signals import begin, libc, watch

SETTINGS = ujson.loads(uos.getenv("MICROS_BOARD"))

_MSG_PEEK, _MSG_TRUNC, _MSG_DONTWAIT = 2, 0x20, 0x40
_PR_SET_PDEATHSIG, _SIGKILL = 1, 9
_MOST = 32  # commands at a time; then the program has its turn
_HOPELESS = 100_000  # failures to send, or looks for an answer, one after the other
_LITTLE = 10_000  # looks, 100 µs apart: what was just dropped may be the answer

exit_now = libc.func("v", "_exit", "i")
_receive = libc.func("i", "recv", "ipii")
_send = libc.func("i", "send", "ipii")
_sleep = libc.func("i", "usleep", "i")
_socket = SETTINGS["link"]
_handlers = {}
_taken = 0
_left = 0  # looks for an answer


def on(kind, handler):
    """Have `handler(*values)` called for commands of this kind."""
    _handlers[kind] = handler


def tell(*event):
    """Send an event; waits while the supervisor is busy, so that none is lost."""
    data, failures = ujson.dumps(event).encode(), 0
    while _send(_socket, data, len(data), 0) < 0:  # a signal came in between
        failures += 1
        if failures > _HOPELESS:  # the supervisor was killed before listen()
            exit_now(1)


def _drain():
    """Take the commands that have arrived; each is an interrupt of its own."""
    global _taken, _left
    before = _taken
    try:
        for _ in range(_MOST):
            size = _receive(_socket, None, 0, _MSG_PEEK | _MSG_TRUNC | _MSG_DONTWAIT)
            if size <= 0:
                break
            _taken += 1
            try:
                buffer = bytearray(size)
            except MemoryError:  # it is not to come again and again
                _receive(_socket, None, 0, _MSG_DONTWAIT)
                _left = min(_left, _LITTLE)
                raise
            _receive(_socket, buffer, size, _MSG_DONTWAIT)
            kind, *values = ujson.loads(buffer)
            handler = _handlers.get(kind)
            if handler:
                handler(*values)
                run()
    finally:
        if _taken != before:
            tell("taken", _taken)


def ask(*event):
    """Send an event and wait for the command that answers it; only before listen()."""
    answered = []
    on(event[0], answered.append)
    tell(*event)
    while not answered:
        _receive(_socket, None, 0, _MSG_PEEK)
        _drain()
    return answered[0]


def fetch(*event):
    """Send an event and wait for the command that answers it; not for an interrupt handler.

    None where none comes: for want of memory it may have been dropped.
    """
    global _left
    _left, answered = _HOPELESS, []
    on(event[0], answered.append)
    tell(*event)
    while not answered and _left > 0:
        _left -= 1
        _sleep(100)  # µs; the answer comes as an interrupt
    return answered[0] if answered else None


def listen():
    """Begin to take commands, and die with the supervisor."""
    libc.func("i", "prctl", "iiiii")(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    watch(_drain)
    begin(_socket)

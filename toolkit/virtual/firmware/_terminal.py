"""The serial console from the board's side: bytes in, text and raw bytes out, Ctrl-C.

Ctrl-C comes twice: first as SIGINT, then as the byte 3 among the others. While a program runs the
signal interrupts it and the byte that follows is dropped; while the prompt reads, the byte counts.
A signal between the two, when a program is just about to run, is remembered for it.
"""

import select

import uio
import usys
from _link import exit_now
from _signals import interruptible, was_struck

CTRL_C = 3
_BYTE_FOLLOWS_MS = 50
_RAW = b"\x00\x1bR"
_GONE = 47

_byte = bytearray(1)
_stream = usys.stdin.buffer
_pushed = []
_poll = select.plain()
_poll.register(usys.stdin, select.POLLIN)


def write(text):
    """Text; the supervisor makes CR LF of every line end, as the firmware does."""
    usys.stdout.write(text)


def write_raw(data):
    """Bytes that must arrive as they are: marked, so that they are told from text."""
    for start in range(0, len(data), 255):
        part = data[start : start + 255]
        usys.stdout.buffer.write(_RAW + bytes((len(part),)) + part)


def read():
    """The next byte; interrupts and timers go on while it is awaited."""
    if _pushed:
        return _pushed.pop(0)
    while not _poll.poll(-1):
        pass
    return _read_now()


def _read_now():
    if not _stream.readinto(_byte):
        exit_now(_GONE)
    if _byte[0] == CTRL_C:
        was_struck()
    return _byte[0]


def interrupts(on):
    """Whether Ctrl-C raises KeyboardInterrupt."""
    interruptible(on)
    if on and was_struck():
        raise KeyboardInterrupt


def drop_interrupt_byte():
    """After a KeyboardInterrupt: the byte that came with the signal has had its effect."""
    interrupts(False)
    if not _pushed and _poll.poll(_BYTE_FOLLOWS_MS):
        byte = _read_now()
        if byte != CTRL_C:
            _pushed.append(byte)


def report(error):
    """Print a traceback without the frames of this stand-in."""
    text = uio.StringIO()
    usys.print_exception(error, text)
    for line in text.getvalue().split("\n"):
        if line and 'File "./' not in line:
            write(line + "\n")


class _Output(uio.IOBase):
    """`sys.stdout`: text is cooked, what goes through `.buffer` is not."""

    class _Buffer(uio.IOBase):
        def write(self, data, *bounds):
            data = bytes(data if not isinstance(data, str) else data.encode())
            if bounds:
                start, size = (0, bounds[0]) if len(bounds) == 1 else bounds
                data = data[start : start + size]
            write_raw(data)
            return len(data)

    buffer = _Buffer()

    def write(self, text):
        return usys.stdout.write(text)

    def ioctl(self, request, argument):
        return argument & select.POLLOUT if request == 3 else 0


output = _Output()

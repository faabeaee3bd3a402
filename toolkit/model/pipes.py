"""A program's own streams: a reader who has left (`… | head`) is no fault, nor is a closed one."""

import os
import select
import signal
import stat
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Thread, main_thread
from types import FrameType
from typing import TextIO

_AGAIN = 2000  # ms after which the main thread is told once more
READER_LEFT = 141  # what shells tell of a program that SIGPIPE has ended


class Unread(SystemExit):
    """Nobody reads what we print."""


def told(work: Callable[[], int]) -> int:
    """Do the work of a program; its exit code, READER_LEFT where nobody reads what it prints.

    A BrokenPipeError of anything else, such as a socket or a child process, comes out again.
    """
    _complete()
    try:
        try:
            return work()
        finally:
            sys.stdout.flush()  # here, not after everything, where nobody catches it
            sys.stderr.flush()
    except (BrokenPipeError, Unread):
        left = unread()
        if not left:
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in left:
            os.dup2(nowhere, stream.fileno())
        return READER_LEFT


@contextmanager
def ended_when_unread() -> Generator[None]:
    """What goes on and on ends when the reader leaves (`… | head`), not only when it prints next.

    Only for the main thread: there `Unread` is raised, wherever it stands.
    """
    output = _pipe(sys.stdout)
    if output is None:
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        if _broken(output, 0):  # and not a socket of ours
            raise Unread(READER_LEFT)

    over, done = os.pipe()
    before = signal.signal(signal.SIGPIPE, end)
    watch = Thread(target=_tell_the_end, args=(output, over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        os.close(done)
        watch.join()
        os.close(over)
        signal.signal(signal.SIGPIPE, before)


def _tell_the_end(output: int, over: int) -> None:
    """Tell the main thread once nobody reads what is printed, until all is over.

    More than once: what is raised while Python cleans up behind an object is lost.
    """
    ended = select.poll()
    ended.register(over, select.POLLIN)
    while _broken(output, None, over):
        signal.pthread_kill(main_thread().ident or 0, signal.SIGPIPE)
        if ended.poll(_AGAIN):
            return


def _pipe(stream: TextIO) -> int | None:
    """Its number where it is a pipe whose end can be waited for."""
    if not hasattr(signal, "SIGPIPE") or not hasattr(select, "poll"):  # a Windows
        return None
    try:
        number = stream.fileno()
        mode = os.fstat(number).st_mode
    except (OSError, ValueError):  # a stream without a file
        return None
    return number if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None


def _broken(output: int, wait: float | None, over: int | None = None) -> bool:
    """Whether a pipe has lost its reader; None waits for that, or for the end of `over`."""
    poll = select.poll()
    poll.register(output, 0)
    if over is not None:
        poll.register(over, select.POLLIN)
    return any(which == output and event & select.POLLERR for which, event in poll.poll(wait))


def _complete() -> None:
    """Streams that are closed (`>&-`) lead nowhere, before a file gets the number of one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 - as long as we run
            setattr(sys, name, nowhere)


def unread() -> list[TextIO]:
    """Those of our own two streams that nobody reads any more."""
    return [stream for stream in (sys.stdout, sys.stderr) if _left(stream)]


def _left(stream: TextIO) -> bool:
    try:
        stream.flush()  # what could not be written is mostly still held back …
        if hasattr(select, "poll"):  # … but not a text larger than the buffer
            return _broken(stream.fileno(), 0)
    except BrokenPipeError:
        return True
    except (OSError, ValueError):  # a stream without a file
        return False
    return False

"""A program's own streams: a reader who has left (`… | head`) is no fault, nor is a closed one."""

import os
import select
import sys
from collections.abc import Callable
from typing import TextIO

READER_LEFT = 141  # what shells tell of a program that SIGPIPE has ended


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
    except BrokenPipeError:
        left = unread()
        if not left:
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in left:
            os.dup2(nowhere, stream.fileno())
        return READER_LEFT


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
            poll = select.poll()
            poll.register(stream.fileno(), 0)
            return any(event & select.POLLERR for _, event in poll.poll(0))
    except BrokenPipeError:
        return True
    except (OSError, ValueError):  # a stream without a file
        return False
    return False

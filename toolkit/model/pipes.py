"""What is printed into a pipe whose reader has left (`… | head`): no fault, a quiet end."""

import os
import sys
from collections.abc import Callable

READER_LEFT = 141  # what shells tell of a program that SIGPIPE has ended


def told(work: Callable[[], int]) -> int:
    """Do the work of a program; its exit code, READER_LEFT where nobody reads what it prints."""
    try:
        try:
            return work()
        finally:
            sys.stdout.flush()  # here, not after everything, where nobody catches it
            sys.stderr.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BrokenPipeError:
                os.dup2(nowhere, stream.fileno())
        return READER_LEFT

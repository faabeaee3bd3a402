"""A moment in which no signal may fall, because what it would end is not known to anybody yet."""

import signal
from collections.abc import Generator
from contextlib import contextmanager

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def undisturbed() -> Generator[None]:
    """Ctrl-C and its like wait until this is over; processes that are born meanwhile have none."""
    if not hasattr(signal, "pthread_sigmask"):
        yield  # a Windows
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, it) for it in _NAMES})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

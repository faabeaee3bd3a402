"""A moment in which no signal may fall, because what it would end is not known to anybody yet."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def undisturbed() -> Generator[None]:
    """Ctrl-C and its like wait until this is over; processes that are born meanwhile have none.

    The mask is this thread's alone: what another one gets meanwhile is handled by the main thread,
    and waits there.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield  # a Windows
        return
    numbers = {getattr(signal, it) for it in _NAMES}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    late: list[int] = []
    try:
        with _later(numbers, late):
            yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number in late[:1]:
            signal.raise_signal(number)


@contextmanager
def _later(numbers: set[signal.Signals], late: list[int]) -> Generator[None]:
    """Only note signals; where somebody has asked for their being ignored that stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = {it: signal.getsignal(it) for it in numbers}
    heard = {it: handler for it, handler in heard.items() if callable(handler)}
    for it in heard:
        signal.signal(it, lambda number, _: late.append(number))
    try:
        yield
    finally:
        for it, handler in heard.items():
            signal.signal(it, handler)

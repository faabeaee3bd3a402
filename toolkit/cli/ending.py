"""Prompts that are ended from outside leave the terminal as it was.

The handler of a signal raises where the program stands. In the middle of drawing that leaves half a
prompt behind, so a prompt on the screen takes the signal as one more key.
"""

import asyncio
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

from prompt_toolkit.application import Application

_SIGNALLED = 128  # and the number of the signal, as shells have it


@contextmanager
def in_order(application: Application[Any]) -> Generator[Callable[[], None]]:
    """What a prompt is to run first; SIGTERM then ends it, and raises SystemExit where it ran."""
    before = signal.getsignal(signal.SIGTERM)

    def leave() -> None:
        if application.future and not application.future.done():
            application.exit(exception=SystemExit(_SIGNALLED + signal.SIGTERM))

    def first() -> None:
        with suppress(NotImplementedError):  # a Windows has no such signal
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave)

    try:
        yield first
    finally:
        signal.signal(signal.SIGTERM, before)

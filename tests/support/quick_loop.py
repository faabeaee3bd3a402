"""An event loop whose clock jumps ahead while nothing happens: waits of minutes take no time."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Hasty(selectors.DefaultSelector):
    """Waits for nothing that a timer is set for."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self.ahead += max(timeout, 0)
        return ready


class QuickLoop(asyncio.SelectorEventLoop):
    """The usual loop with that clock."""

    def __init__(self) -> None:
        self._hasty = _Hasty()
        super().__init__(self._hasty)

    def time(self) -> float:
        return super().time() + self._hasty.ahead

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """Do the work at once: the clock would run away while a thread does it."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the caller's
            done.set_exception(error)
        return done


def quickly(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it to its end on a loop of that kind."""
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        return runner.run(work)

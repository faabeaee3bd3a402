"""`select` on the board's clock: waiting lets board time pass, whatever clock that is."""

import time

import uselect
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT  # noqa: F401


class _VirtualPoll:
    """A poll whose timeouts are board time."""

    def __init__(self):
        self._poll = uselect.poll()
        self.modify = self._poll.modify
        self.register = self._poll.register
        self.unregister = self._poll.unregister
        self._wake = None
        if time._stepped:
            self._wake = open(time._wake_pipe[0], "rb")
            self._poll.register(self._wake, POLLIN)

    def _ready(self, milliseconds):
        found = self._poll.poll(milliseconds)
        for event in found:
            if event[0] is self._wake:
                time._drain_wake(None)
                return [e for e in found if e[0] is not self._wake]
        return found

    def poll(self, timeout=-1):
        if timeout is None:
            timeout = -1
        if time._stepped:
            return time._wait(timeout * 1000, self._ready) or []
        if timeout > 0:
            timeout = max(timeout // time._speed, 1)
        return self._poll.poll(timeout)

    def ipoll(self, timeout=-1, _flags=0):
        return iter(self.poll(timeout))


poll = uselect.poll if time._mode == "real" else _VirtualPoll


def select(readers, writers, _errors, timeout=None):
    """The older call, for programs that still use it."""
    poller = poll()
    for stream in readers:
        poller.register(stream, POLLIN)
    for stream in writers:
        poller.register(stream, POLLOUT)
    events = poller.poll(-1 if timeout is None else int(timeout * 1000))
    return (
        [stream for stream, event in events if event & ~POLLOUT],
        [stream for stream, event in events if event & POLLOUT],
        [],
    )

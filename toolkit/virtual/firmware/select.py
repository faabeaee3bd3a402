"""`select` on the board's clock: waiting lets board time pass, whatever clock that is."""

import time

import uselect
from _link import SETTINGS
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT  # noqa: F401


def _roomy():
    """A poll of the interpreter's own, with room for all sockets of the board from the beginning.

    MicroPython 1.25 crashes when its list grows while an object waits that is no file of the
    system, such as a flag of asyncio: it moves a pointer that is none. What has once grown stays.
    """
    found = uselect.poll()
    for number in range(SETTINGS["sockets"] + 1):  # and what wakes us
        found.register(number)
    for number in range(SETTINGS["sockets"] + 1):
        found.unregister(number)
    return found


class _VirtualPoll:
    """A poll whose timeouts are board time."""

    def __init__(self, poll):
        self._poll = poll
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


_spare = [_roomy()]  # for the program's asyncio: a board has it in memory of the firmware's own


def poll():
    return plain(_spare.pop() if _spare else _roomy())


def plain(found=None):
    """One without that room, for few things that are all files of the system."""
    found = found or uselect.poll()
    return found if time._mode == "real" else _VirtualPoll(found)


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

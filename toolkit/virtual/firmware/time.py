"""`time` as the firmware has it: epoch 2000, whole seconds, ticks of 30 bits, a settable clock.

The board's clock can be virtual. *Speed*: it runs K times as fast. *Frozen*: it stands, and moves
on only by an allowance the supervisor grants. *Jump*: the allowance is endless. While the program
waits, a frozen or jumping clock steps to whatever is due next, so nothing is skipped.
"""

import ustruct
import utime
from _link import SETTINGS, libc, on, tell

_EPOCH = 946684800
_TICKS = (1 << 30) - 1
_ENDLESS = 1 << 60
_SPINS = 200  # so many looks at a standing clock count as a millisecond of waiting

_mode, _speed = SETTINGS["clock"]
_stepped = _mode in ("frozen", "jump")
_allowance = _ENDLESS if _mode == "jump" else 0
_started = utime.time_ns() // 1000
_moved = 0
_spins = 0
_owed = False
_rtc = SETTINGS["epoch"]  # µs since 2000 when the board's ticks were 0
_report_rtc = False
_wake_pipe = None


def _now():
    if _stepped:
        return _moved
    return (utime.time_ns() // 1000 - _started) * _speed


def _set(microseconds):
    global _rtc
    _rtc = microseconds - _now()
    tell("epoch", _rtc)


def time():
    return (_rtc + _now()) // 1000000


def time_ns():
    return (_rtc + _now()) * 1000


def gmtime(seconds=None):
    return utime.gmtime((time() if seconds is None else int(seconds)) + _EPOCH)[:8]


localtime = gmtime


def mktime(moment):
    """Seconds of a date; a board has no time zone, so neither the host's may come in."""
    year, month, day, hour, minute, second = moment[:6]
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    year -= month <= 2
    days = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days += year * 365 + year // 4 - year // 100 + year // 400 - 719468
    return days * 86400 + hour * 3600 + minute * 60 + second - _EPOCH


def _looked():
    """A program that only watches a standing clock must see it move, if it may."""
    global _spins, _moved, _allowance
    _spins += 1
    if _spins >= _SPINS:
        _spins = 0
        if _allowance > 0:
            _step(1000)


def _step(most):
    """Move to the next thing due, at most by `most` and the allowance."""
    global _moved, _allowance
    due = _alarms.next_due()
    if due is not None:
        most = min(most, max(due - _moved, 0))
    most = min(most, _allowance)
    _moved += most
    _allowance -= most
    _alarms.fire_due()
    return most


def _wait(microseconds, ready):
    """Let board time pass until `ready(real ms)` answers something; below 0 is without end."""
    global _owed, _spins
    _spins = 0
    end = _now() + microseconds if microseconds >= 0 else None
    while True:
        found = ready(1 if _mode == "jump" else 0)
        if found or (end is not None and _now() >= end):
            return found
        idle = end is None and _alarms.next_due() is None
        if _allowance > 0 and not (idle and _mode == "jump"):
            _step(_ENDLESS if end is None else end - _now())
        else:
            if _owed and not _allowance:
                _owed = False
                tell("settled")
            found = ready(-1)
            if found:
                return found


def _granted(microseconds):
    global _allowance, _owed
    _allowance += microseconds
    _owed = True
    _write(_wake_pipe[1], b"!", 1)


def _drain_wake(_):
    return _read(_wake_pipe[0], bytearray(64), 64)


def sleep_us(microseconds):
    if _stepped:
        _wait(microseconds, _sleeper)
    else:
        utime.sleep_us(microseconds // _speed)


def sleep_ms(milliseconds):
    sleep_us(milliseconds * 1000)


def sleep(seconds):
    sleep_us(int(seconds * 1000000))


if _mode == "real":
    # The interpreter's own, for speed: asyncio's queue in C uses the same clock.
    from utime import (  # noqa: F401  # noqa: F401
        sleep,
        sleep_ms,
        sleep_us,
        ticks_add,
        ticks_cpu,
        ticks_diff,
        ticks_ms,
        ticks_us,
    )
else:

    def ticks_us():
        if _stepped:
            _looked()
        return _now() & _TICKS

    def ticks_ms():
        if _stepped:
            _looked()
        return _now() // 1000 & _TICKS

    ticks_cpu = ticks_us

    def ticks_add(ticks, delta):
        return (ticks + delta) & _TICKS

    def ticks_diff(end, start):
        half = (_TICKS + 1) // 2
        return ((end - start + half) & _TICKS) - half


def _sleeper(milliseconds):
    """Nothing can cut a sleep short; a grant only lets it look at the clock again."""
    if milliseconds < 0:
        _wake_poll.poll()
        _drain_wake(None)
    return


def _begin():
    """Once the other parts are there."""
    global _alarms, _wake_pipe, _wake_poll, _read, _write
    import _alarms

    if _stepped:
        import uselect

        ends = bytearray(8)
        libc.func("i", "pipe", "p")(ends)
        _wake_pipe = ustruct.unpack("ii", ends)
        _read = libc.func("i", "read", "ipi")
        _write = libc.func("i", "write", "ipi")
        _wake_poll = uselect.poll()
        _wake_poll.register(open(_wake_pipe[0], "rb"), uselect.POLLIN)
        on("advance", _granted)
        import _held  # noqa: F401


def _patch_asyncio():
    """asyncio's queue in C stamps with the interpreter's clock; hand it the board's instead."""
    import asyncio.core as core

    import _tasks

    core.Task, core.TaskQueue = _tasks.Task, _tasks.TaskQueue
    core._task_queue = _tasks.TaskQueue()

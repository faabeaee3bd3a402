"""Timers and the watchdog: what happens at a given time, whoever is running then."""

import time

import ustruct
from _interrupts import offer, run
from _link import exit_now, libc, tell
from _watch import watch

_SIGALRM = 14
_MONOTONIC = 1
_AT_ONCE = ustruct.pack("llll", 0, 0, 0, 1)
_SOONEST = 200  # µs: the program has its turn meanwhile
_timer = libc.func("i", "timerfd_create", "ii")(_MONOTONIC, 0)  # behind all of the board's
_set_timer = libc.func("i", "timerfd_settime", "iipp")
_set_watchdog = libc.func("i", "setitimer", "ipp")
_raise = libc.func("i", "raise", "i")
_pending = []
_watchdog_due = None


def add(timer):
    """`timer` has .due (µs of board time), .period (µs, 0 = once), .callback."""
    if timer not in _pending:
        _pending.append(timer)
    _changed()


def remove(timer):
    if timer in _pending:
        _pending.remove(timer)
        _changed()


def _changed():
    tell("timers", [[t.id, t.period // 1000, t.callback is not None] for t in _pending])
    if not time._stepped:
        _set_timer(_timer, 0, _AT_ONCE, None)  # `_fire` alone knows what comes next


def next_due():
    """Board time of the next thing that happens by itself, or None."""
    due = [t.due for t in _pending]
    if _watchdog_due is not None:
        due.append(_watchdog_due)
    return min(due) if due else None


def fire_due():
    """Let everything happen that is due now (for clocks that do not run by themselves)."""
    if _watchdog_due is not None and time._now() >= _watchdog_due:
        _raise(_SIGALRM)
    _fire()
    run()


def _fire():
    now = time._now()
    for timer in list(_pending):
        if timer.due > now:
            continue
        if timer.period:
            timer.due += timer.period * max(1, (now - timer.due) // timer.period)
        else:
            _pending.remove(timer)
        if timer.callback:
            offer(timer.callback, timer)
    if not time._stepped:
        _arm()


def _arm():
    wait = 0  # none
    if _pending:
        wait = max((min(t.due for t in _pending) - time._now()) // time._speed, _SOONEST)
    seconds, micros = divmod(wait, 1000000)
    _set_timer(_timer, 0, ustruct.pack("llll", 0, 0, seconds, micros * 1000), None)


def soft_reset(code):
    """End the program; the supervisor hands on what is left of a watchdog, which goes on."""
    if _watchdog_due is not None:
        tell("watchdog", max((_watchdog_due - time._now()) // 1000, 1))
    exit_now(code)


def feed(milliseconds):
    """(Re)start the watchdog. SIGALRM is not handled, so nothing the program does survives it."""
    global _watchdog_due
    _watchdog_due = time._now() + milliseconds * 1000
    if not time._stepped:
        seconds, rest = divmod(max(milliseconds // time._speed, 1), 1000)
        _set_watchdog(0, ustruct.pack("llll", 0, 0, seconds, rest * 1000), None)


if not time._stepped:
    watch(_timer, _fire)

"""Timers and the watchdog: what happens at a given time, whoever is running then."""

import time

import ustruct
from _interrupts import offer, run
from _link import exit_now, libc, tell
from _signals import come_again, interrupt, watch

_SIGALRM = 14
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
        interrupt()  # `_fire` alone says when the next one comes


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
    run()
    if not time._stepped:
        wait = 0
        if _pending:
            wait = max((min(t.due for t in _pending) - time._now()) // time._speed, 1)
        come_again(wait)


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
    watch(_fire)

"""Relay: what is switched rests for its least times; by hand it stays as a person wants it.

Examples:
    relay times 60 300    # on for a minute at least, off for five
    relay on
    relay by_hand 0
    relay auto
    relay status
"""

import asyncio

import lm

PIN = "relay_0"
LONGEST = 86400  # seconds

_contact = None
_ready = False
_since = 0  # uptime of the last change; a start counts as one
_kept = {"wanted": 0, "by_hand": None, "least": [0, 0]}  # least seconds off, on
_due = False  # a task waits for the time to switch


def load() -> dict:
    """Prepare the relay; it goes on as before, as soon as its least time off has passed."""
    global _contact, _since, _ready
    if not _ready:
        _kept.update(lm.keep(__name__))
        _contact = lm.pin(PIN, __name__)
        _since = lm.node.clock.uptime()
        _settle()
        _ready = True  # last: what memory was short for is done by the next call
    return status()


def on() -> dict:
    """Want it on: it switches once its least time off has passed, unless it is held by hand."""
    return _want(1)


def off() -> dict:
    """Want it off: it switches once its least time on has passed, unless it is held by hand."""
    return _want(0)


def toggle() -> dict:
    """Want the opposite of what was wanted last."""
    load()
    return _want(1 - _kept["wanted"])


def want(state: int) -> dict:
    """Want it on (1) or off (0), as `on` and `off`; a chain may end with it."""
    if state not in (0, 1):
        raise lm.CommandError("want: expected 0 or 1, got %r" % state)
    return _want(int(state))


def by_hand(state: int) -> dict:
    """Hold it on (1) or off (0) by hand, whatever is wanted, until `auto`; least times hold."""
    if state not in (0, 1):
        raise lm.CommandError("by_hand: expected 0 or 1, got %r" % state)
    return _want(None, int(state))


def auto() -> dict:
    """Let go of it by hand: it does what is wanted."""
    return _want()


def times(least_on: int, least_off: int) -> dict:
    """Say how many seconds it stays on, and off, at least."""
    for seconds in (least_on, least_off):
        if not isinstance(seconds, int) or not 0 <= seconds <= LONGEST:
            raise lm.CommandError("times: expected 0 to %d seconds, got %r" % (LONGEST, seconds))
    load()
    _kept["least"] = [least_off, least_on]
    return _want(None, _kept["by_hand"])


def _want(state=None, hand=None):
    load()
    if state is None:
        _kept["by_hand"] = hand
    else:
        _kept["wanted"] = state
    _settle()
    lm.keep(__name__, _kept, {PIN: _goal()})
    return status()


def _goal():
    return _kept["wanted"] if _kept["by_hand"] is None else _kept["by_hand"]


def _left():
    """Return the seconds that it must stay as it is; uptime is in whole ones: one more."""
    least = _kept["least"][_contact.value()]
    return max(least + 1 - (lm.node.clock.uptime() - _since), 0) if least else 0


def _settle():
    """Switch now, or see to it that it is switched when its least time has passed."""
    global _since, _due
    if _contact.value() == _goal():
        return
    if not _left():
        _contact.value(_goal())
        _since = lm.node.clock.uptime()
    elif not _due:
        lm.task("relay", _afterwards)
        _due = True


async def _afterwards():
    global _due
    try:
        while _contact.value() != _goal() and _left():
            await asyncio.sleep_ms(500)
    finally:
        _due = False
    _settle()


def status() -> dict:
    """Tell whether it is on, what is wanted, who holds it, and the seconds until it switches."""
    if not _ready:
        _kept.update(lm.keep(__name__))
    state = _contact.value() if _contact else 0
    wait = _left() if _contact and state != _goal() else 0
    hand = _kept["by_hand"] is not None
    return {"state": state, "wanted": _kept["wanted"], "by_hand": hand, "wait": wait}


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)

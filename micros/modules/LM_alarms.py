"""Alarms: what is wrong, whether somebody knows it, and what has gone by itself; by name.

Examples:
    alarms state door 1
    alarms show
    alarms acknowledge door
    alarms state door 0
"""

import lm

MOST = 16  # on the list
MODES = ("cleared", "gone", "raised", "acknowledged")  # by active × 2 + noted

_alarms = []  # the oldest first
_dropped = 0  # for which there was no room


class _Alarm:
    """One alarm: it leaves the list once it is over and somebody knows of it."""

    active = noted = False
    times = 0

    def __init__(self, name):
        self.name = name

    def mode(self):
        """What it is now."""
        return MODES[self.active * 2 + self.noted]


def state(name: str, active: int) -> str:
    """Raise an alarm (1) or clear it (0); it is logged when that is new."""
    if active not in (0, 1) or len(str(name)) > 24:
        said = "alarm: expected a name of 24 characters and 0 or 1, got %.30r and %.40r"
        raise lm.CommandError(said % (name, active))
    it = _found(str(name))
    if not it and not active:
        return "gone"
    it = it or _listed(str(name))
    if active != it.active:
        it.active, it.at = bool(active), lm.node.clock.uptime()
        if active:
            it.times = it.times + 1
        lm.log.warn("alarm %s: %s" % (it.name, it.mode()))
        _tidy()
    return it.mode()


def _found(name):
    for it in _alarms:
        if it.name == name:
            return it
    return None


def _listed(name):
    """Put a new one on the list; one that is over makes room, one that lasts does not."""
    global _dropped
    if len(_alarms) >= MOST:
        _dropped = _dropped + 1
        over = [it for it in _alarms if not it.active]
        if not over:
            said = "alarm %s: expected at most %d at a time, all of them last"
            raise lm.CommandError(said % (name, MOST))
        _alarms.remove(over[0])
    _alarms.append(_Alarm(name))
    return _alarms[-1]


def _tidy():
    _alarms[:] = [it for it in _alarms if it.mode() != "gone"]


def acknowledge(name: str = "") -> list:
    """Note that somebody knows of an alarm, or of all; what is over leaves the list."""
    if name != "" and not _found(str(name)):
        raise lm.CommandError("alarm: expected one of the list, got %.30r" % (name,))
    for it in _alarms:
        it.noted = it.noted or name in ("", it.name) or str(name) == it.name
    _tidy()
    return show()


def show() -> list:
    """Tell all alarms, the oldest first: what they are, for how long, how often they came."""
    now = lm.node.clock.uptime()
    said = "%s: %s for %d s, times: %d"
    return [said % (it.name, it.mode(), now - it.at, it.times) for it in _alarms]


def load() -> dict:
    """Prepare nothing: the list begins empty at each start."""
    return status()


def status() -> dict:
    """Count the alarms of each kind, and those that were dropped."""
    modes = [it.mode() for it in _alarms]
    told = {mode: modes.count(mode) for mode in MODES if mode != "gone"}
    told["dropped"] = _dropped
    return told


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}

"""Dimmer: one PWM output from 0 to 1000.

Examples:
    dimmer set_value 400
    dimmer set_value 1000 ms=3000    # to full, in three seconds
    dimmer toggle ms=500
    dimmer off
"""

import lm

PIN = "dimmer_0"
FULL = 1000

_outputs = []
_player = None
_ready = False
_kept = {"value": FULL, "on": False}  # what `on` shows, and whether it does


def load() -> dict:
    """Prepare the output; it shows again what it last showed."""
    global _player, _ready
    if not _ready:
        _kept.update(lm.keep(__name__))
        _outputs[:] = [lm.pwm(PIN, __name__)]
        _player = lm.player(__name__)
        _show(_kept["on"], 0)
        _ready = True  # last: what memory was short for is done by the next call
    return status()


def set_value(value: int, ms: int = 0) -> dict:
    """Show 0 to 1000, within ms; 0 is off."""
    if value.__class__ is not int or not 0 <= value <= FULL:
        raise lm.CommandError("value: expected 0 to %d, got %r" % (FULL, value))
    load()
    return _show(value > 0, ms, value or _kept["value"])


def on(ms: int = 0) -> dict:
    """Show the last value, within ms."""
    load()
    return _show(True, ms)


def off(ms: int = 0) -> dict:
    """Go dark, within ms; the value is remembered."""
    load()
    return _show(False, ms)


def toggle(ms: int = 0) -> dict:
    """Switch over between the value and dark, within ms."""
    load()
    return _show(not _kept["on"], ms)


def dimmer_cache_load_n_init(cache: bool | None = None) -> dict:  # noqa: ARG001 - as it was
    """Do what `load` does: its name of v0.4."""
    return load()


def _show(lit, ms, value=None):
    value = value or _kept["value"]
    _player.fade(_outputs, [value * 65535 // FULL if lit else 0], ms)
    _kept.update({"value": value, "on": lit})
    lm.keep(__name__, _kept, {PIN: int(lit)})
    return status()


def status() -> dict:
    """Tell the value, whether it shows, and whether it is changing."""
    if not _ready:
        _kept.update(lm.keep(__name__))  # which nothing shows before it is loaded
    changing = _player is not None and _player.busy()
    return dict(_kept, on=_ready and _kept["on"], changing=changing)


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)

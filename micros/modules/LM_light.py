"""Light: red, green and blue on three PWM outputs, each from 0 to 1000.

Examples:
    light rgb 1000 200 0
    light brightness 50
    light rgb b=300    # the others stay
    light rgb 0 0 1000 ms=3000    # to blue, in three seconds
    light toggle && 500
    light off
"""

import lm

PINS = ("pwm_0", "pwm_1", "pwm_2")
FULL = 1000

_outputs = []
_player = None  # from the first change on that takes time
_colour = [FULL, FULL, FULL]  # what `on` shows
_level = 100
_lit = False


def load() -> dict:
    """Prepare the outputs; the light shows again what it last showed."""
    if not _outputs:
        kept = lm.keep(__name__)
        _outputs[:] = lm.group(lambda: [lm.pwm(name, __name__) for name in PINS])
        if kept:
            _show(kept["on"], 0, kept["colour"], kept["level"])
    return status()


def _show(lit, ms, colour=None, level=None):
    global _level, _lit, _player
    load()
    level = level or _level
    parts = colour or _colour
    goals = [part * level * 65535 // (FULL * 100) if lit else 0 for part in parts]
    if ms and _player is None:
        _player = lm.player(__name__)  # its memory is not needed before
    if _player:
        _player.fade(_outputs, goals, ms)  # which may refuse: nothing has changed yet
    else:
        for output, goal in zip(_outputs, goals):
            output.duty_u16(goal)
    _colour[:] = parts
    _level, _lit = level, lit
    levels = {name: int(lit and part > 0) for name, part in zip(PINS, parts)}
    lm.keep(__name__, {"colour": _colour, "level": _level, "on": lit}, levels)
    return status()


def rgb(r: int | None = None, g: int | None = None, b: int | None = None, ms: int = 0) -> dict:
    """Show a colour, each part 0 to 1000, within ms; a part not given stays. All 0 is off."""
    given = ("r", r), ("g", g), ("b", b)
    for name, value in given:
        if value is not None and not (isinstance(value, int) and 0 <= value <= FULL):
            raise lm.CommandError("%s: expected 0 to %d, got %r" % (name, FULL, value))
    load()
    parts = []
    for old, (_, value) in zip(_colour, given):
        parts.append(old if value is None else value)
    return _show(True, ms, parts) if any(parts) else _show(False, ms)


def brightness(percent: int, ms: int = 0) -> dict:
    """Show the colour at 1 to 100 percent of its brightness, within ms."""
    if not isinstance(percent, int) or not 1 <= percent <= 100:
        raise lm.CommandError("brightness: expected 1 to 100, got %r" % percent)
    return _show(True, ms, None, percent)


def on(ms: int = 0) -> dict:
    """Show the colour, within ms."""
    return _show(True, ms)


def off(ms: int = 0) -> dict:
    """Go dark, within ms; the colour is remembered."""
    return _show(False, ms)


def toggle(ms: int = 0) -> dict:
    """Switch over between the colour and dark, within ms."""
    load()
    return _show(not _lit, ms)


def rgb_cache_load_n_init(cache: bool | None = None) -> dict:  # noqa: ARG001 - as it was
    """Do what `load` does: its name of v0.4."""
    return load()


def status() -> dict:
    """Tell the colour, its brightness and whether it shows."""
    global _level
    kept = None if _outputs else lm.keep(__name__)
    if kept:  # which nothing shows before it is loaded
        _colour[:] = kept["colour"]
        _level = kept["level"]
    r, g, b = _colour
    return {"on": _lit, "r": r, "g": g, "b": b, "brightness": _level}


def pinmap() -> dict:
    """Tell the pins of red, green and blue."""
    return lm.pinmap(*PINS)

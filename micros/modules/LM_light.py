"""Light: red, green and blue on three PWM outputs, each from 0 to 1000.

Examples:
    light rgb 1000 200 0
    light brightness 50
    light rgb b=300    # the others stay
    light toggle && 500
    light off
"""

import lm

PINS = ("pwm_0", "pwm_1", "pwm_2")
FULL = 1000

_outputs = []
_colour = [FULL, FULL, FULL]  # what `on` shows
_level = 100
_lit = False


def load() -> dict:
    """Prepare the outputs; the light shows again what it last showed."""
    if not _outputs:
        kept = _recall()
        for name in PINS:
            _outputs.append(lm.pwm(name, __name__))
        if kept:
            _show(kept["on"])
    return status()


def _recall():
    global _level
    kept = lm.keep(__name__)
    if kept:
        _colour[:] = kept["colour"]
        _level = kept["level"]
    return kept


def _show(lit):
    global _lit
    load()
    _lit = lit
    levels = {}
    for name, output, part in zip(PINS, _outputs, _colour):
        output.duty_u16(part * _level * 65535 // (FULL * 100) if lit else 0)
        levels[name] = int(lit and part > 0)
    lm.keep(__name__, {"colour": _colour, "level": _level, "on": lit}, levels)
    return status()


def rgb(r: int | None = None, g: int | None = None, b: int | None = None) -> dict:
    """Show a colour, each part 0 to 1000; a part that is not given stays. All 0 is off."""
    given = ("r", r), ("g", g), ("b", b)
    for name, value in given:
        if value is not None and not (isinstance(value, int) and 0 <= value <= FULL):
            raise lm.CommandError("%s: expected 0 to %d, got %r" % (name, FULL, value))
    load()
    parts = []
    for old, (_, value) in zip(_colour, given):
        parts.append(old if value is None else value)
    if any(parts):
        _colour[:] = parts
    return _show(any(parts))


def brightness(percent: int) -> dict:
    """Show the colour at 1 to 100 percent of its brightness."""
    global _level
    if not isinstance(percent, int) or not 1 <= percent <= 100:
        raise lm.CommandError("brightness: expected 1 to 100, got %r" % percent)
    load()
    _level = percent
    return _show(True)


def on() -> dict:
    """Show the colour."""
    return _show(True)


def off() -> dict:
    """Go dark; the colour is remembered."""
    return _show(False)


def toggle() -> dict:
    """Switch over between the colour and dark."""
    load()
    return _show(not _lit)


def rgb_cache_load_n_init(cache: bool | None = None) -> dict:  # noqa: ARG001 - as it was
    """Do what `load` does: its name of v0.4."""
    return load()


def status() -> dict:
    """Tell the colour, its brightness and whether it shows."""
    if not _outputs:
        _recall()  # what it will show; nothing does before it is loaded
    r, g, b = _colour
    return {"on": _lit, "r": r, "g": g, "b": b, "brightness": _level}


def pinmap() -> dict:
    """Tell the pins of red, green and blue."""
    return lm.pinmap(*PINS)

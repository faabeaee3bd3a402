"""NeoPixel: a strip of WS2812 or SK6812 lights, each part of a colour from 0 to 255.

Examples:
    neopixel load 60
    neopixel rgb 255 80 0 ms=2000    # to orange, in two seconds
    neopixel segment 0 0 0 255 through=9    # the first ten blue
    neopixel brightness 30
    neopixel off ms=500
"""

import time

import lm

PIN = "neopixel_0"
MOST = 300  # lights: written at once they hold the node for 9 ms
PIECE = 96  # bytes that are mixed before others have their turn
STEP = 20  # ms
LONGEST = 3600000  # ms

_strip = None
_player = None
_picture = b""  # the colours as they are on the wire, at full brightness
_kept = {"count": 24, "order": "grb", "colour": [100, 100, 100, 0], "level": 100, "on": False}


def load(count: int | None = None, order: str | None = None) -> dict:
    """Prepare 1 to 300 lights; they show again what they showed. order: grb, rgb or grbw."""
    global _strip
    if count is not None:
        _in_range("count", count, 1, MOST)
    if order is not None and "".join(sorted(str(order))) not in ("bgr", "bgrw"):
        raise lm.CommandError("order: expected the letters of rgb or rgbw, got %r" % order)
    if _strip is None:
        _kept.update(lm.keep(__name__))
    elif count or order:
        _play(None)
        _write(bytes(len(_picture)))  # none of the old ones stays lit
    if count or order or _strip is None:
        wanted = dict(_kept, count=count or _kept["count"], order=order or _kept["order"])
        _strip = lm.neopixel(PIN, __name__, wanted["count"], len(wanted["order"]))
        if wanted != _kept:
            _kept.update(wanted)
            lm.keep(__name__, _kept)
        _fill()
        _write(_scaled())
    return status()


def rgb(
    r: int | None = None,
    g: int | None = None,
    b: int | None = None,
    w: int | None = None,
    ms: int = 0,
) -> dict:
    """Show one colour on all lights, within ms; a part that is not given stays. All 0 is off."""
    for name, part in zip("rgbw", (r, g, b, w)):
        if part is not None:
            _in_range(name, part, 0, 255)
    load()
    parts = []
    for part, old in zip((r, g, b, w), _kept["colour"]):
        parts.append(old if part is None else part)
    if not any(parts):
        return _show(False, ms)
    _go_over(ms)
    _kept["colour"] = parts
    _fill()
    return _shown(True, ms)


def segment(
    s: int, r: int, g: int, b: int, w: int = 0, through: int | None = None, ms: int = 0
) -> dict:
    """Show a colour on light s (0 is the first), or from there through another; it is not kept."""
    load()
    count = _kept["count"]
    _in_range("s", s, 0, count - 1)
    through = s if through is None else through
    _in_range("through", through, s, count - 1)
    for name, part in zip("rgbw", (r, g, b, w)):
        _in_range(name, part, 0, 255)
    _go_over(ms)
    wire = _wire((r, g, b, w))
    if not _kept["on"]:
        _picture[:] = bytes(len(_picture))  # it was dark: only this is to be seen
    _picture[s * len(wire) : (through + 1) * len(wire)] = wire * (through + 1 - s)
    return _shown(True, ms)


def brightness(percent: int, ms: int = 0) -> dict:
    """Show the colours at 1 to 100 percent of their brightness, within ms."""
    _in_range("percent", percent, 1, 100)
    _go_over(ms)
    _kept["level"] = percent
    return _shown(True, ms)


def on(ms: int = 0) -> dict:
    """Show the colours, within ms; an effect ends."""
    return _show(True, ms)


def off(ms: int = 0) -> dict:
    """Go dark, within ms; the colours are remembered, an effect ends."""
    return _show(False, ms)


def toggle(ms: int = 0) -> dict:
    """Switch over between the colours and dark, within ms."""
    load()
    return _show(not _kept["on"], ms)


def neopixel(r: int | None = None, g: int | None = None, b: int | None = None) -> dict:
    """Do what `rgb` does: its name of v0.4."""
    return rgb(r, g, b)


def neopixel_cache_load_n_init(cache: bool | None = None) -> dict:  # noqa: ARG001 - as it was
    """Do what `load` does: its name of v0.4."""
    return load()


def _in_range(name, value, lowest, highest):
    """Refuse what is no number between two others."""
    if value.__class__ is not int or not lowest <= value <= highest:
        raise lm.CommandError("%s: expected %d to %d, got %r" % (name, lowest, highest, value))


def _wire(colour):
    """Return a colour as the bytes of one light."""
    return bytes([colour["rgbw".index(letter)] for letter in _kept["order"]])


def _fill():
    global _picture
    _picture = bytearray(_wire(_kept["colour"]) * _kept["count"])


def _scaled():
    """Return what the lights are to show, in the end."""
    if not _kept["on"]:
        return bytes(len(_picture))
    level = _kept["level"]
    return _picture if level == 100 else bytes([part * level // 100 for part in _picture])


def _lit(colour):
    """Return a colour as the bytes of one light, at the brightness of the strip."""
    return bytes([part * _kept["level"] // 100 for part in _wire(colour)])


def _effect(frames):
    """Show frames from now on, in the place of what was shown."""
    load()
    _play(frames)
    _kept["on"] = True
    return status()


def _play(frames):
    """Show these frames, and no others any more."""
    global _player
    if frames and _player is None:
        _player = lm.player(__name__)  # its memory is not needed before
    if _player:
        _player.play(frames)


def _write(data):
    _strip.buf[:] = data
    _strip.write()


def _show(lit, ms):
    _go_over(ms)
    return _shown(lit, ms)


def _go_over(ms):
    """Begin to go over to what is to be shown; it is changed after this, which may be refused."""
    _in_range("ms", ms, 0, LONGEST)
    load()
    _play(_mixing(ms) if ms else None)


def _shown(lit, ms):
    _kept["on"] = lit
    if not ms:
        _write(_scaled())
    lm.keep(__name__, _kept)
    return status()


def _mixing(ms):
    """Go from what is shown to what is to be shown; each step does a piece of the strip."""
    begun, done = time.ticks_ms(), 0
    before, goal, shown = bytes(_strip.buf), bytes(_scaled()), _strip.buf
    while done < 1000:
        passed = time.ticks_diff(time.ticks_ms(), begun)
        done = passed * 1000 // ms if passed < ms else 1000
        for at in range(len(goal)):
            shown[at] = before[at] + (goal[at] - before[at]) * done // 1000
            if at % PIECE == PIECE - 1:
                yield 0
        _strip.write()
        yield STEP


def status() -> dict:
    """Tell what is shown, how many lights there are, and whether they are changing."""
    if _strip is None:
        _kept.update(lm.keep(__name__))  # which nothing shows before it is loaded
    found = dict(_kept, on=_strip is not None and _kept["on"])
    r, g, b, w = found.pop("colour")
    found.update({"r": r, "g": g, "b": b, "w": w, "brightness": found.pop("level")})
    found["changing"] = _player is not None and _player.busy()
    return found


def pinmap() -> dict:
    """Tell the pin of the strip."""
    return lm.pinmap(PIN)

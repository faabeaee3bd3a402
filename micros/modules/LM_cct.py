"""CCT: cold and warm white on two PWM outputs, mixed to a colour temperature.

Examples:
    cct temperature 4000 ms=2000    # in two seconds
    cct brightness 30
    cct white 0 1000    # warm alone
    cct off ms=500
"""

import lm

PINS = ("cold_0", "warm_0")
FULL = 1000
MIREDS = 100000000

_outputs = []
_player = None
_ready = False
_kept = {"parts": [500, 500], "level": 100, "on": False, "leds": [6500, 2700]}  # cold, warm


def load() -> dict:
    """Prepare the outputs; they show again what they last showed."""
    global _player, _ready
    if not _ready:
        _kept.update(lm.keep(__name__))
        _outputs[:] = lm.group(lambda: [lm.pwm(name, __name__) for name in PINS])
        _player = lm.player(__name__)
        _show({}, 0)
        _ready = True  # last: what memory was short for is done by the next call
    return status()


def white(c: int | None = None, w: int | None = None, ms: int = 0) -> dict:
    """Show so much cold and warm white, 0 to 1000 each, within ms; both 0 is off."""
    for name, part in ("c", c), ("w", w):
        if part is not None:
            _in_range(name, part, 0, FULL)
    load()
    parts = [old if new is None else new for old, new in zip(_kept["parts"], (c, w))]
    return _show({"parts": parts, "on": True} if any(parts) else {"on": False}, ms)


def temperature(kelvin: int, ms: int = 0) -> dict:
    """Show a colour temperature (K) between those of the two whites, within ms."""
    load()
    cold, warm = _kept["leds"]
    _in_range("kelvin", kelvin, warm, cold)
    # Mixtures lie evenly between both in mireds, 1000000 / K; here in hundredths of them.
    most, least = MIREDS // warm, MIREDS // cold
    share = (most - MIREDS // kelvin) * FULL // (most - least)
    return _show({"parts": [share, FULL - share], "on": True}, ms)


def brightness(percent: int, ms: int = 0) -> dict:
    """Show the mixture at 1 to 100 percent, within ms."""
    _in_range("percent", percent, 1, 100)
    load()
    return _show({"level": percent, "on": True}, ms)


def leds(cold: int, warm: int) -> dict:
    """Tell it the temperatures (K) of the two whites: 6500 and 2700, unless told; it is kept."""
    _in_range("cold", cold, 1000, 20000)
    _in_range("warm", warm, 1000, cold - 100)
    load()
    return _show({"leds": [cold, warm]}, 0)


def on(ms: int = 0) -> dict:
    """Show the mixture, within ms."""
    load()
    return _show({"on": True}, ms)


def off(ms: int = 0) -> dict:
    """Go dark, within ms; the mixture is remembered."""
    load()
    return _show({"on": False}, ms)


def toggle(ms: int = 0) -> dict:
    """Switch over between the mixture and dark, within ms."""
    load()
    return _show({"on": not _kept["on"]}, ms)


def _in_range(name, value, lowest, highest):
    """Refuse what is no number between two others."""
    if value.__class__ is not int or not lowest <= value <= highest:
        raise lm.CommandError("%s: expected %d to %d, got %r" % (name, lowest, highest, value))


def _show(news, ms):
    wanted = dict(_kept)
    wanted.update(news)
    level = wanted["level"] * wanted["on"]
    _player.fade(_outputs, [part * level * 65535 // (FULL * 100) for part in wanted["parts"]], ms)
    _kept.update(wanted)
    levels = {name: int(part * level > 0) for name, part in zip(PINS, wanted["parts"])}
    lm.keep(__name__, _kept, levels)
    return status()


def status() -> dict:
    """Tell the mixture, its brightness, whether it shows, and whether it is changing."""
    if not _ready:
        _kept.update(lm.keep(__name__))  # which nothing shows before it is loaded
    c, w = _kept["parts"]
    lit = _ready and _kept["on"]
    changing = _player is not None and _player.busy()
    found = {"on": lit, "c": c, "w": w, "brightness": _kept["level"], "changing": changing}
    if c + w:
        cold, warm = _kept["leds"]
        found["kelvin"] = 1000000 * (c + w) // (c * 1000000 // cold + w * 1000000 // warm)
    return found


def pinmap() -> dict:
    """Tell the pins of cold and warm white."""
    return lm.pinmap(*PINS)

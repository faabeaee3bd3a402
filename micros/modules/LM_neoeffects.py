"""Effects on the strip of the module neopixel, until one of its commands ends them.

Examples:
    neoeffects rainbow
    neoeffects meteor ms=30
    neoeffects stop
"""

import gc

import lm
import LM_neopixel

PIECE = 24  # lights before others have their turn
TAIL = 6  # lights of a meteor
RUN = 3  # a chase lights every third
ROOM = 7000  # bytes: with less free an effect would leave no room to log in


def rainbow(ms: int = 50) -> dict:
    """Let all hues travel along the strip, a step every ms."""
    return _begin(_hue, ms)


def fade(ms: int = 50) -> dict:
    """Let the colour of the strip come and go, a step every ms, 64 in all."""
    return _begin(_breath, ms)


def chase(ms: int = 100) -> dict:
    """Let every third light run, a step every ms."""
    return _begin(_runner, ms)


def meteor(ms: int = 50) -> dict:
    """Let a light with a tail fly along the strip, a step every ms."""
    return _begin(_tail, ms)


def shader(ms: int = 50) -> dict:
    """Let a shadow go round the strip, a step every ms."""
    return _begin(_shadow, ms)


def stop() -> dict:
    """End the effect; the strip shows its colour."""
    return LM_neopixel.on()


def _begin(scene, ms):
    LM_neopixel._in_range("ms", ms, 20, 60000)
    LM_neopixel.load()
    gc.collect()
    if gc.mem_free() < ROOM:
        raise lm.CommandError("neoeffects: expected %d bytes free, got %d" % (ROOM, gc.mem_free()))
    return LM_neopixel._effect(_frames(scene, ms))


def _frames(scene, ms):
    """Show a frame every ms; what a light shows is told by its place, the step and the count."""
    strip = LM_neopixel._strip
    step = 0
    while True:
        shown, size = strip.buf, strip.bpp
        for at in range(strip.n):
            wire = LM_neopixel._lit(scene(at, step, strip.n))
            shown[at * size : at * size + size] = wire
            if at % PIECE == PIECE - 1:
                yield 0
        strip.write()
        step += 1
        yield ms


def _part(share):
    """Return the strip's colour at so many of 256 parts of its brightness."""
    return [part * share >> 8 for part in LM_neopixel._kept["colour"]]


def _hue(at, step, count):
    place = (at * 768 // count + step * 8) % 768
    up, side = place % 256, place // 256
    parts = [0, 0, 0, 0]
    parts[side], parts[(side + 1) % 3] = 255 - up, up
    return parts


def _breath(_, step, __):
    place = step % 64
    return _part(8 * min(place, 64 - place))


def _runner(at, step, _):
    return _part(0 if (at - step) % RUN else 256)


def _tail(at, step, count):
    behind = step % (count + TAIL) - at
    return _part(256 >> behind if 0 <= behind < TAIL else 0)


def _shadow(at, step, count):
    far = (at - step) % count
    return _part(256 * min(far, count - far) * 2 // count)


def load() -> dict:
    """Prepare the strip."""
    return LM_neopixel.load()


def status() -> dict:
    """Tell what `neopixel status` tells."""
    return LM_neopixel.status()


def pinmap() -> dict:
    """Tell the pin of the strip."""
    return LM_neopixel.pinmap()

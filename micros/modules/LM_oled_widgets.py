"""OLED widgets: pages of the display of the module oled, with the names of v0.4.

Examples:
    oled_widgets simple_page
    oled_widgets show_debug_page
    oled_widgets readings {"temp": 21.5, "ppm": 612}    # the end of a chain, or of several
"""

import gc

import lm
import LM_oled

FRESH = 60  # seconds

_readings = {}  # by name: the line, and the uptime at which it was told


def load() -> dict:
    """Find the display and switch it on."""
    return LM_oled.load()


async def simple_page() -> dict:
    """Show the time, the node's name, and its free memory; `&& 1000` keeps it up to date."""
    clock = lm.node.clock
    if clock.source:
        date, time = clock.stamp().split(" ")
    else:
        date, time = "no time yet", "up %d s" % clock.uptime()
    free = "free %d KB" % (gc.mem_free() // 1024)
    return await LM_oled.page(time, date, lm.setting("devfid")[: LM_oled.LETTERS], free)


async def readings(measured: dict) -> dict:
    """Show the numbers that sensors tell, a line each; what is older than a minute goes."""
    if not isinstance(measured, dict):
        raise lm.CommandError("readings: expected names and values, got %.40r" % (measured,))
    now = lm.node.clock.uptime()
    for name, value in measured.items():
        if value.__class__ in (int, float):
            _readings[str(name)] = ("%s %s" % (name, value))[: LM_oled.LETTERS], now
    for name in list(_readings):
        if now - _readings[name][1] > FRESH:
            del _readings[name]
    return await LM_oled.page(*[_readings[name][0] for name in sorted(_readings)[:5]])


async def show_debug_page() -> dict:
    """Show the node's name, address, release and time, as `oled debug` does."""
    return await LM_oled.debug()


def toggle_invert() -> dict:
    """Show dark what is lit, or the other way round again."""
    return LM_oled.invert()


def status() -> dict:
    """Tell what `oled status` tells."""
    return LM_oled.status()


def pinmap() -> dict:
    """Tell the pins of the bus."""
    return LM_oled.pinmap()

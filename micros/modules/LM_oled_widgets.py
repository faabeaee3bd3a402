"""OLED widgets: pages of the display of the module oled, with the names of v0.4.

Examples:
    oled_widgets simple_page
    oled_widgets show_debug_page
"""

import gc

import lm
import LM_oled


async def simple_page() -> dict:
    """Show the time, the node's name, and its free memory; `&& 1000` keeps it up to date."""
    clock = lm.node.clock
    if clock.source:
        date, time = clock.stamp().split(" ")
    else:
        date, time = "no time yet", "up %d s" % clock.uptime()
    free = "free %d KB" % (gc.mem_free() // 1024)
    return await LM_oled.page(time, date, lm.setting("devfid")[: LM_oled.LETTERS], free)


async def show_debug_page() -> dict:
    """Show the node's name, address, release and time, as `oled debug` does."""
    return await LM_oled.debug()


def toggle_invert() -> dict:
    """Show dark what is lit, or the other way round again."""
    return LM_oled.invert()


def pinmap() -> dict:
    """Tell the pins of the bus."""
    return LM_oled.pinmap()

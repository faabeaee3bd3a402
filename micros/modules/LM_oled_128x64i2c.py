"""OLED: the words of v0.4 for the display of the module oled.

Examples:
    oled_128x64i2c text hello 0 0
    oled_128x64i2c draw_line 0 10 127 10
"""

import LM_oled


def load() -> dict:
    """Find the display and switch it on."""
    return LM_oled.load()


async def text(string: str = "text", x: int = 0, y: int = 0) -> dict:
    """Write a line of text, as `oled text` does."""
    return await LM_oled.text(string, x, y)


async def draw_line(sx: int, sy: int, ex: int, ey: int) -> dict:
    """Draw a line from one dot to another, as `oled line` does."""
    return await LM_oled.line(sx, sy, ex, ey)


async def draw_rect(x: int, y: int, w: int, h: int) -> dict:
    """Draw a rectangle, as `oled rect` does."""
    return await LM_oled.rect(x, y, w, h)


async def clean() -> dict:
    """Put out all dots."""
    return await LM_oled.clean()


def invert() -> dict:
    """Show dark what is lit, or the other way round again."""
    return LM_oled.invert()


def poweron() -> dict:
    """Switch the display on."""
    return LM_oled.poweron()


def poweroff() -> dict:
    """Switch the display off."""
    return LM_oled.poweroff()


def status() -> dict:
    """Tell what `oled status` tells."""
    return LM_oled.status()


def pinmap() -> dict:
    """Tell the pins of the bus."""
    return LM_oled.pinmap()

"""OLED: a display of 128 x 64 dots over I2C, with the controller SSD1306.

Numbers of sections are those of the maker's "SSD1306" sheet, revision 1.1. Pages of the memory
that a drawing has changed are sent one by one, and others have their turn in between.

Examples:
    oled clean
    oled text hello 0 0
    oled line 0 10 127 10
    oled page "node in the" garden 21.5
    oled contrast 40
"""

import asyncio

import framebuf
import lm

ADDRESSES = (60, 61)  # 0x3C, 0x3D: the pin D/C says which (8.1.5)
NOBODY = 3  # an address that no device may have ("UM10204", 3.1.12)
PINS = ("i2c_scl", "i2c_sda")
WIDTH, HEIGHT = 128, 64
LETTER = 8  # dots, high and wide
LETTERS = WIDTH // LETTER
SPACING = 12  # dots from line to line of a page
START = (
    b"\0\xae\xa8\x3f\xd3\0\x40\xa1\xc8\xda\x12\xa4\xd5\x80\xd9\xf1\xdb\x20"  # 64 lines, upright
    b"\x20\0\x8d\x14\xaf"  # page after page (10.1.3); its own supply from 3.3 V; on
)

_buffer = bytearray(WIDTH * HEIGHT // 8)
_picture = framebuf.FrameBuffer(_buffer, WIDTH, HEIGHT, framebuf.MONO_VLSB)
_place = None  # bus and address
_changed = 255  # a bit for each page
_on = True
_inverted = False
_contrast = 127


def load() -> dict:
    """Find the display at 60 (0x3C) or 61 (0x3D) and switch it on."""
    global _place, _changed
    _place, _changed = None, 255
    bus = lm.i2c(400000, __name__)
    for address in ADDRESSES:
        try:
            bus.writeto(address, START)
            _place = bus, address
            break
        except OSError:
            if address == ADDRESSES[-1]:
                _refuse()
    _command(0x81, _contrast, 0xA7 if _inverted else 0xA6, 0xAF if _on else 0xAE)
    return status()


async def text(string: str, x: int = 0, y: int = 0) -> dict:
    """Write a line of text, x dots from the left and y from the top, over what is there."""
    string = str(string)
    _within("x", x, WIDTH - LETTER)
    _within("y", y, HEIGHT - LETTER)
    room = (WIDTH - x) // LETTER
    if len(string) > room:
        raise lm.CommandError("string: expected %d letters at most, got %d" % (room, len(string)))
    _picture.fill_rect(x, y, LETTER * len(string), LETTER, 0)
    _picture.text(string, x, y)
    return await _show(y, y + LETTER - 1)


async def pixel(x: int, y: int, lit: int = 1) -> dict:
    """Light one dot (1) or put it out (0)."""
    _dots(x, y)
    _within("lit", lit, 1)
    _picture.pixel(x, y, lit)
    return await _show(y, y)


async def line(sx: int, sy: int, ex: int, ey: int) -> dict:
    """Draw a line from one dot to another."""
    _dots(sx, sy)
    _dots(ex, ey)
    _picture.line(sx, sy, ex, ey, 1)
    return await _show(min(sy, ey), max(sy, ey))


async def rect(x: int, y: int, w: int, h: int) -> dict:
    """Draw a rectangle w dots wide and h high."""
    _dots(x, y, w, h)
    _picture.rect(x, y, w, h, 1)
    return await _show(y, y + h - 1)


async def fill(x: int, y: int, w: int, h: int, lit: int = 1) -> dict:
    """Light all dots of a rectangle (1) or put them out (0)."""
    _dots(x, y, w, h)
    _within("lit", lit, 1)
    _picture.fill_rect(x, y, w, h, lit)
    return await _show(y, y + h - 1)


async def clean() -> dict:
    """Put out all dots."""
    _picture.fill(0)
    return await _show(0, HEIGHT - 1)


async def show() -> dict:
    """Set the display up anew and send it the whole picture, after it was without power."""
    load()
    return await _show(0, HEIGHT - 1)


async def page(*texts_shown: str) -> dict:
    """Show up to 5 lines of 16 letters, and nothing else."""
    if len(texts_shown) > HEIGHT // SPACING:
        raise lm.CommandError("page: expected 5 lines at most, got %d" % len(texts_shown))
    for line in texts_shown:
        if len(str(line)) > LETTERS:
            raise lm.CommandError("page: expected 16 letters at most, got '%s'" % line)
    _picture.fill(0)
    for number, line in enumerate(texts_shown):
        _picture.text(str(line), 0, number * SPACING)
    return await _show(0, HEIGHT - 1)


async def debug() -> dict:
    """Show the node's name, address, release and time."""
    node = lm.node
    texts_shown = [
        lm.setting("devfid"),
        node.network.address or "no network",
        lm.setting("version"),
    ]
    stamp = node.clock.stamp()
    texts_shown += stamp.split(" ") if node.clock.source else ["up " + stamp]
    return await page(*[line[:LETTERS] for line in texts_shown])


def invert() -> dict:
    """Show dark what is lit, and lit what is dark, or the other way round again."""
    global _inverted
    _inverted = not _inverted
    return _switch()


def contrast(strength: int) -> dict:
    """Show the dots brighter, 0 to 255."""
    global _contrast
    _within("strength", strength, 255)
    _contrast = strength
    return _switch()


def poweron() -> dict:
    """Switch the display on; the picture is still there."""
    return power(1)


def poweroff() -> dict:
    """Switch the display off; the picture stays."""
    return power(0)


def power(state: int) -> dict:
    """Switch the display on (1) or off (0)."""
    global _on
    _within("state", state, 1)
    _on = bool(state)
    return _switch()


def status() -> dict:
    """Tell where the display is, and how it is set."""
    place = _place[1] if _place else "not found"
    return {
        "address": place,
        "on": bool(_place and _on),
        "inverted": _inverted,
        "contrast": _contrast,
    }


def pinmap() -> dict:
    """Tell the pins of the bus."""
    return lm.pinmap(*PINS)


def _within(name, value, highest):
    if not isinstance(value, int) or not 0 <= value <= highest:
        raise lm.CommandError("%s: expected 0 to %d, got %r" % (name, highest, value))


def _dots(x, y, w=1, h=1):
    """Refuse what is not all on the display."""
    for value, size, most in (x, w, WIDTH), (y, h, HEIGHT):
        if (
            not isinstance(value, int)
            or not isinstance(size, int)
            or not (0 <= value < value + size <= most)
        ):
            said = "expected dots from 0 0 to 127 63, got %r %r, %r wide, %r high"
            raise lm.CommandError(said % (x, y, w, h))


def _refuse():
    global _place
    _place = None  # set up anew the next time
    lm.i2c(400000, __name__)  # refused where a line is held low
    scl, sda = lm.pinmap(*PINS).values()
    raise lm.CommandError("oled: nothing answers at 60 or 61 on scl %d, sda %d" % (scl, sda))


def _command(*codes):
    bus, address = _place
    try:
        bus.writeto(address, b"\0" + bytes(codes))
    except OSError:
        _refuse()
    try:
        bus.writeto(NOBODY, b"")
    except OSError:
        return
    _refuse()  # everybody says yes while the data line is held low


def _switch():
    if _place is None:
        return load()
    _command(0x81, _contrast, 0xA7 if _inverted else 0xA6, 0xAF if _on else 0xAE)
    return status()


async def _show(top, bottom):
    """Send the pages that have changed: with those of these lines, and those not sent yet."""
    global _changed
    for page in range(top // 8, bottom // 8 + 1):
        _changed |= 1 << page
    if _place is None:
        load()
    for page in range(HEIGHT // 8):
        if not _changed & 1 << page or _place is None:
            continue
        _changed &= ~(1 << page)
        _command(0x21, 0, WIDTH - 1, 0x22, page, page)
        bus, address = _place
        try:
            bus.writevto(address, (b"\x40", memoryview(_buffer)[page * WIDTH : (page + 1) * WIDTH]))
        except OSError:
            _refuse()
        await asyncio.sleep_ms(0)  # a page takes some 10 ms: others have their turn
    return status()

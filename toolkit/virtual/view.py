"""The board drawn for a terminal: pins, pulses, lights, displays, devices, console."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from toolkit.model.pins import logical

WIDTH = 78  # columns, where nobody says how many there are
_BAR, _NAMES = 20, 32  # columns, less where there are fewer than WIDTH
_SHORT_BAR, _SHORT_NAMES = 6, 8
_LINES = 6  # of the console
_LIGHTS = 36  # of a strip, in a row
_DRAWN = ("kind", "model", "lines")  # of a device, elsewhere in the picture
_HALVES = " ▀▄█"  # two dots above each other, by which of them are lit
_BRAILLE = 0x2800  # a letter for two by four dots, each of them a bit:
_PLACES = ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (3, 0), (3, 1))


def names(board: str) -> dict[int, str]:
    """The logical pins of a board by their numbers; none where there is no map of it."""
    found: dict[int, list[str]] = {}
    try:
        for name, number in logical(board).items():
            found.setdefault(number, []).append(name)
    except FileNotFoundError:
        return {}
    return {number: " ".join(several) for number, several in found.items()}


def drawn(
    seen: Mapping[str, Any], names: Mapping[int, str], width: int = 0, *, colours: bool = True
) -> list[str]:
    """The lines of a picture of what `seen` tells; `names` are logical pins by their numbers.

    None of them is wider than `width`, where there is one; without `colours` there are letters
    alone.
    """
    wide = width or WIDTH
    state = seen["state"]
    head = f"{state['name']}  {state['chip']}  {state['state']}  starts {state['boots']}"
    network = state["station"] or state["access_point"]
    head += (f"  {network}" if network else "") + f"  clock {state['clock']}"
    lines = [head[:wide], "", *_pins(seen, names, wide)]
    for pin, device in _sorted(seen["devices"]):
        lines += ["", f"pin {pin}: {device['kind']}", *_told(device, wide)]
    for pin, strip in _sorted(seen["strips"]):
        lines += ["", f"lights at pin {pin}", *_lights(strip["colours"], wide, coloured=colours)]
    said = seen["console"].replace("\r", "").splitlines()[-_LINES:]
    lines += ["", *("> " + _plain(line)[: wide - 2] for line in said)]
    for address, device in _sorted(seen["i2c"]):  # at the end: a display is as large as all that
        lines += ["", f"I2C {address}: {device.get('model', 'registers')}"]
        shown = "lines" in device and device.get("on", True)
        lines += list(_display(device["lines"], width)) if shown else _told(device, wide)
    return lines


def _sorted(there: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(there.items(), key=lambda it: int(it[0]))


def fitted(lines: list[str], height: int) -> list[str]:
    """As many of the lines as a terminal has room for; the last says how many there are more."""
    if len(lines) <= height:
        return lines
    shown = lines[: max(height - 1, 0)]
    return [*shown, f"… {len(lines) - len(shown)} lines more"]


def _pins(seen: Mapping[str, Any], names: Mapping[int, str], width: int) -> Iterator[str]:
    pins, pulses = seen["pins"], seen["pwm"]
    bar, wide = (_BAR, _NAMES) if width >= WIDTH else (_SHORT_BAR, _SHORT_NAMES)
    for number in sorted({*map(int, pins), *map(int, pulses)}):
        pin = pins.get(str(number), {"mode": "", "level": 0})
        pwm = pulses.get(str(number))
        if pwm:
            share = pwm["duty_u16"] / 65535
            full = round(share * bar)
            what = f"{'█' * full}{'·' * (bar - full)} {share:6.1%} {pwm['freq']} Hz"
        else:
            what = f"{'●' if pin['level'] else '○'} {pin['mode']}"
        yield f"{number:4}  {names.get(number, ''):{wide}.{wide}}  {what}"[:width]


def _lights(colours: Iterable[str], width: int, *, coloured: bool) -> Iterator[str]:
    """A square for each light, in its colour where the terminal has 24 bits of it."""
    squares = [_square(colour) if coloured else _letter(colour) for colour in colours]
    row = max(min(_LIGHTS, width // 2), 1)
    for start in range(0, len(squares), row):
        line = "".join(squares[start : start + row])
        yield line + "\x1b[0m" if coloured else line.rstrip()


def _square(colour: str) -> str:
    red, green, blue, *white = bytes.fromhex(colour)
    parts = [min(part + sum(white), 255) for part in (red, green, blue)]
    return "\x1b[38;2;{};{};{}m■ ".format(*parts)


def _letter(colour: str) -> str:
    """Its strongest part, small where it is weak; a dot where it is dark."""
    parts = bytes.fromhex(colour)
    strongest = max(parts)
    if not strongest:
        return "· "
    letter = "rgbw"[parts.index(strongest)] if parts.count(strongest) == 1 else "w"
    return f"{letter.upper() if strongest > 127 else letter} "


def _display(lines: list[str], width: int) -> Iterator[str]:
    """Hex, the leftmost dot the highest bit: two dots in a letter, or eight where it is narrow."""
    dots = [f"{int(line, 16):0{len(line) * 4}b}" for line in lines]
    if not width or len(dots[0]) <= width:
        for upper, lower in zip(dots[::2], dots[1::2], strict=True):
            pairs = zip(upper, lower, strict=True)
            yield "".join(_HALVES[int(above) + 2 * int(below)] for above, below in pairs).rstrip()
        return
    for top in range(0, len(dots), 4):
        four = dots[top : top + 4]
        letters = (_eight(four, left) for left in range(0, len(dots[0]), 2))
        yield "".join(letters)[:width].rstrip(chr(_BRAILLE))


def _eight(dots: list[str], left: int) -> str:
    bits = (int(dots[down][left + right]) << at for at, (down, right) in enumerate(_PLACES))
    return chr(_BRAILLE + sum(bits))


def _told(device: Mapping[str, Any], width: int) -> list[str]:
    facts = [f"{key} {_fact(it)}" for key, it in device.items() if key not in _DRAWN and it]
    if device.get("on") is False:
        facts.insert(0, "off")
    return ["      " + _plain(", ".join(facts))[: width - 6]] if facts else []


def _fact(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}: {it}" for name, it in cast(Mapping[str, Any], value).items())
    return str(value)


def _plain(text: str) -> str:
    """What a board prints is not to move the cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)

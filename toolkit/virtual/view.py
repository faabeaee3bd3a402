"""The board drawn for a terminal: pins, pulses, lights, displays, devices, console."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from toolkit.model.pins import logical

_WIDTH = 78  # columns
_BAR = 20
_LINES = 6  # of the console
_LIGHTS = 36  # of a strip, in a row
_DRAWN = ("kind", "model", "lines")  # of a device, elsewhere in the picture
_HALVES = " ▀▄█"  # two dots above each other, by which of them are lit


def names(board: str) -> dict[int, str]:
    """The logical pins of a board by their numbers; none where there is no map of it."""
    found: dict[int, list[str]] = {}
    try:
        for name, number in logical(board).items():
            found.setdefault(number, []).append(name)
    except FileNotFoundError:
        return {}
    return {number: " ".join(several) for number, several in found.items()}


def drawn(seen: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    """The lines of a picture of what `seen` tells; `names` are logical pins by their numbers."""
    state = seen["state"]
    head = f"{state['name']}  {state['chip']}  {state['state']}  starts {state['boots']}"
    network = state["station"] or state["access_point"]
    lines = [head + (f"  {network}" if network else "") + f"  clock {state['clock']}", ""]
    lines += list(_pins(seen, names))
    for pin, strip in sorted(seen["strips"].items(), key=lambda it: int(it[0])):
        lines += ["", f"lights at pin {pin}", *_lights(strip["colours"])]
    for address, device in sorted(seen["i2c"].items(), key=lambda it: int(it[0])):
        lines += ["", f"I2C {address}: {device.get('model', 'registers')}"]
        lines += list(_display(device["lines"])) if "lines" in device else _told(device)
    for pin, device in sorted(seen["devices"].items(), key=lambda it: int(it[0])):
        lines += ["", f"pin {pin}: {device['kind']}", *_told(device)]
    said = seen["console"].replace("\r", "").splitlines()[-_LINES:]
    return [*lines, "", *("> " + _plain(line)[: _WIDTH - 2] for line in said)]


def _pins(seen: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[str]:
    pins, pulses = seen["pins"], seen["pwm"]
    for number in sorted({*map(int, pins), *map(int, pulses)}):
        pin = pins.get(str(number), {"mode": "", "level": 0})
        pwm = pulses.get(str(number))
        if pwm:
            share = pwm["duty_u16"] / 65535
            full = round(share * _BAR)
            what = f"{'█' * full}{'·' * (_BAR - full)} {share:6.1%} {pwm['freq']} Hz"
        else:
            what = f"{'●' if pin['level'] else '○'} {pin['mode']}"
        yield f"{number:4}  {names.get(number, ''):32.32}  {what}"[:_WIDTH]


def _lights(colours: Iterable[str]) -> Iterator[str]:
    """A square for each light, in its colour where the terminal has 24 bits of it."""
    squares = list(map(_square, colours))
    for start in range(0, len(squares), _LIGHTS):
        yield "".join(squares[start : start + _LIGHTS]) + "\x1b[0m"


def _square(colour: str) -> str:
    red, green, blue, *white = bytes.fromhex(colour)
    parts = [min(part + sum(white), 255) for part in (red, green, blue)]
    return "\x1b[38;2;{};{};{}m■ ".format(*parts)


def _display(lines: list[str]) -> Iterator[str]:
    """Two lines of the display in each of the terminal; hex, the leftmost dot the highest bit."""
    dots = [f"{int(line, 16):0{len(line) * 4}b}" for line in lines]
    for upper, lower in zip(dots[::2], dots[1::2], strict=True):
        pairs = zip(upper, lower, strict=True)
        yield "".join(_HALVES[int(above) + 2 * int(below)] for above, below in pairs).rstrip()


def _told(device: Mapping[str, Any]) -> list[str]:
    facts = [f"{key} {value}" for key, value in device.items() if key not in _DRAWN and value]
    return ["      " + _plain(", ".join(facts))[: _WIDTH - 6]] if facts else []


def _plain(text: str) -> str:
    """What a board prints is not to move the cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)

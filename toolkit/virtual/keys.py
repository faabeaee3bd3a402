"""What can be set of a device: what each key is at first, and between which limits it makes sense.

The limits are those of the thing that is imitated: a DHT22 measures no 500 °C. From these tables
requests are read, and the table in README.md is compared with them.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

_SHOWN = 60  # characters of a value that is refused
_ENTRIES = 32  # of a list: it has to fit the memory of a small board
_LINE = 600  # characters of all lines of a list


@dataclass(frozen=True)
class Key:
    """`first` is its value on a new device, `pins` whether it is one pin of the chip or several."""

    first: Any
    expected: str
    about: str
    fits: Callable[[Any], bool]
    pins: bool = False

    def taken(self, name: str, value: Any) -> Any:
        """The value; ValueError with what was expected and what came."""
        if not self.fits(value):
            raise ValueError(f"{name}: expected {self.expected}, got {shown(value)}")
        return value


def shown(value: Any) -> str:
    """A value as it was given, or its beginning."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def is_number(value: Any, low: float, high: float) -> bool:
    """Whether it is a number within limits; true and false are none, and neither is NaN."""
    return type(value) in (int, float) and low <= value <= high


def is_whole(value: Any, low: float, high: float) -> bool:
    """Whether it is a whole number within limits."""
    return type(value) is int and low <= value <= high


def number(first: float | None, low: float, high: float, unit: str, about: str) -> Key:
    """A number."""
    expected = f"{low:.9g} to {high:.9g} {unit}".rstrip()
    return Key(first, expected, about, lambda it: is_number(it, low, high))


def whole(first: int, low: int, high: int, about: str) -> Key:
    """A whole number."""
    expected = f"a whole number from {low} to {high}"
    return Key(first, expected, about, lambda it: is_whole(it, low, high))


def switch(about: str) -> Key:
    """True or false."""
    return Key(False, "true or false", about, lambda it: isinstance(it, bool))


def numbers(low: float, high: float, unit: str, about: str) -> Key:
    """A list of numbers."""
    expected = f"a list of at most {_ENTRIES} numbers from {low:.9g} to {high:.9g} {unit}".rstrip()
    return Key([], expected, about, lambda it: _every(it, lambda one: is_number(one, low, high)))


def wholes(most: int, together: int, about: str) -> Key:
    """A list of whole numbers, below and above zero."""
    expected = f"a list of whole numbers from {-most} to {most}, {together} together at most"

    def fits(value: Any) -> bool:
        ours = _every(value, lambda one: is_whole(one, -most, most))
        return ours and sum(map(abs, value)) <= together

    return Key([], expected, about, fits)


def lines(about: str) -> Key:
    """A list of lines."""
    expected = f"a list of lines of printable ASCII characters, {_LINE} of them together"
    return Key([], expected, about, lambda it: _every(it, _is_line) and sum(map(len, it)) <= _LINE)


def text(least: int, most: int, about: str) -> Key:
    """A text."""
    expected = f"a text of {least} to {most} characters" if most > least else f"{most} characters"
    return Key("", expected, about, lambda it: isinstance(it, str) and least <= len(it) <= most)


def digits(count: int, about: str) -> Key:
    """So many hex digits."""
    wanted = "[0-9A-Fa-f]" * count
    return Key(
        "0" * count,
        f"{count} hex digits",
        about,
        lambda it: isinstance(it, str) and re.fullmatch(wanted, it) is not None,
    )


def pin(first: int, about: str) -> Key:
    """A pin of the chip."""
    return Key(first, "a pin", about, lambda it: type(it) is int, pins=True)


def pins(first: list[int], about: str) -> Key:
    """So many different pins of the chip."""
    count = len(first)

    def fits(value: Any) -> bool:
        return _every(value, lambda one: type(one) is int) and len(value) == count == len({*value})

    return Key(first, f"a list of {count} different pins", about, fits, pins=True)


def by_serial(low: float, high: float, unit: str, about: str) -> Key:
    """A number for each serial number of 12 hex digits."""
    expected = (
        f'{{"serial number of 12 hex digits": {low:.9g} to {high:.9g} {unit}, …}}, at most 16'
    )

    def fits(value: Any) -> bool:
        if not isinstance(value, dict):
            return False
        given = cast(Mapping[Any, Any], value)
        good = (re.fullmatch("[0-9a-f]{12}", key) for key in given)
        return len(given) <= 16 and all(good) and _all_numbers(given.values(), low, high)

    return Key({"000000000001": 21.0}, expected, about, fits)


def fault(*known: str) -> Key:
    """What is broken, or None."""
    expected = f"one of {', '.join(known)} or null"
    return Key(None, expected, "what is broken", lambda it: it is None or it in known)


def told(first: Any, about: str) -> Key:
    """What is seen of the device; nobody sets it."""
    return Key(first, "nothing: it is only told", about, lambda _: False)


def taken(keys: Mapping[str, Key], whose: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values that were given, as the table has them; ValueError for the first that is wrong."""
    for name in given:
        if name not in keys:
            raise ValueError(f"{whose}: expected one of {', '.join(keys)}; got {shown(name)}")
    return {name: keys[name].taken(name, value) for name, value in given.items()}


def table(every: Mapping[str, Mapping[str, Key]]) -> str:
    """What can be set of all these devices, as README.md has it."""
    rows = [row for name, there in every.items() for row in _rows(name, there)]
    head = ["| device | key | at first | takes | what it is |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def _rows(name: str, there: Mapping[str, Key]) -> list[str]:
    return [
        f"| `{name}` | `{key}` | `{json.dumps(it.first, ensure_ascii=False)}` | {it.expected} |"
        f" {it.about} |"
        for key, it in there.items()
    ]


def _every(value: Any, good: Callable[[Any], bool]) -> bool:
    if not isinstance(value, list):
        return False
    given = cast(list[Any], value)
    return len(given) <= _ENTRIES and all(map(good, given))


def _all_numbers(values: Any, low: float, high: float) -> bool:
    return all(is_number(value, low, high) for value in values)


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and all(" " <= letter <= "~" for letter in value)

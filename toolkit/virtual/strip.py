"""A strip of addressable lights: what it shows after the pulses that a board has sent it.

After "WS2812B Intelligent control LED", Worldsemi, "Data transfer time" and "Composition of 24bit
data", and "SK6812RGBW", Opsco: a bit is 1 where its pulse is long, the first light takes the first
bits and hands on the others, and all show what they took once the line was low for long enough.
"""

from collections.abc import Mapping
from typing import Any

from toolkit.virtual import keys
from toolkit.virtual.keys import Key

_LONG = 600  # ns: T0H is 400 and T1H 800, both +/- 150
_RESET = 50  # µs of a low line, at least
_MOST = 2000
_ORDERS = ("bgr", "bgrw")  # as letters of the alphabet
KEYS: Mapping[str, Key] = {
    "count": keys.whole(24, 0, _MOST, "of its lights"),
    "order": Key(
        "grb", "the letters of rgb or rgbw", "in which it takes colours",
        lambda it: isinstance(it, str) and "".join(sorted(it)) in _ORDERS,
    ),
    "reset_us": keys.whole(_RESET, 0, _MOST, "µs of a low line before it begins anew"),
    "broken": Key(
        None, f"0 to {_MOST} or null", "the first light that hands nothing on",
        lambda it: it is None or keys.is_whole(it, 0, _MOST),
    ),
}  # fmt: skip


class Strip:
    """Lights in a row; `broken` is the first that hands nothing on, and it shows nothing."""

    def __init__(self) -> None:
        self._state: dict[str, Any] = {name: key.first for name, key in KEYS.items()}
        self.lose_power()

    def lose_power(self) -> None:
        """All lights go dark and forget."""
        self._shown: list[bytes] = [b"\0" * len(self._state["order"])] * self._state["count"]
        self._ended: int | None = None
        self._taken = 0
        self._frames = self._surplus = 0

    def change(self, state: dict[str, Any]) -> None:
        """Take a new state from outside; ValueError where it makes no sense."""
        keys.taken(KEYS, "strip", state)
        before = self._state
        self._state = before | state
        if any(before[name] != self._state[name] for name in ("count", "order")):
            self.lose_power()

    def receive(self, now: int, timing: list[int], data: bytes) -> None:
        """Take pulses: when they begin (µs), how long each part of a bit is (ns), the bits."""
        gap = None if self._ended is None or now == self._ended else now - self._ended
        if gap is None or not 0 <= gap < self._state["reset_us"]:  # a clock that stands tells none
            self._taken = 0
            self._frames += 1
        self._ended = now
        size = len(self._state["order"])
        heard = bytes(_heard(timing, byte) for byte in data)
        whole = [heard[at : at + size] for at in range(0, len(heard) - size + 1, size)]
        reach = self._state["count"] if self._state["broken"] is None else self._state["broken"]
        for colour in whole:
            if self._taken < min(reach, self._state["count"]):
                self._shown[self._taken] = colour
            self._taken += 1
        self._surplus = max(self._taken - self._state["count"], 0)

    def colours(self) -> list[dict[str, int]]:
        """What each light shows, by part."""
        broken = self._state["broken"]
        dark = b"\0" * len(self._state["order"])
        found: list[dict[str, int]] = []
        for at, colour in enumerate(self._shown):
            seen = dark if broken is not None and at >= broken else colour
            parts = dict(zip(self._state["order"], seen, strict=True))
            found.append({letter: parts[letter] for letter in "rgbw" if letter in parts})
        return found

    def seen(self) -> dict[str, Any]:
        """What there is to see: colours as hex of r, g, b and w, and what came too much."""
        colours = [bytes(colour.values()).hex() for colour in self.colours()]
        counts = {"frames": self._frames, "surplus": self._surplus}
        return {**self._state, **counts, "colours": colours}


def _heard(timing: list[int], byte: int) -> int:
    """The byte as lights take it whose idea of a long pulse is their own."""
    ones = 255 if timing[2] > _LONG else 0
    zeros = 255 if timing[0] > _LONG else 0
    return (byte & ones) | (~byte & zeros & 255)

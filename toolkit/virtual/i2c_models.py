"""The devices for the I2C bus of which there is a model, by name."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from toolkit.virtual import bme280, ssd1306
from toolkit.virtual.keys import Key


class Model(Protocol):
    """A device. Times are the board's, in µs; they may begin anew."""

    kind: str

    @property
    def present(self) -> bool:
        """Does it answer?"""
        ...

    def change(self, state: dict[str, Any]) -> None:
        """Take a new state from outside; ValueError where it makes no sense."""
        ...

    def seen(self) -> dict[str, Any]:
        """What there is to see from outside."""
        ...

    def lose_power(self) -> None:
        """Be without power for a moment."""
        ...

    def write(self, now: int, place: int, data: bytes, /) -> None:
        """Take a message, or those bytes of it that begin at a place."""
        ...

    def read(self, now: int, count: int, /) -> bytes:
        """Give so many bytes."""
        ...


MODELS: dict[str, Callable[[str], Model]] = {
    "bme280": bme280.Model,
    "bmp280": bme280.Model,
    "ssd1306": ssd1306.Model,
}

# What can be set of each.
KEYS: Mapping[str, Mapping[str, Key]] = {
    "bme280": bme280.KEYS,
    "bmp280": bme280.KEYS,
    "ssd1306": ssd1306.KEYS,
}

"""How a program can end, what resets the chip, and how the chip tells of it."""

from toolkit.virtual.chips import Chip

_WATCHDOG_SIGNAL = -14
_EXITS = {
    _WATCHDOG_SIGNAL: "watchdog",
    42: "soft",
    43: "reset",
    44: "deep sleep",
    45: "soft raw",
    46: "power lost",
}
_CAUSES = ("power", "hard", "watchdog", "deep sleep", "soft")  # in the order of Chip.causes
_REASONS = {
    "power": (0x1, "POWERON_RESET"),
    "hard": (0xC, "SW_CPU_RESET"),
    "soft": (0xC, "SW_CPU_RESET"),
    "watchdog": (0x8, "TG1WDT_SYS_RESET"),
    "deep sleep": (0x5, "DEEPSLEEP_RESET"),
    "exception": (0x2, "EXCEPTION"),
}
# The older ROM counts in its own way.
_ESP8266_REASONS = {
    "power": 1,
    "hard": 2,
    "soft": 2,
    "watchdog": 4,
    "deep sleep": 2,
    "exception": 2,
}
_ESP8266_EXCEPTION = 2  # a cause that its machine module has no name for


def ending(code: int) -> str:
    """What a program wanted with the code that it ended with."""
    return _EXITS.get(code, f"crash {code}")


def banner(chip: Chip, cause: str) -> bytes:
    """What the boot ROM prints after such a reset."""
    number, reason = _REASONS[cause]
    if chip.name == "esp8266":
        number = _ESP8266_REASONS[cause]
    return chip.boot_banner.format(cause=number, reason=reason).encode()


def reset_cause(chip: Chip, cause: str) -> int:
    """What the chip's `machine.reset_cause()` says after such a reset."""
    if cause == "exception":
        return _ESP8266_EXCEPTION
    return chip.causes[_CAUSES.index(cause)]

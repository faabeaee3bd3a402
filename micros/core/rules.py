"""What the type and the range of a setting do not say. Loaded for a value of one of these."""

from core.once import once
from micropython import const

_NAME = const("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")
RULES = {
    "devfid": lambda text: all(c in _NAME for c in text),
    "appwd": lambda text: text == text.strip() and all(" " <= c <= "~" for c in text),
    "auth": lambda text: text in ("on", "link", "off"),
    "devip": lambda text: text == "n/a" or _is_address(text),
    "trig": lambda text: text in ("up", "down", "both"),
    "tz": lambda text: text == "n/a" or _is_read(once("zone").zone, text, 0),
    "geo": lambda text: text == "n/a" or _is_read(once("sun").place, text),
}


def _is_address(text):
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


def _is_read(read, *arguments):
    try:
        return bool(read(*arguments))
    except (ValueError, RuntimeError):  # the latter: an expression nested too deep
        return False

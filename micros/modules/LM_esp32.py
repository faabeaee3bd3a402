"""ESP32: the chip's own temperature, also of its relatives and of the Pico W.

Examples:
    esp32 temp
    esp32 intemp
"""

import lm


def temp() -> dict:
    """Tell the chip's own temperature (C); an ESP32 made without the sensor always tells 53.3."""
    return {"celsius": round(lm.celsius(), 1)}


def intemp() -> float:
    """Tell the chip's own temperature (C) alone."""
    return temp()["celsius"]


def hall() -> str:
    """Refuse: the firmware has no hall sensor any more."""
    raise lm.CommandError("hall: MicroPython has had no hall sensor since ESP-IDF 5 took it away")


async def touchpin14() -> int:
    """Tell whether the touch pad at pin 14 is touched: 1 or 0."""
    import LM_touch  # most never ask

    return await LM_touch.read(14)


def load() -> dict:
    """Prepare nothing."""
    return {}


def status() -> dict:
    """Tell what temp tells."""
    return temp()


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}

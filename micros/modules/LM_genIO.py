"""GenIO: the words of micrOS for the module gpio.

Examples:
    genIO set_out simple_1 1
    genIO get_in irq1
    genIO genio_pins
"""

import LM_gpio


def load() -> dict:
    """Prepare nothing: its first use takes a pin."""
    return LM_gpio.load()


def set_out(pin: str, state: int = -1) -> dict:
    """Put a pin high (1) or low (0), or to its other level without."""
    if state == -1:
        return LM_gpio.toggle(pin)
    return LM_gpio.on(pin) if state else LM_gpio.off(pin)


def get_in(pin: str) -> dict:
    """Tell the level of a pin, with its pull-up."""
    return {"pin": pin, "state": LM_gpio.read(pin, "up")}


def status() -> dict:
    """Tell what `gpio status` tells."""
    return LM_gpio.status()


def pinmap() -> dict:
    """Tell the pins in use."""
    return LM_gpio.pinmap()


def genio_pins() -> dict:
    """Tell the pins in use."""
    return LM_gpio.pinmap()

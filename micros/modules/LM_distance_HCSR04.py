"""Distance: the words of v0.4 for the module hcsr04.

Examples:
    distance_HCSR04 distance_mm
"""

import LM_hcsr04


def load() -> dict:
    """Prepare both pins."""
    return LM_hcsr04.load()


async def distance_mm() -> int:
    """Tell the distance in mm."""
    return (await LM_hcsr04.distance())["mm"]


async def distance_cm() -> float:
    """Tell the distance in cm."""
    return (await LM_hcsr04.distance())["mm"] / 10


def deinit() -> str:
    """Let go of both pins."""
    return LM_hcsr04.deinit()


def status() -> dict:
    """Tell what `hcsr04 status` tells."""
    return LM_hcsr04.status()


def pinmap() -> dict:
    """Tell both pins."""
    return LM_hcsr04.pinmap()

"""Air: the words of v0.4 for the DHT22 of the module dht.

Examples:
    air dht_measure
"""

import LM_dht


async def dht_measure() -> dict:
    """Measure, as `dht measure` does."""
    return await LM_dht.measure()


async def measure() -> dict:
    """Measure, as `dht measure` does."""
    return await LM_dht.measure()


def status() -> dict:
    """Tell what `dht status` tells."""
    return LM_dht.status()


def pinmap() -> dict:
    """Tell the pin."""
    return LM_dht.pinmap()

"""Air: the words of v0.4 for the DHT22 of the module dht, and for the module mq135.

Examples:
    air dht_measure
    air getMQ135GasPPM 24 40
"""

import LM_dht


def load() -> dict:
    """Prepare the pin of the DHT22."""
    return LM_dht.load()


async def dht_measure() -> dict:
    """Measure, as `dht measure` does."""
    return await LM_dht.measure()


async def measure() -> dict:
    """Measure, as `dht measure` does."""
    return await LM_dht.measure()


async def getMQ135GasPPM(temperature: float = 20, humidity: float = 33) -> dict:
    """Tell the ppm, as `mq135 ppm` does."""
    import LM_mq135  # few have both sensors

    return await LM_mq135.ppm(temperature, humidity)


def status() -> dict:
    """Tell what `dht status` tells."""
    return LM_dht.status()


def pinmap() -> dict:
    """Tell the pin."""
    return LM_dht.pinmap()

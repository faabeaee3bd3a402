"""Light sensor: how bright it is, by a TEMT6000 or an LDR, with a resistor to ground.

A TEMT6000 may differ from the typical one of its sheet by more than half (3.5 to 16 uA at 20 lx).
An LDR's r10 and gamma are those of many a GL5528, unverified: yours are told with `sensor`.

Examples:
    light_sensor illuminance
    light_sensor sensor ldr 10000 r10=14000 gamma=0.7
    light_sensor intensity
"""

import lm

PIN = "light_in"
SUPPLY = 3.3  # volts
SAMPLES = 32
PER_MICROAMPERE = 2  # lx; "TEMT6000X01", Vishay 81579, "Basic Characteristics": 50 µA at 100 lx

_input = None


def load() -> dict:
    """Prepare the input."""
    global _input
    if _input is None:
        _input = lm.adc(PIN, __name__)
    return status()


def sensor(
    kind: str = "temt6000", resistor: float = 10000, r10: float = 14000, gamma: float = 0.7
) -> dict:
    """Say what hangs there: temt6000 or ldr (r10: its ohms at 10 lx), and its resistor; is kept."""
    if kind not in ("temt6000", "ldr"):
        raise lm.CommandError("kind: expected temt6000 or ldr, got %.40r" % (kind,))
    lm.within(
        ("resistor", resistor, 10, 10000000), ("r10", r10, 10, 10000000), ("gamma", gamma, 0.1, 2)
    )
    kept = [kind, resistor, r10, gamma]
    lm.keep(__name__, {"sensor": kept})
    return status()


async def intensity() -> dict:
    """Tell how bright it is in percent of what the input can tell."""
    load()
    mean, _, rail = await lm.volts(_input, SAMPLES)
    return {"percent": round(mean * 100 / 65535, 1), "rail": rail or "no"}


async def illuminance() -> dict:
    """Tell the light in lx; at a rail it is darker (low) or brighter (high), or a wire is off."""
    load()
    _, volt, rail = await lm.volts(_input, SAMPLES)
    lux = _lux(0 if rail == "low" else volt, *_kept())
    return {"lux": round(lux, 1), "rail": rail or "no"}


def _kept():
    return lm.keep(__name__).get("sensor") or ["temt6000", 10000, 14000, 0.7]


def _lux(volt, kind, resistor, r10, gamma):
    """The light that makes a voltage; of an LDR: R = r10 × (10 / lx) ** gamma.

    For gamma is lg(R10 / R100), "CdS photoresistors", Token, note 3.
    """
    if volt <= 0:
        return 0
    if kind == "temt6000":
        return volt * 1000000 / resistor * PER_MICROAMPERE
    ohms = resistor * max(SUPPLY / volt - 1, 0.0001)
    return 10 * (r10 / ohms) ** (1 / gamma)


def status() -> dict:
    """Tell which sensor hangs there, and its resistor."""
    kind, resistor = _kept()[:2]
    return {"sensor": kind, "resistor": resistor}


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)

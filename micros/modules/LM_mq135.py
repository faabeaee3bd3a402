"""MQ-135: what is bad in the air, as ppm of CO2 that would make the same; all its gases count.

The curve is the line of CO2 in "MQ-135", Hanwei, figure 3, by D. Gironi's power law ("MQ gas sensor
correlation function"); another reading of that figure ("sensors-mq-project") lies within 20 % of
it. Beyond 10 to 200 ppm it is continued, unverified. Unverified too: R0 until it is calibrated,
which other drivers have as well, and the correction for warmth and humidity, after figure 4.
The heater wants a day before a calibration, in fresh air.

Examples:
    mq135 circuit 10000 5      # load resistor (ohms), supply of the sensor (V)
    mq135 resistance
    mq135 calibrate 420        # fresh air has 420 ppm
    mq135 ppm temperature=24 humidity=40
"""

import lm

PIN = "gas_in"
SAMPLES = 64
FACTOR, EXPONENT = 116.602, -2.76903  # ppm = FACTOR × (Rs / R0) ** EXPONENT
R0 = 76630  # ohms, until it is calibrated
WARM = ((-10, 1.7), (0, 1.4), (10, 1.16), (20, 1.0), (50, 0.9))  # C, Rs / Rs at 20 C
DRY, WET = 33, 85  # percent

_input = None


def load() -> dict:
    """Prepare the input."""
    global _input
    if _input is None:
        _input = lm.adc(PIN, __name__)
    return status()


def circuit(resistor: float = 10000, supply: float = 5, divider: float = 1) -> dict:
    """Tell of load resistor (ohms), supply (V), and by what its voltage is divided; is kept."""
    lm.within(
        ("resistor", resistor, 100, 1000000), ("supply", supply, 1, 6), ("divider", divider, 1, 100)
    )
    return _keep(circuit=[resistor, supply, divider])


async def resistance() -> dict:
    """Tell the resistance of the sensor (ohms)."""
    load()
    _, volt, rail = await lm.volts(_input, SAMPLES)
    resistor, supply, divider = _kept()["circuit"]
    volt = volt * divider
    if rail or volt >= supply:
        why = "is no sensor there?" if rail == "low" else "is its load resistor off?"
        pin = (rail or "high", PIN, pinmap()[PIN], why)
        raise lm.CommandError("mq135: stuck at the %s rail, pin %s (%d): %s" % pin)
    return {"ohms": round(_ohms(volt, resistor, supply))}


async def ppm(temperature: float = 20, humidity: float = 33) -> dict:
    """Tell the ppm, corrected for the temperature (C) and the humidity (%) of the air."""
    _sane(temperature, humidity)
    ohms = (await resistance())["ohms"]
    kept = _kept()
    found = _ppm(ohms / kept["r0"], temperature, humidity)
    return {"ppm": round(found, 1), "calibrated": kept["calibrated"]}


async def calibrate(fresh: float = 420, temperature: float = 20, humidity: float = 33) -> dict:
    """Take the air as it is for fresh: so many ppm, 420 outdoors; is kept."""
    _sane(temperature, humidity)
    if not isinstance(fresh, (int, float)) or not 10 <= fresh <= 10000:
        raise lm.CommandError("fresh: expected 10 to 10000 ppm, got %.40r" % (fresh,))
    ohms = (await resistance())["ohms"]
    return _keep(r0=round(_r0(ohms, fresh, temperature, humidity)), calibrated=True)


def _ohms(volt, resistor, supply):
    return resistor * (supply / volt - 1)


def _ppm(ratio, temperature, humidity):
    return FACTOR * (ratio / _correction(temperature, humidity)) ** EXPONENT


def _r0(ohms, ppm, temperature, humidity):
    return ohms / _correction(temperature, humidity) * (ppm / FACTOR) ** (-1 / EXPONENT)


def _correction(temperature, humidity):
    """By what the same air makes the resistance larger than at 20 C and 33 %."""
    celsius = min(max(temperature, WARM[0][0]), WARM[-1][0])
    cold, before = WARM[0]
    for warm, after in WARM[1:]:
        if celsius <= warm:
            break
        cold, before = warm, after
    part = before + (after - before) * (celsius - cold) / (warm - cold)
    return part - (humidity - DRY) * 0.1 / (WET - DRY)


def _sane(temperature, humidity):
    lm.within(("temperature", temperature, -40, 85), ("humidity", humidity, 0, 100))


def _kept():
    known = {"circuit": [10000, 5, 1], "r0": R0, "calibrated": False}
    known.update(lm.keep(__name__))
    return known


def _keep(**values):
    kept = lm.keep(__name__)
    kept.update(values)
    lm.keep(__name__, kept)
    return status()


def status() -> dict:
    """Tell the circuit, R0 (ohms), and whether it was calibrated."""
    return _kept()


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)
